"""Posts go when their time is over: all of them, once, and no others."""

import asyncio
from typing import cast
from uuid import uuid4

from desk import Desk, counts, post, published
from sqlalchemy import text

from ingest.app import service
from ingest.posts.destinations import Destination
from ingest.retention.keeping import RetentionKeeper
from ingest.settings import IngestSettings
from kit.db import EVERYWHERE, Database
from kit.testing import ALPHA, Launch, Running, until
from pourquoi.ingest.v1.events_pb2 import PostErased


async def age(database: Database, days: int, *external_ids: str) -> None:
    """Lets posts be first seen some days ago."""
    async with database.session(EVERYWHERE) as session:
        await session.execute(
            text("UPDATE posts SET first_seen_at = now() - make_interval(days => :days) WHERE external_id = ANY(:ids)"),
            {"days": days, "ids": list(external_ids)},
        )


def keeper(running: Running, days: int) -> RetentionKeeper:
    settings = cast(IngestSettings, running.runtime.settings)
    return RetentionKeeper(running.runtime.database, settings.pseudonyms, days, every_seconds=3600)


async def test_posts_whose_time_is_over_are_erased_like_any_other(desk: Desk, running: Running) -> None:
    study = await desk.ask()
    await desk.send(study, post(1), post(2), post(3))
    await age(running.runtime.database, 31, "post-1")
    await age(running.runtime.database, 29, "post-2")
    old = await desk.show("post-1")

    assert await keeper(running, 30).enforce(asyncio.Event()) == 1

    assert [each["external_id"] for each in await desk.posts()] == ["post-2", "post-3"]
    assert [event.post_id for event in await running.published(PostErased, 1)] == [old["id"]]
    assert counts(await desk.send(study, post(1))) == {"received": 1, "rejected_count": 1}


async def test_without_a_limit_posts_are_kept_for_ever(desk: Desk, running: Running) -> None:
    await desk.send(await desk.ask(), post(1))
    await age(running.runtime.database, 10_000, "post-1")

    assert await keeper(running, 0).enforce(asyncio.Event()) == 0
    assert len(await desk.posts()) == 1


async def test_posts_of_every_source_and_workspace_are_reached(running: Running) -> None:
    desks = [Desk(running), Desk(running, "beta")]
    for desk in desks:
        await desk.take(Destination(), post(1), post(2))
        await desk.take(Destination(source_id=uuid4()), post(3), post(4))
        await desk.take(Destination(source_id=uuid4()), post(5), post(6))
    await age(running.runtime.database, 8, "post-1", "post-3", "post-5")

    assert await keeper(running, 7).enforce(asyncio.Event()) == 6

    for desk in desks:
        assert {each["external_id"] for each in await desk.posts()} == {"post-2", "post-4", "post-6"}


async def test_two_replicas_share_the_work_and_erase_each_post_once(desk: Desk, running: Running) -> None:
    study = await desk.ask()
    await desk.send(study, *(post(number) for number in range(1_800)))
    await age(running.runtime.database, 8, *(f"post-{number}" for number in range(1_700)))

    erased = await asyncio.gather(*(keeper(running, 7).enforce(asyncio.Event()) for _ in range(3)))

    assert sum(erased) == 1_700
    events = [event.post_id for event in await published(running, PostErased)]
    assert len(events) == len(set(events)) == 1_700
    assert (await desk.coverage(study))["posts"] == 100


async def test_retention_and_copies_that_arrive_meanwhile_end_in_peace(desk: Desk, running: Running) -> None:
    study = await desk.ask()
    batch = [post(number) for number in range(200)]
    await desk.send(study, *batch)
    await age(running.runtime.database, 8, *(each["external_id"] for each in batch))

    edits = [desk.send(study, *[{**each, "text": f"again {turn}"} for each in batch]) for turn in range(3)]
    await asyncio.gather(keeper(running, 7).enforce(asyncio.Event()), *edits)
    await keeper(running, 7).enforce(asyncio.Event())

    assert await desk.posts() == []
    assert len(await published(running, PostErased)) == 200


async def test_the_service_enforces_its_setting_at_intervals(launch: Launch) -> None:
    async with launch(service, retention_days=7, retention_sweep_seconds=0.05) as running:
        desk = Desk(running)
        await desk.send(await desk.ask(), post(1), post(2))
        await age(running.runtime.database, 8, "post-1")

        async def only_the_young_one() -> bool:
            async with running.runtime.database.session(ALPHA) as session:
                return await session.scalar(text("SELECT count(*) FROM posts WHERE erased_at IS NULL")) == 1

        await until(only_the_young_one)
        assert [each["external_id"] for each in await desk.posts()] == ["post-2"]
