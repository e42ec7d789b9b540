"""Consumers that are stopped, killed and cut off: every event is applied, live ones first, none blocks the rest."""

import asyncio
import shutil
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace

import pytest

from kit.db import Database
from kit.engines import EmbeddedNats, EmbeddedPostgres
from kit.events import (
    BACKFILL,
    LIVE,
    Bus,
    ConsumeLoop,
    Consumer,
    DeadLetter,
    Namespace,
    Received,
    applying,
    consuming,
    dead_letters,
    replay,
    seal,
)
from kit.events import bus as buses
from kit.outbox import first_time
from kit.testing import until
from pourquoi.ingest.v1.events_pb2 import PostErased


@dataclass
class Reader:
    """A consumer's handler that notes what it applied, and does on demand what handlers do."""

    batches: list[list[Received]] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    entered: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.gate.set()

    async def handle(self, batch: Sequence[Received]) -> None:
        self.entered.set()
        await self.gate.wait()
        if self.refused & {body(received) for received in batch}:
            raise ValueError("this event cannot be applied")
        self.batches.append(list(batch))

    @property
    def applied(self) -> list[str]:
        return [body(received) for batch in self.batches for received in batch]


def body(received: Received) -> str:
    event = received.event
    assert isinstance(event, PostErased)
    return event.post_id


def consumer(reader: Reader, name: str = "reader", batch: int = 50, hands: int = 1) -> Consumer:
    return Consumer(name, (PostErased,), reader.handle, batch, hands)


async def publish(bus: Bus, *bodies: str, lane: str = LIVE) -> None:
    await bus.publish([seal(PostErased(post_id=body), "alpha", lane) for body in bodies])


async def letters(bus: Bus) -> list[DeadLetter]:
    return [letter async for letter in dead_letters(bus, "ingest")]


async def unanswered(bus: Bus, name: str = "reader") -> int:
    info = await bus.jetstream.consumer_info(bus.namespace.stream("ingest"), name)
    return (info.num_ack_pending or 0) + (info.num_pending or 0)


@asynccontextmanager
async def consuming_by(bus: Bus, *consumers: Consumer) -> AsyncIterator[list["asyncio.Task[None]"]]:
    """Runs the consumers until the block ends, and stops them in order."""
    stopping = asyncio.Event()
    tasks = [asyncio.create_task(ConsumeLoop(bus, consumer, stopping).run()) for consumer in consumers]
    try:
        yield tasks
    finally:
        stopping.set()
        await asyncio.gather(*tasks, return_exceptions=True)
        for task in tasks:
            if not task.cancelled():
                task.result()


@pytest.fixture
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets a message that nobody answered come again after half a second."""
    monkeypatch.setattr(buses, "ACK_WAIT_SECONDS", 0.5)
    monkeypatch.setattr(applying, "ACK_WAIT_SECONDS", 0.5)
    monkeypatch.setattr(applying, "RETRY_SECONDS", (0.01, 0.01))


async def test_live_events_overtake_a_backfill(bus: Bus) -> None:
    reader = Reader()
    reader.gate.clear()
    await publish(bus, *(f"old {number}" for number in range(400)), lane=BACKFILL)
    async with consuming_by(bus, consumer(reader)):
        await reader.entered.wait()
        await publish(bus, "new")
        reader.gate.set()
        await until(lambda: len(reader.applied) == 401)
    assert reader.applied.index("new") <= 100, "one batch was in hand, and one may have been fetched"
    assert Counter(received.lane for batch in reader.batches for received in batch) == {LIVE: 1, BACKFILL: 400}


async def test_a_lane_with_a_consumer_of_its_own_never_waits_for_the_other(bus: Bus) -> None:
    slow, quick = Reader(), Reader()
    slow.gate.clear()
    await publish(bus, *(f"old {number}" for number in range(100)), lane=BACKFILL)
    of_backfill, of_live = (replace(consumer(each), lanes=(lane,)) for each, lane in ((slow, BACKFILL), (quick, LIVE)))
    async with consuming_by(bus, of_backfill, of_live):
        await slow.entered.wait()
        await publish(bus, "new")
        await until(lambda: quick.applied == ["new"])
        slow.gate.set()
        await until(lambda: len(slow.applied) == 100)
    assert quick.applied == ["new"]


async def test_a_stop_finishes_the_batch_in_hand_and_gives_back_the_rest_at_once(bus: Bus) -> None:
    first, second = Reader(), Reader()
    first.gate.clear()
    bodies = [f"{number:03}" for number in range(300)]
    await publish(bus, *bodies)
    async with consuming_by(bus, consumer(first)):
        await first.entered.wait()
        asyncio.get_running_loop().call_later(0.05, first.gate.set)
    assert len(first.applied) == 50
    async with consuming_by(bus, consumer(second)):
        await until(lambda: len(second.applied) >= 250, seconds=10)
    assert sorted(first.applied + second.applied) == bodies
    assert await unanswered(bus) == 0


@dataclass
class Counting(Reader):
    """A reader that notes how many batches it had in hand at most."""

    in_hand: int = 0
    most_in_hand: int = 0

    async def handle(self, batch: Sequence[Received]) -> None:
        self.in_hand += 1
        self.most_in_hand = max(self.most_in_hand, self.in_hand)
        try:
            await super().handle(batch)
        finally:
            self.in_hand -= 1


@pytest.mark.parametrize("hands", [1, 3])
async def test_a_consumer_holds_as_many_batches_as_it_has_hands(bus: Bus, hands: int) -> None:
    reader, other = Counting(), Reader()
    reader.gate.clear()
    bodies = [f"{number:03}" for number in range(200)]
    await publish(bus, *bodies)
    async with consuming_by(bus, consumer(reader, batch=20, hands=hands)):
        await until(lambda: reader.in_hand == hands)
        async with consuming_by(bus, consumer(other, batch=20)):
            await until(lambda: len(other.applied) == len(bodies) - 20 * hands)
        reader.gate.set()
        await until(lambda: nothing_left(bus))
    assert reader.most_in_hand == hands
    assert sorted(reader.applied + other.applied) == bodies


async def test_a_hand_that_dies_ends_the_consumer_and_what_the_others_held_comes_again(
    bus: Bus, short_waits: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def die(*_: object) -> None:
        raise RuntimeError("the code of the loop itself is broken")

    reader, next_one = Reader(), Reader()
    reader.gate.clear()
    await publish(bus, *(f"{number:03}" for number in range(20)))
    with monkeypatch.context() as broken:
        consuming = asyncio.create_task(ConsumeLoop(bus, consumer(reader, batch=20, hands=2)).run())
        await reader.entered.wait()
        broken.setattr(applying.Applier, "apply", die)
        await publish(bus, "last")
        with pytest.raises(RuntimeError):
            await asyncio.wait_for(consuming, 10)
    async with consuming_by(bus, consumer(next_one)):
        await until(lambda: len(set(next_one.applied)) == 21, seconds=20)
    assert reader.applied == []


async def test_what_a_killed_consumer_held_is_applied_by_the_next(bus: Bus, short_waits: None) -> None:
    killed, next_one = Reader(), Reader()
    killed.gate.clear()
    bodies = [f"{number:03}" for number in range(120)]
    await publish(bus, *bodies)
    async with consuming_by(bus, consumer(killed)) as [task]:
        await killed.entered.wait()
        task.cancel()
        await asyncio.wait([task])
    assert killed.applied == []
    async with consuming_by(bus, consumer(next_one)):
        await until(lambda: len(next_one.applied) >= 120)
    assert sorted(next_one.applied) == bodies


async def test_a_slow_batch_is_not_given_to_anybody_else(bus: Bus, short_waits: None) -> None:
    slow, other = Reader(), Reader()
    slow.gate.clear()
    await publish(bus, "slow")
    async with consuming_by(bus, consumer(slow)):
        await slow.entered.wait()
        async with consuming_by(bus, consumer(other)):
            asyncio.get_running_loop().call_later(1.2, slow.gate.set)
            await until(lambda: slow.applied)
    assert (slow.applied, other.applied) == (["slow"], [])


async def test_an_event_that_is_never_answered_becomes_a_dead_letter(
    bus: Bus, short_waits: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(buses, "MAX_DELIVERIES", 2)
    monkeypatch.setattr(buses, "ACK_WAIT_SECONDS", 0.1)
    await publish(bus, "fatal", lane=BACKFILL)
    subscription = await bus.bind("ingest", "reader-backfill", ["backfill.ingest.post.erased.v1"], 10)

    async def taken_and_given_up() -> list[DeadLetter]:
        with suppress(TimeoutError):
            await subscription.fetch(1, timeout=0.1)
        return await letters(bus)

    [letter] = await until(taken_and_given_up)
    await subscription.unsubscribe()
    assert (letter.consumer, letter.error) == ("reader", "delivered 2 times without an answer")
    reader = Reader()
    async with consuming_by(bus, consumer(reader)):
        await replay(bus, letter)
        await until(lambda: reader.applied)
    assert reader.applied == ["fatal"]
    assert await letters(bus) == []


async def test_events_that_keep_coming_back_are_applied_alone(bus: Bus, short_waits: None) -> None:
    await publish(bus, *(f"suspect {number}" for number in range(5)))
    subscription = await bus.bind("ingest", "reader", ["ingest.post.erased.v1"], 10)
    deliveries = Counter[bytes]()
    while len(deliveries) < 5 or min(deliveries.values()) < applying.SUSPICIOUS_DELIVERIES - 1:
        for message in await subscription.fetch(5, timeout=5):  # a fetch may bring fewer than five
            deliveries[message.data] += 1
            await message.nak()
    await subscription.unsubscribe()
    await publish(bus, *(f"usual {number}" for number in range(5)))
    reader = Reader()
    async with consuming_by(bus, consumer(reader)):
        await until(lambda: len(reader.applied) == 10)
    alone = [body(batch[0]) for batch in reader.batches if len(batch) == 1]
    assert [name for name in alone if name.startswith("suspect")] == [f"suspect {number}" for number in range(5)]


async def test_a_replay_reaches_only_the_consumer_that_had_given_up(bus: Bus, short_waits: None) -> None:
    strict, easy = Reader(refused={"bad"}), Reader()
    async with consuming_by(bus, consumer(strict, "strict"), consumer(easy, "easy")):
        await publish(bus, "bad")
        [letter] = await until(lambda: letters(bus))
        strict.refused.clear()
        await replay(bus, letter)
        await until(lambda: strict.applied)
        await publish(bus, "last")
        await until(lambda: "last" in easy.applied)
    assert letter.consumer == "strict"
    assert easy.applied == ["bad", "last"]
    assert await unanswered(bus, "easy") == 0


async def test_a_replay_that_fails_again_is_a_dead_letter_again(bus: Bus, short_waits: None) -> None:
    strict = Reader(refused={"bad"})
    async with consuming_by(bus, consumer(strict)):
        await publish(bus, "bad")
        [first] = await until(lambda: letters(bus))
        await replay(bus, first)
        [second] = await until(lambda: letters(bus))
    assert second.sequence > first.sequence
    assert second.event_id == first.event_id


async def test_one_bad_event_does_not_hold_up_the_rest(bus: Bus, short_waits: None) -> None:
    reader = Reader(refused={"17"})
    await publish(bus, *map(str, range(100)))
    async with consuming_by(bus, consumer(reader)):
        await until(lambda: len(reader.applied) == 99)
        await until(lambda: letters(bus))
        await until(lambda: nothing_left(bus))
    assert sorted(map(int, reader.applied)) == [number for number in range(100) if number != 17]


async def nothing_left(bus: Bus) -> bool:
    return await unanswered(bus) == 0


async def test_dead_letters_of_a_stream_that_does_not_exist_are_none(bus: Bus) -> None:
    assert [letter async for letter in dead_letters(bus, "nobody")] == []


@pytest.mark.parametrize("lost", [False, True], ids=["its streams are kept", "its streams are lost"])
async def test_a_consumer_goes_on_after_nats_was_killed(
    own_nats: EmbeddedNats, lost: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consuming, "IDLE_SECONDS", 0.05)
    bus, reader = Bus(own_nats.url, Namespace()), Reader()
    await bus.connect()
    async with consuming_by(bus, consumer(reader)) as [task]:
        await until(lambda: exists(bus))
        await publish(bus, "before")
        await until(lambda: reader.applied == ["before"])
        own_nats.kill()
        await until(lambda: not bus.is_ready)
        if lost:
            await asyncio.to_thread(shutil.rmtree, own_nats.folder / "jetstream")
        await asyncio.to_thread(own_nats.start)
        await until(lambda: publishable(bus))
        await until(lambda: reader.applied[-1] == "after")
        assert not task.done()
    assert reader.applied[0] == "before"
    assert set(reader.applied) == {"before", "after"}
    await bus.close()


async def exists(bus: Bus) -> bool:
    try:
        await bus.jetstream.stream_info(bus.namespace.stream("ingest"))
    except buses.BusError:
        return False
    return True


async def publishable(bus: Bus) -> bool:
    try:
        await publish(bus, "after")
    except (buses.BusError, TimeoutError):
        return False
    return True


async def test_a_consumer_goes_on_after_postgresql_was_killed(
    database: Database, bus: Bus, postgres: EmbeddedPostgres, caplog: pytest.LogCaptureFixture
) -> None:
    applied: list[str] = []

    async def handle(batch: Sequence[Received]) -> None:
        async with database.session("alpha") as session:
            await first_time(session, "reader", [received.id for received in batch])
        applied.extend(body(received) for received in batch)

    async with consuming_by(bus, Consumer("reader", (PostErased,), handle)):
        await publish(bus, "before")
        await until(lambda: applied == ["before"])
        await asyncio.to_thread(postgres.kill)
        try:
            await publish(bus, "during")
            await until(lambda: "waits for an outage" in caplog.text)
        finally:
            await asyncio.to_thread(postgres.start)
        await until(lambda: applied == ["before", "during"])
    assert await letters(bus) == []
