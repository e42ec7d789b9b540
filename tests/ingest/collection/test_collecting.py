"""Sources are collected on time, from where they stopped, and one never harms another."""

import asyncio
from datetime import datetime, timedelta

import pytest
from desk import post
from scripted import Script, Stage

from ingest.sources.connector import SourceRefused, SourceUnavailable
from kit.testing import until
from pourquoi.ingest.v1.events_pb2 import PostCollected


async def test_posts_of_a_source_go_to_the_studies_that_ask_for_them(stage: Stage) -> None:
    study = await stage.desk.ask(query="late")
    source = await stage.connect(Script.of_posts(30))

    await stage.collect()

    assert (await stage.desk.coverage(study))["posts"] == 30
    [run] = await stage.runs(source)
    assert (run["status"], run["fetched"], run["new"], run["lane"]) == ("succeeded", 30, 30, "live")
    events = await stage.running.published(PostCollected, 30)
    assert all(event.post.source_id == source["id"] for event in events if hasattr(event.post, "source_id"))


async def test_a_source_is_due_again_after_its_interval_and_goes_on_from_its_cursor(stage: Stage) -> None:
    script = Script.of_posts(20)
    source = await stage.connect(script, every_seconds=300)
    await stage.collect()
    script.pages.append([post(99)])

    stage.clock.pass_by(299)
    assert await stage.collect() == 0
    stage.clock.pass_by(2)
    assert await stage.collect() == 1

    assert script.asked == [{}, {"page": 2}]
    assert [run["new"] for run in await stage.runs(source)] == [1, 20]


async def test_one_bad_item_costs_only_itself(stage: Stage) -> None:
    pages: list[list[object]] = [[post(1), {"text": "no id"}, post(2)], [post(3)]]
    source = await stage.connect(Script(pages))

    await stage.collect()

    [run] = await stage.runs(source)
    assert (run["fetched"], run["new"], run["rejected"]) == (4, 3, 1)
    assert run["rejections"] == [{"line": 2, "reason": "external_id: is missing."}]


async def test_a_page_larger_than_a_transaction_is_kept_whole(stage: Stage) -> None:
    source = await stage.connect(Script.of_posts(130, per_page=130))

    await stage.collect()

    assert await stage.stored() == 130
    assert await stage.page(source) == 1


async def test_what_came_before_a_failure_stays_and_the_next_run_goes_on(stage: Stage) -> None:
    script = Script.of_posts(40, errors={2: [SourceUnavailable("The server answered 500.")]})
    source = await stage.connect(script)

    await stage.collect()
    failed = await stage.show(source)
    stage.clock.pass_by(20)
    await stage.collect()

    assert failed["failures"] == 1
    assert failed["health"]["status"] == "failing"
    assert failed["health"]["reason"].startswith("It failed once: The server answered 500.")
    assert [run["status"] for run in await stage.runs(source)] == ["succeeded", "failed"]
    assert script.asked == [{}, {"page": 2}]
    assert await stage.stored() == 40
    assert (await stage.show(source))["health"]["status"] == "ok"


async def test_a_source_that_asks_for_patience_is_left_alone_for_so_long(stage: Stage) -> None:
    script = Script.of_posts(10, errors={0: [SourceUnavailable("Too many requests.", retry_after_seconds=600)]})
    source = await stage.connect(script)
    asked_at = stage.clock.now

    await stage.collect()

    due = datetime.fromisoformat((await stage.show(source))["next_due_at"])
    assert asked_at + timedelta(seconds=600) <= due <= asked_at + timedelta(seconds=660)
    stage.clock.pass_by(599)
    assert await stage.collect() == 0
    stage.clock.pass_by(62)
    assert await stage.collect() == 1
    assert await stage.stored() == 10


async def test_the_patience_that_a_host_asks_for_holds_for_all_sources_at_it(stage: Stage) -> None:
    angry = Script.of_posts(10, errors={0: [SourceUnavailable("Too many requests.", retry_after_seconds=600)]})
    scripts = [angry, Script.of_posts(10), Script.of_posts(10)]
    for script, host in zip(scripts, ("news.example", "news.example", "other.example"), strict=True):
        await stage.connect(script, host=host)

    scheduler = stage.scheduler(collections=1)
    while await stage.collect(scheduler):
        pass

    assert [len(script.asked) for script in scripts] == [1, 0, 1]


async def test_a_host_is_asked_for_one_source_at_a_time(stage: Stage) -> None:
    gate = asyncio.Event()
    first, second = Script.of_posts(10, gates={0: gate}), Script.of_posts(10)
    for script in (first, second):
        await stage.connect(script, host="news.example")
    one, two = stage.scheduler(), stage.scheduler()

    await asyncio.gather(one.start_due(stage.stopping), two.start_due(stage.stopping))
    await until(lambda: first.asked)
    assert await two.start_due(stage.stopping) == 0
    assert second.asked == []
    gate.set()
    await asyncio.gather(one.finish(), two.finish())
    await stage.collect()

    assert second.asked == [{}]


async def test_failures_in_a_row_are_tried_less_and_less_often(stage: Stage) -> None:
    script = Script.of_posts(10, errors={0: [SourceUnavailable("Away.") for _ in range(4)]})
    source = await stage.connect(script)
    waits = []

    for _ in range(4):
        await stage.collect()
        due = datetime.fromisoformat((await stage.show(source))["next_due_at"])
        waits.append((due - stage.clock.now).total_seconds())
        stage.clock.now = due

    steps = (10, 20, 40, 80)
    assert all(step / 2 <= wait <= step for step, wait in zip(steps, waits, strict=True))


async def test_a_source_that_refuses_waits_for_a_person(stage: Stage) -> None:
    script = Script.of_posts(10, errors={0: [SourceRefused("The token is no longer valid: set a new one.")]})
    source = await stage.connect(script)

    await stage.collect()
    stage.clock.pass_by(1_000_000)

    assert await stage.collect() == 0
    shown = await stage.show(source)
    assert shown["state"] == "refused"
    assert shown["health"]["reason"] == (
        "The token is no longer valid: set a new one. Change its settings, or resume it."
    )
    answer = await stage.desk.client.patch(f"/v1/sources/{source['id']}", json={"state": "active"})
    assert answer.json()["state"] == "active"
    assert await stage.collect() == 1
    assert await stage.stored() == 10


async def test_an_error_that_a_connector_did_not_foresee_is_a_failure_of_its_source_alone(stage: Stage) -> None:
    broken = await stage.connect(Script.of_posts(10, errors={0: [KeyError("a secret of the post")]}))
    await stage.connect(Script.of_posts(10))

    await stage.collect()

    [run] = await stage.runs(broken)
    assert (run["status"], run["error"]) == ("failed", "Reading the source failed (KeyError).")
    assert await stage.stored() == 10


async def test_a_source_that_hangs_keeps_nobody_waiting(stage: Stage) -> None:
    gate = asyncio.Event()
    await stage.connect(Script.of_posts(10, gates={0: gate}))
    await stage.connect(Script([[post(number)] for number in range(100, 120)]))
    scheduler = stage.scheduler()

    await scheduler.start_due(stage.stopping)

    async def has_all_of_the_second() -> bool:
        return await stage.stored() == 20

    await until(has_all_of_the_second)
    gate.set()
    await scheduler.finish()
    assert await stage.stored() == 30


async def test_no_more_sources_at_once_than_there_is_room_for(stage: Stage) -> None:
    gate = asyncio.Event()
    for _ in range(5):
        await stage.connect(Script.of_posts(10, gates={0: gate}))
    await stage.connect(Script([], gates={}), streams=True)
    scheduler = stage.scheduler(collections=2)

    assert await scheduler.start_due(stage.stopping) == 3
    assert await scheduler.start_due(stage.stopping) == 0

    gate.set()
    await scheduler.finish()


async def test_a_stream_is_stored_as_it_comes_and_stops_with_the_process(stage: Stage) -> None:
    never = asyncio.Event()
    source = await stage.connect(Script.of_posts(30, gates={2: never}), streams=True)
    scheduler = stage.scheduler()
    collecting = asyncio.create_task(scheduler.run(stage.stopping))

    async def has_two_pages() -> bool:
        return await stage.stored() == 20

    await until(has_two_pages)
    assert (await stage.show(source))["health"]["status"] == "ok"
    stage.stopping.set()
    await collecting

    [run] = await stage.runs(source)
    assert (run["status"], run["new"]) == ("stopped", 20)
    assert await stage.page(source) == 2
    stage.stopping.clear()
    never.set()
    assert await stage.collect() == 1
    assert await stage.stored() == 30


async def test_pausing_stops_a_run_before_it_stores_anything_else(stage: Stage) -> None:
    gate = asyncio.Event()
    source = await stage.connect(Script.of_posts(30, gates={1: gate}))
    scheduler = stage.scheduler()
    await scheduler.start_due(stage.stopping)

    async def has_a_page() -> bool:
        return await stage.stored() == 10

    await until(has_a_page)
    await stage.desk.client.patch(f"/v1/sources/{source['id']}", json={"state": "paused"})
    gate.set()
    await scheduler.finish()

    assert await stage.stored() == 10
    assert (await stage.show(source))["health"]["status"] == "paused"
    assert [run["status"] for run in await stage.runs(source)] == ["stopped"]
    assert await stage.collect() == 0


async def test_removing_a_source_stops_its_run_and_keeps_its_posts(stage: Stage) -> None:
    gate = asyncio.Event()
    source = await stage.connect(Script.of_posts(30, gates={1: gate}))
    scheduler = stage.scheduler()
    await scheduler.start_due(stage.stopping)

    async def has_a_page() -> bool:
        return await stage.stored() == 10

    await until(has_a_page)
    assert (await stage.desk.client.delete(f"/v1/sources/{source['id']}")).status_code == 204
    gate.set()
    await scheduler.finish()

    assert await stage.stored() == 10


@pytest.mark.parametrize(("policy", "kept", "dropped"), [("keep", 40, 0), ("drop", 0, 40)])
async def test_posts_that_no_study_takes_are_kept_or_dropped_and_always_counted(
    stage: Stage, policy: str, kept: int, dropped: int
) -> None:
    source = await stage.connect(Script.of_posts(40), unmatched=policy)

    await stage.collect()

    assert await stage.stored() == kept
    [run] = await stage.runs(source)
    assert (run["fetched"], run["new"], run["dropped"]) == (40, kept, dropped)
