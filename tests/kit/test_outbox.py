"""The outbox: every committed event reaches its stream once and in order, whatever dies on the way."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import text

from kit import outbox
from kit.db import EVERYWHERE, Database, Session
from kit.engines import EmbeddedNats
from kit.errors import TooLarge
from kit.events import Bus, BusError, Envelope, Namespace
from kit.outbox import Relay, emit, first_time, forget_old_marks
from kit.testing import until
from pourquoi.ingest.v1.events_pb2 import PostErased


@dataclass
class WatchedBus:
    """Publishes for real, notes what, and then may fail as a crash before the commit would."""

    bus: Bus
    published: list[str] = field(default_factory=list)
    crashes: int = 0

    async def publish(self, envelopes: Sequence[Envelope]) -> None:
        await self.bus.publish(envelopes)
        self.published += [envelope.id for envelope in envelopes]
        if self.crashes:
            self.crashes -= 1
            raise SystemError("crashed between publication and commit")


async def write(database: Database, *bodies: str, workspace: str = "alpha") -> None:
    async with database.session(workspace) as session:
        for body in bodies:
            emit(session, PostErased(post_id=body))


async def waiting(database: Database) -> int:
    async with database.session(EVERYWHERE) as session:
        return int((await session.execute(text("SELECT count(*) FROM outbox"))).scalar_one())


async def stored(bus: Bus, owner: str = "ingest") -> list[str]:
    """The bodies in the stream, in its order."""
    state = (await bus.jetstream.stream_info(bus.namespace.stream(owner))).state
    found: list[str] = []
    async with aclosing(bus.tail(owner, from_start=True)) as envelopes:
        while len(found) < state.messages:
            found.append(PostErased.FromString((await anext(envelopes)).payload).post_id)
    return found


@asynccontextmanager
async def relaying(database: Database, *buses: Any) -> AsyncIterator[list["asyncio.Task[None]"]]:
    """Runs a relay on each bus until the block ends; a relay that died makes the test fail."""
    stopping = asyncio.Event()
    tasks = [asyncio.create_task(Relay(database, bus, stopping).run()) for bus in buses]
    try:
        yield tasks
    finally:
        stopping.set()
        await asyncio.gather(*tasks)


async def emptied(database: Database) -> bool:
    return await waiting(database) == 0


async def test_an_event_leaves_with_its_transaction_and_not_without(database: Database, bus: Bus) -> None:
    await write(database, "kept")
    async with database.open("alpha") as session:
        emit(session, PostErased(post_id="dropped"))
    async with database.open("alpha") as session:
        emit(session, PostErased(post_id="undone"))
        await session.rollback()
        await session.commit()
    async with database.open("alpha") as session:
        emit(session, PostErased(post_id="committed by hand"))
        await session.commit()
    await Relay(database, bus).relay_batch()
    assert await stored(bus) == ["kept", "committed by hand"]


async def test_one_relay_keeps_the_order_of_the_events(database: Database, bus: Bus) -> None:
    bodies = [f"{number:04}" for number in range(1200)]
    for start in range(0, len(bodies), 300):
        await write(database, *bodies[start : start + 300])
    async with relaying(database, bus):
        await until(lambda: emptied(database))
    assert await stored(bus) == bodies


async def test_a_crash_between_publication_and_commit_doubles_nothing(database: Database, bus: Bus) -> None:
    bodies = [f"{number:03}" for number in range(40)]
    await write(database, *bodies)
    crashing = WatchedBus(bus, crashes=1)
    relay = Relay(database, crashing)  # type: ignore[arg-type]
    with pytest.raises(SystemError):
        await relay.relay_batch()
    assert await waiting(database) == 40
    assert await relay.relay_batch() == 40
    assert len(crashing.published) == 80
    assert await stored(bus) == bodies


async def test_two_relays_publish_each_event_once(
    database: Database, bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "RELAY_BATCH", 50)
    for number in range(0, 600, 100):
        await write(database, *(str(number + step) for step in range(100)))
    first, second = WatchedBus(bus), WatchedBus(bus)
    async with relaying(database, first, second):
        await until(lambda: emptied(database))
    assert len(first.published) + len(second.published) == 600
    assert sorted(map(int, await stored(bus))) == list(range(600))


async def test_a_batch_is_bounded_by_its_bytes(database: Database, bus: Bus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "RELAY_BYTES", 2500)
    await write(database, *(f"{number}{'x' * 999}" for number in range(5)))
    relay = Relay(database, bus)
    assert [await relay.relay_batch() for _ in range(3)] == [3, 2, 0]
    assert [body[0] for body in await stored(bus)] == ["0", "1", "2", "3", "4"]


async def test_an_event_that_nats_would_not_take_is_refused_at_the_door(database: Database, bus: Bus) -> None:
    with pytest.raises(TooLarge, match="PostErased"):
        await write(database, "before", "x" * 1_000_001)
    assert await waiting(database) == 0
    await write(database, "x" * 999_000)
    assert await Relay(database, bus).relay_batch() == 1


async def test_an_event_belongs_to_one_workspace(database: Database) -> None:
    with pytest.raises(ValueError, match="one workspace"):
        await write(database, "whose?", workspace=EVERYWHERE)


async def test_what_is_emitted_at_the_very_end_is_not_forgotten(database: Database) -> None:
    async def last(session: Session) -> None:
        emit(session, PostErased(post_id="last"))

    async with database.session("alpha") as session:
        session.before_commit(last)
    assert await waiting(database) == 1


@pytest.fixture
async def own_bus(own_nats: EmbeddedNats) -> AsyncIterator[Bus]:
    bus = Bus(own_nats.url, Namespace())
    await bus.connect()
    await bus.ensure_streams(["ingest"])
    yield bus
    await bus.close()


async def test_events_wait_while_nats_is_away(
    database: Database, own_bus: Bus, own_nats: EmbeddedNats, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "OUTAGE_SECONDS", 0.05)
    async with relaying(database, own_bus) as [relay]:
        await write(database, "before")
        await until(lambda: emptied(database))
        own_nats.kill()
        await write(database, *(f"during {number}" for number in range(700)))
        await until(lambda: not own_bus.is_ready)
        assert await waiting(database) == 700
        assert not relay.done()
        await asyncio.to_thread(own_nats.start)
        await until(lambda: emptied(database))
    assert await stored(own_bus) == ["before", *(f"during {number}" for number in range(700))]
    assert own_bus.unacknowledged == 0


async def test_a_nats_that_lost_its_streams_gets_them_anew(
    database: Database, own_bus: Bus, own_nats: EmbeddedNats, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "OUTAGE_SECONDS", 0.05)
    async with relaying(database, own_bus):
        await asyncio.to_thread(own_nats.stop)
        shutil.rmtree(own_nats.folder / "jetstream")
        await asyncio.to_thread(own_nats.start)
        await write(database, "after")
        await until(lambda: emptied(database))
    assert await stored(own_bus) == ["after"]
    assert own_bus.unacknowledged == 0


async def test_a_publication_that_fails_half_way_leaves_nothing_behind(bus: Bus) -> None:
    silent = await bus.client.subscribe(bus.namespace.subject("silent"))
    envelopes = [Envelope(subject, {"ce-id": subject}, b"") for subject in ("ingest.a", "silent", "nobody.listens")]
    with pytest.raises(Exception, match="no response from stream"):
        await bus.publish(envelopes)
    assert bus.unacknowledged == 0
    await silent.unsubscribe()


async def test_a_nats_that_never_comes_is_given_up() -> None:
    bus = Bus("nats://127.0.0.1:9", Namespace())
    with pytest.raises(TimeoutError):
        await bus.connect(patience_seconds=0.3)


async def test_an_id_counts_once_per_consumer_and_only_when_committed(database: Database) -> None:
    async with database.open("alpha") as session:
        assert await first_time(session, "reader", ["a"]) == {"a"}
    async with database.session("alpha") as session:
        assert await first_time(session, "reader", ["a", "b", "a"]) == {"a", "b"}
    async with database.session("alpha") as session:
        assert await first_time(session, "reader", ["a", "c"]) == {"c"}
        assert await first_time(session, "other", ["a"]) == {"a"}


async def test_old_marks_are_forgotten_and_new_ones_kept(database: Database) -> None:
    async with database.session("alpha") as session:
        await first_time(session, "reader", ["old", "new"])
        await session.execute(
            text("UPDATE inbox SET created_at = now() - make_interval(days => 9) WHERE event_id = 'old'")
        )
        await session.execute(
            text(
                "INSERT INTO idempotency_keys (workspace_id, key, fingerprint, created_at) VALUES "
                "('alpha', 'old', '', now() - make_interval(days => 2)), ('alpha', 'new', '', now())"
            )
        )
    await forget_old_marks(database)
    async with database.session("alpha") as session:
        assert await first_time(session, "reader", ["old", "new"]) == {"old"}
        assert list((await session.execute(text("SELECT key FROM idempotency_keys"))).scalars()) == ["new"]


async def test_what_a_stream_refuses_is_told_with_its_reason(bus: Bus) -> None:
    config = (await bus.jetstream.stream_info(bus.namespace.stream("ingest"))).config
    await bus.jetstream.update_stream(config, max_msg_size=500)
    sizes = {"small": 10, "large": 1_000, "later": 10}
    with pytest.raises(BusError, match="exceeds maximum"):
        await bus.publish([Envelope("ingest.a", {"ce-id": name}, b"x" * size) for name, size in sizes.items()])
    assert bus.unacknowledged == 0


async def test_batches_may_be_on_their_way_at_once(bus: Bus) -> None:
    batches = [[Envelope("ingest.a", {"ce-id": f"{batch}-{number}"}, b"") for number in range(50)] for batch in "abc"]
    await asyncio.gather(*map(bus.publish, batches), bus.publish([]))
    assert (await bus.jetstream.stream_info(bus.namespace.stream("ingest"))).state.messages == 150
    assert bus.unacknowledged == 0
