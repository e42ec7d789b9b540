"""Events that a consumer gave up on: kept with their error, listed, and replayed when the cause is gone."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime

from nats.aio.msg import Msg
from nats.js.api import RawStreamMsg
from nats.js.errors import NotFoundError

from kit import metrics
from kit.db import new_id
from kit.events.bus import Bus
from kit.events.consumers import Consumer
from kit.events.envelopes import MESSAGE_ID, Envelope
from kit.events.naming import BACKFILL

ADDRESSEE = "pq-consumer"
_ERROR_CHARACTERS = 300


@dataclass(frozen=True)
class DeadLetter:
    """An event that was given up on, as its stream holds it."""

    owner: str
    sequence: int
    consumer: str
    error: str
    buried_at: str
    envelope: Envelope | None

    @property
    def event_id(self) -> str:
        """Id of the event; empty when it has none, or left its stream before anybody looked."""
        return self.envelope.headers.get("ce-id", "") if self.envelope else ""


async def bury(bus: Bus, consumer: Consumer, message: Msg, error: Exception) -> None:
    """Puts the message into the dead-letter stream with its error; then the server forgets it.

    Its id there tells this delivery from a replay of the same event, which may fail and be buried as well.
    """
    original = bus.envelope(message)
    headers = {
        **original.headers,
        MESSAGE_ID: f"{message.metadata.stream}:{message.metadata.sequence.stream}:{consumer.name}",
        ADDRESSEE: consumer.name,
        "pq-subject": original.subject,
        "pq-error": describe(error),
        "pq-buried-at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    await bus.publish([Envelope(f"dead.{consumer.owner}.{consumer.name}", headers, original.payload)])
    await message.term()
    metrics.buried(consumer.name)


def describe(error: Exception) -> str:
    """Kind and first line of an error, fit for a header."""
    first_line = (str(error).splitlines() or [""])[0]
    return f"{type(error).__name__}: {first_line}".encode("ascii", "replace").decode()[:_ERROR_CHARACTERS]


async def dead_letters(bus: Bus, owner: str) -> AsyncIterator[DeadLetter]:
    """Every dead letter of the events of `owner`, oldest first."""
    stream = bus.namespace.dead_stream(owner)
    try:
        state = (await bus.jetstream.stream_info(stream)).state
    except NotFoundError:
        return
    for sequence in range(max(1, state.first_seq), state.last_seq + 1):
        try:
            stored = await bus.jetstream.get_msg(stream, sequence)
        except NotFoundError:
            continue
        yield await _read(bus, owner, stored)


async def replay(bus: Bus, letter: DeadLetter) -> None:
    """Publishes the event anew for the consumer that gave it up, and takes it out of the dead letters.

    Other consumers of the event pass it over. Raises `ValueError` when the event itself is gone.
    """
    if letter.envelope is None:
        raise ValueError(f"Event of dead letter {letter.sequence} has left its stream and cannot be replayed.")
    headers = {**letter.envelope.headers, MESSAGE_ID: f"{letter.event_id}:{new_id()}", ADDRESSEE: letter.consumer}
    await bus.publish([Envelope(letter.envelope.subject, headers, letter.envelope.payload)])
    await bus.jetstream.delete_msg(bus.namespace.dead_stream(letter.owner), letter.sequence)


async def _read(bus: Bus, owner: str, stored: RawStreamMsg) -> DeadLetter:
    headers = dict(stored.headers or {})
    sequence = stored.seq or 0
    if ADDRESSEE not in headers:
        return await _read_advisory(bus, owner, sequence, stored.data or b"{}")
    consumer, error, buried_at = (headers.pop(name, "") for name in (ADDRESSEE, "pq-error", "pq-buried-at"))
    envelope = Envelope(headers.pop("pq-subject", ""), headers, stored.data or b"")
    return DeadLetter(owner, sequence, consumer, error, buried_at, envelope)


async def _read_advisory(bus: Bus, owner: str, sequence: int, advisory: bytes) -> DeadLetter:
    """A message that was delivered too often, most likely because it brings its consumer down each time."""
    facts = json.loads(advisory)
    error = f"delivered {facts.get('deliveries', 0)} times without an answer"
    try:
        original = await bus.jetstream.get_msg(bus.namespace.stream(owner), facts["stream_seq"])
    except NotFoundError:
        envelope = None
    else:
        headers = dict(original.headers or {})
        envelope = Envelope(bus.namespace.bare(original.subject or ""), headers, original.data or b"")
    consumer = str(facts.get("consumer", "")).removesuffix(f"-{BACKFILL}")
    return DeadLetter(owner, sequence, consumer, error, str(facts.get("timestamp", "")), envelope)
