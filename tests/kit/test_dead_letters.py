"""Events that cannot be applied: alone, set aside as dead letters, and replayed to who had given up."""

from collections import Counter
from contextlib import suppress

import pytest
from reading import Reader, body, consumer, consuming_by, letters, nothing_left, publish, unanswered

from kit.events import (
    BACKFILL,
    Bus,
    DeadLetter,
    applying,
    dead_letters,
    replay,
)
from kit.events import bus as buses
from kit.testing import until


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


async def test_dead_letters_of_a_stream_that_does_not_exist_are_none(bus: Bus) -> None:
    assert [letter async for letter in dead_letters(bus, "nobody")] == []
