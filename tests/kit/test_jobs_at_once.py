"""Several jobs at once: a long one keeps no other waiting, and together they leave room for requests."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from working import look, queue

from kit.db import Database
from kit.jobs import JobContext, JobHandler, JobRunner, runner
from kit.service import Service
from kit.testing import until


async def idle(context: JobContext) -> dict[str, Any]:
    return {}


async def test_a_long_job_does_not_keep_the_next_one_waiting(database: Database) -> None:
    gate, ended = asyncio.Event(), asyncio.Event()

    async def work(context: JobContext) -> dict[str, Any]:
        await (gate.wait() if context.parameters["long"] else asyncio.sleep(0))
        return {}

    jobs = JobRunner(database, [JobHandler("work", work)], ended, at_once=2)
    long, short = await queue(database, long=True), await queue(database, long=False)
    task = asyncio.create_task(jobs.run())

    await until(lambda: has_status(database, short, "succeeded"))
    assert (await look(database, long)).status == "running"
    gate.set()
    await until(lambda: has_status(database, long, "succeeded"))
    ended.set()
    await asyncio.wait_for(task, 10)


async def test_no_more_jobs_run_at_once_than_allowed_and_requests_find_a_connection(
    database_url: Callable[[Service], Awaitable[str]],
) -> None:
    from probe.app import service

    database = Database(await database_url(service), 3)
    gate, ended, now = asyncio.Event(), asyncio.Event(), set()

    async def work(context: JobContext) -> dict[str, Any]:
        now.add(context.id)
        async with database.session("alpha") as session:
            await session.execute(text("SELECT 1"))
            await gate.wait()
        return {}

    made = [await queue(database) for _ in range(5)]
    task = asyncio.create_task(JobRunner(database, [JobHandler("work", work)], ended, at_once=2).run())
    await until(lambda: len(now) == 2)
    async with asyncio.timeout(10):
        views = [await look(database, job_id) for job_id in made]

    assert sorted(view.status for view in views) == ["queued"] * 3 + ["running"] * 2
    gate.set()
    await until(lambda: has_status(database, made[-1], "succeeded"))
    ended.set()
    await asyncio.wait_for(task, 10)
    await database.close()


async def test_a_defect_in_one_lane_ends_the_runner_whose_process_must_not_live_on_half(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("a defect of the queue itself")

    monkeypatch.setattr(runner, "claim", broken)

    with pytest.raises(ExceptionGroup):
        await JobRunner(database, [JobHandler("work", idle)], at_once=2).run()


async def has_status(database: Database, job_id: UUID, status: str) -> bool:
    return (await look(database, job_id)).status == status
