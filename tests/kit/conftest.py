"""Makes the probe service and what tests share importable, and gives tests its parts without the whole."""

import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from kit.cli import console
from kit.db import Database
from kit.engines import EmbeddedNats
from kit.events import Bus, Namespace, applying
from kit.events import bus as buses
from kit.jobs import runner
from kit.service import Service

for folder in ("probe", "support"):
    sys.path.insert(0, str(Path(__file__).parent / folder))


@pytest.fixture(autouse=True)
def wide_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables keep each value on one line, whatever terminal the tests run in."""
    for each in (console.out, console.err):
        monkeypatch.setattr(each, "size", (220, 50))


@pytest.fixture
def behaviour() -> Iterator[object]:
    """What the probe's consumer does, set back for each test."""
    from probe import app

    app.behaviour = app.Behaviour()
    return app.behaviour


@pytest.fixture
async def database(database_url: Callable[[Service], Awaitable[str]]) -> AsyncIterator[Database]:
    """A database of the probe that nothing else uses."""
    from probe import app

    database = Database(await database_url(app.service))
    yield database
    await database.close()


@pytest.fixture
async def bus(nats_server: EmbeddedNats, nats_prefix: str) -> AsyncIterator[Bus]:
    """A connection with streams of its own."""
    bus = Bus(nats_server.url, Namespace(nats_prefix))
    await bus.connect()
    await bus.ensure_streams(["ingest"])
    yield bus
    for stream in (bus.namespace.stream("ingest"), bus.namespace.dead_stream("ingest")):
        await bus.jetstream.delete_stream(stream)
    await bus.close()


@pytest.fixture
def no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tries jobs again at once."""
    monkeypatch.setattr(runner, "RETRY_SECONDS", 0.0)
    monkeypatch.setattr(runner, "OUTAGE_SECONDS", 0.0)


@pytest.fixture
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets a message that nobody answered come again after half a second."""
    monkeypatch.setattr(buses, "ACK_WAIT_SECONDS", 0.5)
    monkeypatch.setattr(applying, "ACK_WAIT_SECONDS", 0.5)
    monkeypatch.setattr(applying, "RETRY_SECONDS", (0.01, 0.01))


@pytest.fixture
def own_nats(tmp_path: Path) -> Iterator[EmbeddedNats]:
    """A NATS that the test may kill."""
    server = EmbeddedNats(tmp_path / "nats", durable=False)
    server.start()
    yield server
    server.stop()
