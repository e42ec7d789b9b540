"""Imports go on where they stopped, and their files stay until then."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

import pytest
from desk import Desk, lines, post
from exports import POSTS
from sqlalchemy import text

from ingest.app import service
from ingest.imports.jobs import ImportJob
from ingest.imports.sweeping import UploadSweeper
from kit.db import EVERYWHERE, Session
from kit.jobs import JobContext, JobHandler, JobRunner, JsonObject
from kit.testing import Launch, Running, until
from pourquoi.ingest.v1.events_pb2 import PostCollected


class PowerCut(RuntimeError):
    """The process dies here."""


class MortalContext(JobContext):
    """A context that dies inside the transaction of its third chunk."""

    chunks = 0

    async def advance_within(
        self, session: Session, done: int, total: int | None = None, state: JsonObject | None = None
    ) -> None:
        await super().advance_within(session, done, total, state)
        self.chunks += 1
        if self.chunks == 3:
            raise PowerCut


@pytest.fixture
async def idle(launch: Launch) -> AsyncIterator[Running]:
    """Ingest whose jobs wait until the test runs them."""
    async with launch(replace(service, job_handlers=lambda _: ()), chunk_posts=50) as started:
        yield started


def import_job(running: Running) -> ImportJob:
    return ImportJob(running.runtime.database, running.runtime.settings, running.runtime.state.copies)


def runner(running: Running, handle: Callable[[JobContext], Any] | None = None) -> JobRunner:
    job = import_job(running)
    return JobRunner(running.runtime.database, [JobHandler("import", handle) if handle else job.handler])


async def test_an_import_whose_process_dies_goes_on_where_it_stopped(idle: Running) -> None:
    desk = Desk(idle)
    study = await desk.ask()
    content = lines([*(post(number) for number in range(230)), "no post", *(post(number) for number in range(10))])
    answer = await desk.upload(study, "posts.ndjson", content)

    async def die(context: JobContext) -> JsonObject:
        mortal = MortalContext(**{name: getattr(context, name) for name in JobContext.__dataclass_fields__})
        return await import_job(idle).run(mortal)

    assert await runner(idle, die).run_next()
    assert (await desk.coverage(study))["posts"] == 100
    await until(runner(idle).run_next)

    job = await desk.finish(answer)
    assert job["status"] == "succeeded"
    report = job["result"]
    assert (report["received"], report["accepted"], report["duplicates"]) == (241, 230, 10)
    assert report["rejected"] == [{"line": 231, "reason": report["rejected"][0]["reason"]}]
    assert (await desk.coverage(study))["posts"] == 230
    events = await idle.published(PostCollected, 230)
    assert len({event.post.external_id for event in events}) == 230


async def test_a_file_stays_until_its_import_has_ended(idle: Running) -> None:
    desk = Desk(idle)
    study = await desk.ask()
    sweeper = UploadSweeper(idle.runtime.database, 60)
    await desk.upload(study, "posts.ndjson", lines(POSTS))

    await sweeper.sweep()
    assert await kept_bytes(idle) == len(lines(POSTS))
    await runner(idle).run_next()
    await sweeper.sweep()

    assert await kept_bytes(idle) == 0


async def kept_bytes(running: Running) -> int:
    async with running.runtime.database.session(EVERYWHERE) as session:
        return int(await session.scalar(text("SELECT coalesce(sum(length(content)), 0) FROM upload_chunks")) or 0)
