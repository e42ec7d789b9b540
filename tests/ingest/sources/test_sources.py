"""Sources are configured, watched and removed over REST."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from desk import Desk, Json
from sqlalchemy import text

from ingest.app import service
from kit.db import EVERYWHERE
from kit.migrations import upgrade
from kit.testing import BETA, Launch, Running, until


@pytest.fixture
async def idle(launch: Launch) -> AsyncIterator[Desk]:
    """A desk at which nothing is collected."""
    async with launch(replace(service, workers=lambda _: ())) as running:
        yield Desk(running)


SAMPLE = {"name": "Solane", "kind": "sample", "config": {"posts": 200, "posts_per_run": 120}}


async def connect(desk: Desk, **fields: object) -> Json:
    answer = await desk.client.post("/v1/sources", json={**SAMPLE, **fields})
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == f"/v1/sources/{answer.json()['id']}"
    return dict(answer.json())


async def test_a_source_is_shown_as_it_was_configured(idle: Desk) -> None:
    made = await connect(idle, unmatched="sample", retention_days=30)

    shown = await idle.client.get(f"/v1/sources/{made['id']}")

    assert shown.json() == made
    assert shown.headers["etag"] == '"1"'
    assert made["config"] == {"posts": 200, "posts_per_run": 120, "seed": 1}
    assert (made["every_seconds"], made["unmatched"], made["sample_rate"]) == (60, "sample", 0.01)
    assert made["health"] == {"status": "never_run", "reason": "Nothing has come of it yet."}
    assert [each["id"] for each in (await idle.client.get("/v1/sources")).json()["items"]] == [made["id"]]


async def test_a_name_is_taken_once_in_a_workspace(idle: Desk) -> None:
    first, other = await connect(idle), await connect(idle, name="Other")

    again = await idle.client.post("/v1/sources", json=SAMPLE)
    renamed = await idle.client.patch(f"/v1/sources/{other['id']}", json={"name": "Solane"})

    for answer in (again, renamed):
        assert answer.status_code == 409
        assert answer.json()["detail"].endswith("is called 'Solane': choose another name.")
    assert [each["name"] for each in (await idle.client.get("/v1/sources")).json()["items"]] == ["Solane", "Other"]
    assert (await connect(Desk(idle.running, BETA)))["name"] == "Solane"
    await idle.client.delete(f"/v1/sources/{first['id']}")
    assert (await connect(idle))["name"] == "Solane"


async def test_namesakes_of_before_are_told_apart(idle: Desk) -> None:
    made = [await connect(idle, name=name) for name in ("Solane", "b", "c", "Other")]
    async with idle.running.runtime.database.session(EVERYWHERE) as session:
        await session.execute(text("DROP INDEX sources_by_name"))
        await session.execute(text("UPDATE sources SET name = 'Solane' WHERE name IN ('b', 'c')"))
        await session.execute(text("UPDATE alembic_version SET version_num = '0006'"))

    await upgrade(idle.running.runtime.settings.database_url, service.migrations)

    names = {each["id"]: each["name"] for each in (await idle.client.get("/v1/sources")).json()["items"]}
    assert [names[each["id"]] for each in made] == [
        "Solane",
        *(f"Solane {each['id'][-12:]}" for each in made[1:3]),
        "Other",
    ]
    assert (await idle.client.post("/v1/sources", json=SAMPLE)).status_code == 409


async def test_only_searches_of_hacker_news_show_a_past(idle: Desk) -> None:
    news = await connect(idle, kind="hackernews", config={})
    path, stretch = f"/v1/sources/{news['id']}/backfills", {"since": "2026-01-01T00:00:00Z"}

    refused = await idle.client.post(path, json=stretch)
    await idle.client.patch(f"/v1/sources/{news['id']}", json={"config": {"queries": ["trains"]}})
    accepted = await idle.client.post(path, json=stretch)

    assert (refused.status_code, accepted.status_code) == (422, 202)
    assert "give it queries" in refused.json()["detail"]


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"kind": "telepathy"}, "telepathy"),
        ({"config": {"posts": 0}}, "body.sample.config.posts"),
        ({"config": {"topic": "trains"}}, "body.sample.config.topic"),
        ({"every_seconds": 1}, "every_seconds"),
        ({"kind": "push", "config": {"secret": "whsec_c2VjcmV0"}}, "config.secret"),
        ({"study_id": "01990000-0000-7000-8000-000000000000"}, "No study has the id"),
    ],
)
async def test_settings_that_do_not_fit_are_refused(idle: Desk, fields: Json, problem: str) -> None:
    answer = await idle.client.post("/v1/sources", json={**SAMPLE, **fields})

    assert answer.status_code == 422
    assert problem in answer.json()["detail"]
    assert "c2VjcmV0" not in answer.text


async def test_a_change_is_checked_by_kind_and_guarded_by_revision(idle: Desk) -> None:
    path = f"/v1/sources/{(await connect(idle))['id']}"

    changed = await idle.client.patch(path, json={"config": {"posts": 9}}, headers={"If-Match": '"1"'})
    late = await idle.client.patch(path, json={"name": "other"}, headers={"If-Match": '"1"'})
    wrong = await idle.client.patch(path, json={"config": {"posts": "many"}})
    same = await idle.client.patch(path, json={"config": {"posts": 9}})

    assert changed.json()["config"] == {"posts": 9, "posts_per_run": 100, "seed": 1}
    assert late.status_code == 412
    assert wrong.status_code == 422
    assert wrong.json()["errors"][0]["location"] == "body.config.posts"
    assert same.headers["etag"] == changed.headers["etag"] == '"2"'


async def test_with_other_settings_a_source_starts_anew(idle: Desk) -> None:
    made = await connect(idle)
    async with idle.running.runtime.database.session(EVERYWHERE) as session:
        await session.execute(text("""UPDATE sources SET cursor = '{"posts": 100}'"""))

    await idle.client.patch(f"/v1/sources/{made['id']}", json={"name": "Trains"})
    assert await cursor(idle) == {"posts": 100}
    await idle.client.patch(f"/v1/sources/{made['id']}", json={"config": {"seed": 2}})
    assert await cursor(idle) == {}


async def cursor(desk: Desk) -> object:
    async with desk.running.runtime.database.session(EVERYWHERE) as session:
        return await session.scalar(text("SELECT cursor FROM sources"))


async def test_a_run_that_is_asked_for_twice_is_one(idle: Desk) -> None:
    path = f"/v1/sources/{(await connect(idle))['id']}/runs"

    answers = [await idle.client.post(path) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].json()["status"] == "queued"
    assert answers[0].json()["id"] == answers[1].json()["id"]
    assert (await idle.client.get(answers[0].headers["location"])).json() == answers[0].json()


async def test_what_cannot_be_collected_is_not_run(idle: Desk) -> None:
    pushed = await connect(idle, name="Hook", kind="push", config={})
    paused = await connect(idle)
    await idle.client.patch(f"/v1/sources/{paused['id']}", json={"state": "paused"})

    for source, problem in ((pushed, "come by themselves"), (paused, "is paused; resume it")):
        answer = await idle.client.post(f"/v1/sources/{source['id']}/runs")
        assert answer.status_code == 409
        assert problem in answer.json()["detail"]
    assert pushed["every_seconds"] is None
    assert (await idle.client.patch(f"/v1/sources/{pushed['id']}", json={"every_seconds": 60})).status_code == 422
    body = {"since": "2026-01-01T00:00:00Z"}
    assert (await idle.client.post(f"/v1/sources/{pushed['id']}/backfills", json=body)).status_code == 422


async def test_a_removed_source_is_gone_with_its_runs(idle: Desk) -> None:
    path = f"/v1/sources/{(await connect(idle))['id']}"
    await idle.client.post(f"{path}/runs")

    assert (await idle.client.delete(path)).status_code == 204

    assert (await idle.client.get(path)).status_code == 404
    assert (await idle.client.get(f"{path}/runs")).status_code == 404


async def test_sources_of_another_workspace_do_not_exist(idle: Desk) -> None:
    path = f"/v1/sources/{(await connect(idle))['id']}"
    run = (await idle.client.post(f"{path}/runs")).json()
    stranger = Desk(idle.running, BETA).client

    answers = [
        await stranger.get(path),
        await stranger.patch(path, json={"state": "paused"}),
        await stranger.delete(path),
        await stranger.get(f"{path}/runs"),
        await stranger.get(f"{path}/runs/{run['id']}"),
        await stranger.post(f"{path}/runs"),
        await stranger.post(f"{path}/backfills", json={"since": "2026-01-01T00:00:00Z"}),
        await stranger.post(f"/v1/posts?source_id={path[-36:]}", json={"posts": []}),
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert (await stranger.get("/v1/sources")).json()["items"] == []


async def test_a_source_runs_by_itself_until_it_has_told_all(desk: Desk, running: Running) -> None:
    study = await desk.ask(query="Solane OR app OR train OR retard OR remboursement")
    source = await connect(desk)

    async def has_run() -> bool:
        return bool((await desk.client.get(f"/v1/sources/{source['id']}")).json()["last_success_at"])

    await until(has_run)

    async def first_run_ended() -> bool:
        runs = (await desk.client.get(f"/v1/sources/{source['id']}/runs")).json()["items"]
        return bool(runs) and runs[-1]["status"] == "succeeded" and runs[-1]["new"] == 120

    await until(first_run_ended)
    again = await desk.client.post(f"/v1/sources/{source['id']}/runs")

    async def second_run_ended() -> Json | None:
        run = (await desk.client.get(again.headers["location"])).json()
        return run if run["status"] == "succeeded" else None

    assert (await until(second_run_ended))["new"] == 80
    assert (await desk.coverage(study))["posts"] > 20


async def test_a_backfill_travels_behind_live_posts_and_leaves_the_cursor_alone(desk: Desk, running: Running) -> None:
    study = await desk.ask(query="")
    source = await connect(desk, study_id=study["id"])
    await desk.client.patch(f"/v1/sources/{source['id']}", json={"state": "paused"})
    before = await cursor(desk)

    answer = await desk.client.post(f"/v1/sources/{source['id']}/backfills", json={"since": "2026-01-01T00:00:00Z"})

    job = await desk.finish(answer)
    assert job["status"] == "succeeded"
    assert job["result"]["fetched"] == 200
    assert (job["result"]["lane"], job["result"]["status"]) == ("backfill", "succeeded")
    assert (await desk.coverage(study))["posts"] == 200
    assert await cursor(desk) == before
