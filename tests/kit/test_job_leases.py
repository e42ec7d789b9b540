"""Jobs whose process stops, dies or loses its lease: taken over, given back, and given up in the end."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from working import change, look, queue, refuse_everything, run_all, running

from kit.db import Database
from kit.jobs import JobContext, LeaseLost, leases, runner
from kit.testing import until


async def test_a_job_whose_process_was_killed_is_taken_over_when_its_lease_ends(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "LEASE_SECONDS", 0.3)
    started = asyncio.Event()

    async def hang(context: JobContext) -> dict[str, Any]:
        await context.advance(1, 2, {"step": 1})
        started.set()
        await asyncio.Event().wait()
        return {}

    async def finish(context: JobContext) -> dict[str, Any]:
        return {"resumed at": context.state["step"]}

    job_id = await queue(database)
    killed = asyncio.create_task(running(database, hang).run())
    await started.wait()
    survivor = running(database, finish)
    assert not await survivor.run_next(), "the lease is held"
    killed.cancel()
    await asyncio.wait([killed])
    await until(survivor.run_next)
    assert (await look(database, job_id)).result == {"resumed at": 1}


async def test_a_lease_is_kept_while_the_handler_computes_without_a_word(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "LEASE_SECONDS", 0.3)
    gate, started = asyncio.Event(), asyncio.Event()

    async def compute(context: JobContext) -> dict[str, Any]:
        started.set()
        await gate.wait()
        return {}

    job_id = await queue(database)
    task = asyncio.create_task(running(database, compute).run_next())
    await started.wait()
    first = (await look(database, job_id)).updated_at
    await until(lambda: renewed_after(database, job_id, first))
    assert not await running(database, refuse_everything).run_next()
    gate.set()
    await task
    assert (await look(database, job_id)).status == "succeeded"


async def renewed_after(database: Database, job_id: UUID, moment: Any) -> bool:
    return ((await look(database, job_id)).updated_at - moment).total_seconds() > 0.5


async def test_who_lost_the_lease_changes_nothing_any_more(database: Database) -> None:
    async def lose(context: JobContext) -> dict[str, Any]:
        await change(database, "due_at = now()")
        assert await running(database, succeed).run_next()
        with pytest.raises(LeaseLost):
            await context.advance(7)
        raise LeaseLost("as a handler that lets it pass")

    async def succeed(context: JobContext) -> dict[str, Any]:
        return {"by": "the other"}

    job_id = await queue(database)
    await running(database, lose).run_next()
    job = await look(database, job_id)
    assert (job.status, job.result, job.progress.done) == ("succeeded", {"by": "the other"}, 0)


async def test_a_handler_is_stopped_when_its_lease_is_lost(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "LEASE_SECONDS", 0.1)
    cancelled: list[bool] = []

    async def hang(context: JobContext) -> dict[str, Any]:
        await change(database, "attempts = attempts + 1")
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.append(True)
        return {}

    await queue(database)
    await asyncio.wait_for(running(database, hang).run_next(), 10)
    assert cancelled == [True]


async def test_a_stop_gives_the_job_back_at_once_and_counts_for_nothing(database: Database) -> None:
    started = asyncio.Event()

    async def hang(context: JobContext) -> dict[str, Any]:
        started.set()
        await asyncio.Event().wait()
        return {}

    async def finish(context: JobContext) -> dict[str, Any]:
        return {"attempt": context.attempt}

    job_id = await queue(database)
    for _ in range(runner.MAX_ATTEMPTS + 1):
        started.clear()
        stopped = running(database, hang)
        task = asyncio.create_task(stopped.run())
        await started.wait()
        stopped.stopping.set()
        await asyncio.wait_for(task, 10)
        assert (await look(database, job_id)).status == "queued"
    assert await running(database, finish).run_next()
    assert (await look(database, job_id)).result == {"attempt": 1}


async def test_a_job_that_brings_its_process_down_again_and_again_is_given_up(database: Database) -> None:
    started = asyncio.Event()

    async def hang(context: JobContext) -> dict[str, Any]:
        started.set()
        await asyncio.Event().wait()
        return {}

    job_id = await queue(database)
    for _ in range(runner.MAX_CRASHES):
        started.clear()
        task = asyncio.create_task(running(database, hang).run_next())
        await started.wait()
        task.cancel()
        await asyncio.wait([task])
        await change(database, "due_at = now()")
    assert await asyncio.wait_for(running(database, hang).run_next(), 10)
    job = await look(database, job_id)
    assert job.status == "failed"
    assert "died 20 times" in (job.error or "")


async def test_two_runners_share_the_jobs(database: Database) -> None:
    done: list[UUID] = []

    async def work(context: JobContext) -> dict[str, Any]:
        done.append(context.id)
        return {}

    made = {await queue(database) for _ in range(20)}
    await asyncio.gather(*(run_all(running(database, work)) for _ in range(2)))
    assert len(done) == 20
    assert set(done) == made
