"""Whoever is most urgent uses the models next."""

import asyncio

from enrichment.readings.turns import Turns, Urgency


async def test_the_most_urgent_goes_first_and_equals_in_order() -> None:
    turns, log = Turns(1), list[str]()
    urgencies = {"old": Urgency.BACKFILL, "live": Urgency.LIVE, "asked": Urgency.ASKED}

    async def work(name: str, urgency: Urgency) -> None:
        async with turns.taken(urgency):
            log.append(name)

    async with asyncio.TaskGroup() as group, turns.taken(Urgency.BACKFILL):
        for name in ("old 1", "live 1", "old 2", "asked", "live 2"):
            group.create_task(work(name, urgencies[name.split()[0]]))
        await asyncio.sleep(0)
        assert log == []

    assert log == ["asked", "live 1", "live 2", "old 1", "old 2"]


async def test_a_turn_that_nobody_waits_for_any_more_goes_to_the_next() -> None:
    turns = Turns(1)

    async def work() -> str:
        async with turns.taken(Urgency.LIVE):
            return "done"

    async with turns.taken(Urgency.LIVE):
        waiting, next_one = asyncio.create_task(work()), asyncio.create_task(work())
        await asyncio.sleep(0)
        waiting.cancel()
    assert await next_one == "done"

    async with turns.taken(Urgency.LIVE):
        late = asyncio.create_task(work())
        await asyncio.sleep(0)
    # The turn has been handed over, and its taker is cancelled before it could notice.
    late.cancel()
    await asyncio.gather(late, return_exceptions=True)
    assert await work() == "done"


async def test_so_many_work_at_once_and_no_more() -> None:
    turns, at_once, most = Turns(2), 0, 0

    async def work() -> None:
        nonlocal at_once, most
        async with turns.taken(Urgency.BACKFILL):
            at_once += 1
            most = max(most, at_once)
            await asyncio.sleep(0)
            at_once -= 1

    await asyncio.gather(*(work() for _ in range(20)))

    assert most == 2
