"""Backfills give a study the posts of the past that its query takes, each once."""

import asyncio
from uuid import UUID

from desk import Desk, published
from versions import activate, filled, finish, propose

from ingest.experiments.backfill import Backfill
from ingest.experiments.jobs import BackfillJob
from kit.jobs import JobRunner
from kit.testing import ALPHA, Running
from pourquoi.ingest.v1.events_pb2 import PostUpdated


async def test_a_backfill_takes_posts_of_the_past_once(desk: Desk, running: Running) -> None:
    study = await filled(desk, texts=tuple(f"bus {number}" for number in range(130)))
    await propose(desk, study, "bus")

    first = await finish(desk, (await activate(desk, study, 2, backfill=True))["job"])
    second = await finish(desk, (await activate(desk, study, 2, backfill=True))["job"])

    assert first["result"] == {"read": 130, "taken": 130, "superseded": False}
    assert second["result"] == {"read": 130, "taken": 0, "superseded": False}
    assert (await desk.coverage(study))["posts"] == 130
    events = await published(running, PostUpdated)
    assert len({event.post.id for event in events}) == len(events) == 130
    assert {(event.post.revision, tuple(event.post.study_ids)) for event in events} == {(2, (study["id"],))}
    lanes = {each.subject for each in await running.envelopes("ingest") if "post" in each.subject}
    assert all("backfill" in subject for subject in lanes)


async def test_two_backfills_at_once_take_each_post_once(desk: Desk, running: Running) -> None:
    study = await filled(desk, texts=tuple(f"bus {number}" for number in range(120)))
    await propose(desk, study, "bus")
    runners = [
        JobRunner(running.runtime.database, [BackfillJob(running.runtime.database, running.runtime.state).handler])
        for _ in range(2)
    ]

    jobs = [(await activate(desk, study, 2, backfill=True))["job"] for _ in range(2)]
    await asyncio.gather(*(runner.run_next() for runner in runners))
    results = [(await finish(desk, job))["result"] for job in jobs]

    assert sum(result["taken"] for result in results) == 120
    assert len(await published(running, PostUpdated)) == 120


async def test_a_backfill_of_a_version_that_was_replaced_stops(desk: Desk, running: Running) -> None:
    study = await filled(desk)
    await propose(desk, study, "bus")
    await activate(desk, study, 2)
    await desk.client.patch(f"/v1/studies/{study['id']}", json={"query": "weather"})

    async with running.runtime.database.session(ALPHA) as session:
        backfill = Backfill(session, UUID(study["id"]), version=2)
        assert await backfill.take_after(None, 50) is None
        assert await backfill.is_superseded()

    assert (await desk.coverage(study))["posts"] == 3
