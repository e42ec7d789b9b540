"""A source is one replica's at a time, its cursor is never ahead of its posts, and a death costs nothing."""

import asyncio
import os
import random
import signal
import sys
from pathlib import Path
from uuid import UUID

import pytest
from scripted import Script, Stage
from sqlalchemy import event, text

from ingest.app import service
from ingest.collection.scheduler import Scheduler
from kit.db import EVERYWHERE, Database
from kit.engines import EmbeddedNats
from kit.local.children import Child
from kit.testing import until


async def test_two_schedulers_never_collect_a_source_twice(stage: Stage) -> None:
    scripts = [Script([[f"{number}"] for number in range(4)]) for _ in range(12)]
    for script in scripts:
        await stage.connect(script)
    schedulers = [stage.scheduler(collections=3), stage.scheduler(collections=3)]

    while any(await asyncio.gather(*(each.start_due(stage.stopping) for each in schedulers))):
        await asyncio.gather(*(each.finish() for each in schedulers))

    assert [script.asked for script in scripts] == [[{}]] * 12
    assert {script.most_active for script in scripts} == {1}


async def test_who_lost_its_lease_stores_nothing_any_more(stage: Stage) -> None:
    gate = asyncio.Event()
    script = Script.of_posts(40, gates={1: gate})
    source = await stage.connect(script)
    slow, quick = stage.scheduler(), stage.scheduler()
    await slow.start_due(stage.stopping)

    async def has_a_page() -> bool:
        return await stage.stored() == 10

    await until(has_a_page)
    await stage.end_leases()
    script.gates.clear()
    await stage.collect(quick)
    gate.set()
    await slow.finish()

    runs = await stage.runs(source)
    assert [(run["status"], run["new"]) for run in runs] == [("succeeded", 30), ("stopped", 10)]
    assert script.asked == [{}, {"page": 1}]
    assert (await stage.page(source), await stage.stored()) == (4, 40)


async def test_the_write_of_an_old_attempt_is_undone_with_its_posts(stage: Stage) -> None:
    gate = asyncio.Event()
    script = Script.of_posts(20, gates={1: gate})
    source = await stage.connect(script)
    scheduler = stage.scheduler()
    await scheduler.start_due(stage.stopping)

    async def has_a_page() -> bool:
        return await stage.stored() == 10

    await until(has_a_page)
    await stage.tell("UPDATE sources SET attempt = attempt + 1 WHERE id = :id", id=UUID(source["id"]))
    gate.set()
    await scheduler.finish()

    assert (await stage.page(source), await stage.stored()) == (1, 10)


@pytest.mark.parametrize("seed", range(3))
async def test_a_collection_that_is_cut_off_anywhere_resumes_to_the_exact_count(stage: Stage, seed: int) -> None:
    dice = random.Random(seed)
    source = await stage.connect(Script.of_posts(200))
    cuts = 0

    while await stage.page(source) < 20:
        scheduler = stage.scheduler()
        await scheduler.start_due(stage.stopping)
        cuts += await cut_off(stage, scheduler, statements=dice.randrange(1, 90))
        assert await stage.stored() == 10 * await stage.page(source)
        await stage.end_leases()

    assert cuts >= 2
    assert await stage.stored() == 200
    assert await stage.ask("SELECT sum(new) FROM source_runs") == 200
    assert await stage.ask("SELECT sum(duplicate) FROM source_runs") == 0


async def cut_off(stage: Stage, scheduler: Scheduler, statements: int) -> int:
    """Ends what runs at its so-manieth statement, as a power cut does: nothing is given back."""
    engine = stage.running.runtime.database.engine.sync_engine
    tasks = [*scheduler._looks]
    left = statements

    def count(*_: object) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            for task in tasks:
                task.cancel()

    event.listen(engine, "before_cursor_execute", count)
    try:
        ends = await asyncio.gather(*tasks, return_exceptions=True)
    finally:
        event.remove(engine, "before_cursor_execute", count)
    return sum(isinstance(end, asyncio.CancelledError) for end in ends)


async def test_a_process_that_is_killed_while_it_collects_is_followed_by_one_that_finishes(
    stage: Stage, database_url, nats_server: EmbeddedNats, nats_prefix: str, tmp_path: Path
) -> None:
    url = await database_url(service)
    database = Database(url, pool=2)
    source = UUID(int=7)
    async with database.session(EVERYWHERE) as session:
        await session.execute(text(_SOURCE), {"id": source})

    async def stored() -> int:
        async with database.session(EVERYWHERE) as session:
            cursor = int(await session.scalar(text("SELECT coalesce(CAST(cursor ->> 'posts' AS int), 0) FROM sources")))
            posts = int(await session.scalar(text("SELECT count(*) FROM posts")))
            assert posts >= cursor
            return posts

    for goal in (200, 700, 1_300, 2_000):
        child = _child(url, nats_server, nats_prefix, tmp_path / f"{goal}.log")
        child.start()

        async def reached(goal: int = goal) -> bool:
            return await stored() >= goal

        await until(reached, seconds=60)
        os.kill(child.pid, signal.SIGKILL)
        child.stop()
        async with database.session(EVERYWHERE) as session:
            await session.execute(text("UPDATE sources SET lease_until = now() - interval '1 second'"))

    assert await stored() == 2_000
    await database.close()


_SOURCE = """
    INSERT INTO sources (workspace_id, id, name, kind, config, every_seconds, streams, host, cursor, unmatched,
        sample_rate, keeps_handles, privacy, state, holder, attempt, next_due_at, failures, last_error, revision,
        created_at, updated_at)
    VALUES ('alpha', :id, 'Solane', 'sample', '{"posts": 2000, "posts_per_run": 2000, "seed": 1}', 3600, false,
        'sample', '{}', 'keep', 0.01, false, 'public', 'active', '', 0, now(), 0, '', 1, now(), now())
"""


def _child(url: str, nats_server: EmbeddedNats, nats_prefix: str, log: Path) -> Child:
    environment = {
        "PATH": "/usr/bin:/bin",
        "DATABASE_URL": url,
        "NATS_URL": nats_server.url,
        "POURQUOI_NATS_PREFIX": nats_prefix,
        "POURQUOI_HTTP_PORT": "0",
        "POURQUOI_GRPC_PORT": "0",
    }
    return Child("ingest", [sys.executable, "-m", "ingest", "serve"], log=log, environment=environment)
