"""`pourquoi up`: the platform on this machine."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Annotated

import typer

from kit.cli.client import running
from kit.cli.console import err, out, plain_table
from kit.cli.errors import CommandError
from kit.cli.studies import PIPELINE
from kit.local.home import Home, Platform
from kit.local.launcher import GATEWAY_PORT, Local


def up(
    port: Annotated[int, typer.Option(help="Port of the base URL; a busy one is replaced.")] = GATEWAY_PORT,
) -> None:
    """Start PostgreSQL, NATS and the four services, and keep them running until Ctrl-C.

    Everything it keeps lies in the folder .pourquoi (POURQUOI_HOME names another one) and is there again at the next
    start. DATABASE_URL and NATS_URL name engines of your own.
    """
    platform = running()
    if platform is not None:
        out.print(f"Pourquoi already runs here, as process {platform.pid}.")
        show(platform.url, platform.key)
        return
    with started(port) as (local, platform):
        show(platform.url, platform.key)
        stay(local)


@contextmanager
def started(port: int = GATEWAY_PORT) -> Iterator[tuple[Local, Platform]]:
    """The platform, started with its progress shown, and stopped in order when the block ends."""
    signal.signal(signal.SIGTERM, _interrupt)
    home = Home.of()
    with err.status("Starting") as status:
        local = Local(home, port, report=lambda part: status.update(f"Starting {part}"))
        platform = local.__enter__()
    try:
        yield local, platform
    except CommandError:
        local.check()
        raise
    finally:
        with err.status("Stopping"):
            local.__exit__(None, None, None)


def stay(local: Local) -> None:
    """Returns when somebody asks for a stop; raises `ChildError` when a part of the platform dies."""
    out.print("Ctrl-C stops it.")
    with suppress(KeyboardInterrupt):
        local.watch()


def show(url: str, key: str) -> None:
    """Prints where the platform answers and the key to use."""
    table = plain_table("", "")
    table.show_header = False
    table.add_row("Base URL", url)
    for service in PIPELINE:
        table.add_row(f"{service} docs", f"{url}/{service}/docs")
    table.add_row("API key", key)
    out.print(table, soft_wrap=True)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
