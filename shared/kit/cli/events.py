"""`pourquoi events` and `pourquoi dead-letters`: what the services tell each other, and what failed."""

import asyncio
import importlib
import os
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager, suppress
from typing import Annotated

import typer
from google.protobuf import symbol_database
from google.protobuf.json_format import MessageToJson
from google.protobuf.message import DecodeError

from kit.cli.client import running
from kit.cli.console import counted, out, plain_table
from kit.cli.errors import CommandError
from kit.cli.studies import PIPELINE
from kit.events import Bus, BusError, DeadLetter, Envelope, Namespace, dead_letters, replay
from kit.events.naming import lane_of

app = typer.Typer(help="Read along with the events.", no_args_is_help=True, rich_markup_mode="rich")
dead_letters_app = typer.Typer(
    help="See and replay events that a consumer gave up on.", no_args_is_help=True, rich_markup_mode="rich"
)
ServiceOption = Annotated[
    str, typer.Option("--service", help="Only what this service publishes.", show_default="every service")
]


@app.command()
def tail(
    service: ServiceOption = "",
    from_start: Annotated[bool, typer.Option(help="Begin with the oldest event that is kept.")] = False,
    full: Annotated[bool, typer.Option(help="Show what the events say, not only which they are.")] = False,
) -> None:
    """Print events as they are published, until Ctrl-C."""
    with suppress(KeyboardInterrupt):
        asyncio.run(_tail(_owners(service), from_start, full))


@dead_letters_app.command("list")
def list_dead_letters(service: ServiceOption = "") -> None:
    """List the events that a consumer gave up on, with the error."""
    letters = asyncio.run(_letters(_owners(service)))
    table = plain_table("Event", "Type", "Consumer", "Buried at", "Error")
    for letter in letters:
        kind = letter.envelope.headers.get("ce-type", "") if letter.envelope else ""
        table.add_row(letter.event_id, kind.removeprefix("pourquoi."), letter.consumer, letter.buried_at, letter.error)
    out.print(table if letters else "No dead letters.")


@dead_letters_app.command("replay")
def replay_dead_letters(
    events: Annotated[list[str] | None, typer.Argument(help="Ids of the events.", show_default=False)] = None,
    every: Annotated[bool, typer.Option("--all", help="Replay all of them.")] = False,
    service: ServiceOption = "",
) -> None:
    """Publish dead letters anew, once the cause of their failure is gone.

    Consumers that had applied an event recognise it and do not apply it twice.

    [bold]Example:[/] pourquoi dead-letters replay --all
    """
    if not events and not every:
        raise CommandError("Name the events to replay, or say --all. `pourquoi dead-letters list` shows them.")
    replayed, lost = asyncio.run(_replay(_owners(service), set(events or [])))
    out.print(f"{counted(replayed, 'event')} replayed.")
    if lost:
        raise CommandError(f"{counted(lost, 'event')} had left the stream already and cannot be replayed.")


async def _tail(owners: Sequence[str], from_start: bool, full: bool) -> None:
    async with _bus() as bus:
        await asyncio.gather(*(_print_each(bus.tail(owner, from_start), full) for owner in owners))


async def _print_each(envelopes: AsyncGenerator[Envelope], full: bool) -> None:
    async with aclosing(envelopes) as opened:
        async for envelope in opened:
            out.print(_summary(envelope), markup=False, soft_wrap=True)
            if full:
                out.print(_readable(envelope), markup=False, soft_wrap=True)


def _summary(envelope: Envelope) -> str:
    headers, lane = envelope.headers, lane_of(envelope.subject)
    kind = headers["ce-type"].removeprefix("pourquoi.")
    return f"{headers['ce-time']}  {kind:<42} {headers['ce-workspaceid']}  {headers['ce-id']}  {lane}"


def _readable(envelope: Envelope) -> str:
    """The event as JSON; vectors, which nobody reads, are cut."""
    kind = envelope.headers["ce-type"]
    importlib.import_module(f"{kind.rpartition('.')[0]}.events_pb2")
    message = symbol_database.Default().GetSymbol(kind)()
    try:
        message.ParseFromString(envelope.payload)
    except DecodeError:
        return "(this event cannot be read)"
    return MessageToJson(message, preserving_proto_field_name=True)


async def _letters(owners: Sequence[str]) -> list[DeadLetter]:
    async with _bus() as bus:
        return [letter for owner in owners for letter in await _of(bus, owner)]


async def _of(bus: Bus, owner: str) -> list[DeadLetter]:
    return [letter async for letter in dead_letters(bus, owner)]


async def _replay(owners: Sequence[str], events: set[str]) -> tuple[int, int]:
    replayed = lost = 0
    async with _bus() as bus:
        for letter in [letter for owner in owners for letter in await _of(bus, owner)]:
            if events and letter.event_id not in events:
                continue
            try:
                await replay(bus, letter)
                replayed += 1
            except ValueError:
                lost += 1
    return replayed, lost


@asynccontextmanager
async def _bus() -> AsyncIterator[Bus]:
    platform = running()
    url = os.environ.get("NATS_URL") or (platform.nats_url if platform else "")
    if not url:
        raise CommandError("No platform runs in this folder. Start one with `pourquoi up`, or set NATS_URL.")
    bus = Bus(url, Namespace(os.environ.get("POURQUOI_NATS_PREFIX", "")))
    try:
        await bus.connect(patience_seconds=5)
    except (OSError, BusError, TimeoutError):
        raise CommandError(f"NATS does not answer at {url}.") from None
    try:
        yield bus
    finally:
        await bus.close()


def _owners(service: str) -> Sequence[str]:
    if service and service not in PIPELINE:
        raise CommandError(f"No service is called '{service}'. There are: {', '.join(PIPELINE)}.")
    return [service] if service else PIPELINE
