"""Jobs whose process dies: another one goes on, and a version is published once."""

import threading
from typing import Any

import pytest
from sqlalchemy import text

from kit.db import EVERYWHERE, Database
from kit.jobs import JobContext, JobRepository, LeaseLost
from kit.testing import ALPHA, Launch, Running, until
from pourquoi.segmentation.v1.events_pb2 import SegmentationPublished
from segmentation.app import service
from segmentation.segmentations.jobs import SegmentJob
from segmentation.segmentations.schemas import SegmentationRequest
from segmentation.segmentations.service import JOB, SegmentationService
from segmentation.topics.partition import readable_partition
from tests.segmentation.support.conversations import Conversation
from tests.segmentation.support.desk import Desk, Json
from tests.segmentation.support.peers import Ingest


async def claimed_job(running: Running, conversation: Conversation) -> JobContext:
    """A job that a process has taken, as this process sees it; nobody else takes it for the time of a lease."""
    runtime = running.runtime
    async with runtime.database.session(ALPHA) as session:
        job = await SegmentationService(session).request(
            conversation.study_id, SegmentationRequest(), runtime.state.ingest, runtime.settings
        )
        await session.execute(
            text("UPDATE jobs SET status = 'running', attempts = 1, due_at = now() + interval '1 hour' WHERE id = :id"),
            {"id": job.id},
        )
    return JobContext(runtime.database, job.id, JOB, ALPHA, job.parameters, {}, attempt=1)


async def let_lease_end(database: Database) -> None:
    async with database.session(EVERYWHERE) as session:
        await session.execute(text("UPDATE jobs SET due_at = now() WHERE status = 'running'"))


async def versions(desk: Desk, conversation: Conversation) -> list[Json]:
    listed: list[Json] = (await desk.get(f"/v1/studies/{conversation.study_id}/segmentations"))["items"]
    return listed


async def published_events(running: Running) -> int:
    kind = SegmentationPublished.DESCRIPTOR.full_name
    return sum(envelope.headers["ce-type"] == kind for envelope in await running.envelopes("segmentation"))


async def test_a_job_whose_process_died_is_run_by_another_one(desk: Desk) -> None:
    conversation = Conversation()
    await desk.take_in(conversation)
    context = await claimed_job(desk.running, conversation)

    await let_lease_end(context.database)

    job = await desk.until_ended(str(context.id))
    assert job["status"] == "succeeded"
    assert [each["id"] for each in await versions(desk, conversation)] == [str(context.id)]


async def test_a_process_that_dies_after_publishing_leaves_one_version(desk: Desk) -> None:
    conversation = Conversation()
    await desk.take_in(conversation)
    context = await claimed_job(desk.running, conversation)
    result = await SegmentJob(context.database, desk.running.runtime.settings).run(context)

    await let_lease_end(context.database)

    job = await desk.until_ended(str(context.id))
    assert job["result"] == result
    assert len(await versions(desk, conversation)) == 1
    assert await until(lambda: published_events(desk.running)) == 1


class OvertakenContext(JobContext):
    """A process that was away so long that another one took its job over and ended it, just before it publishes."""

    async def advance(self, done: int, total: int | None = None, state: Json | None = None) -> None:
        await super().advance(done, total, state)
        if done == 4:
            await let_lease_end(self.database)

            async def is_ended() -> bool:
                async with self.database.session(ALPHA) as session:
                    return (await JobRepository(session).get(self.id)).status == "succeeded"

            await until(is_ended)


async def test_a_process_whose_job_was_taken_over_publishes_nothing(desk: Desk) -> None:
    conversation = Conversation()
    await desk.take_in(conversation)
    claimed = await claimed_job(desk.running, conversation)
    overtaken = OvertakenContext(claimed.database, claimed.id, JOB, ALPHA, claimed.parameters, {}, attempt=1)

    with pytest.raises(LeaseLost):
        await SegmentJob(claimed.database, desk.running.runtime.settings).run(overtaken)

    assert [each["version"] for each in await versions(desk, conversation)] == [1]
    assert await until(lambda: published_events(desk.running)) == 1


async def test_a_publication_that_fails_leaves_nothing_behind(desk: Desk) -> None:
    conversation = Conversation()
    await desk.take_in(conversation)
    context = await claimed_job(desk.running, conversation)
    async with context.database.session(ALPHA) as session:
        await session.execute(text("ALTER TABLE memberships RENAME TO hidden"))
    work = SegmentJob(context.database, desk.running.runtime.settings)
    with pytest.raises(Exception, match="memberships"):
        await work.run(context)
    async with context.database.session(ALPHA) as session:
        await session.execute(text("ALTER TABLE hidden RENAME TO memberships"))

    assert await versions(desk, conversation) == []
    assert await desk.running.envelopes("segmentation") == []


async def test_a_stop_in_the_middle_lets_the_next_process_finish(launch: Launch, ingest: Ingest) -> None:
    conversation = Conversation()
    async with launch(service, ingest_target=ingest.target) as running:
        desk = Desk(running, ingest)
        await desk.take_in(conversation)
        job = await desk.request(conversation.study_id)
        database_url = running.runtime.settings.database_url

        async def is_running() -> bool:
            return bool((await desk.get(f"/v1/jobs/{job['id']}"))["status"] != "queued")

        await until(is_running)
    async with launch(service, ingest_target=ingest.target, database_url=database_url) as running:
        desk = Desk(running, ingest)
        ended = await desk.until_ended(job["id"])

        assert ended["status"] == "succeeded"
        assert [each["version"] for each in await versions(desk, conversation)] == [1]


async def test_the_event_loop_answers_while_a_job_computes(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    conversation = Conversation(sizes=[150] * 6, noise=1.5)
    await desk.take_in(conversation)
    computing, answered = threading.Event(), threading.Event()

    def partition_once_answered(*arguments: Any) -> Any:
        computing.set()
        assert answered.wait(30), "The event loop did not answer while the job computed."
        return readable_partition(*arguments)

    monkeypatch.setattr("segmentation.segmentations.jobs.readable_partition", partition_once_answered)
    job = await desk.request(conversation.study_id)

    async def is_computing() -> bool:
        return computing.is_set()

    await until(is_computing)
    assert (await desk.get(f"/v1/jobs/{job['id']}"))["status"] == "running"
    answered.set()
    assert (await desk.until_ended(job["id"]))["status"] == "succeeded"
