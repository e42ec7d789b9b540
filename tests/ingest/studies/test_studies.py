"""Studies: asked, changed by revision, each query kept, every change published."""

import pytest
from desk import Desk, post

from kit.testing import Running
from pourquoi.ingest.v1.events_pb2 import StudyChanged


async def test_a_study_is_kept_as_asked_and_published(desk: Desk, running: Running) -> None:
    asked = {
        "name": "Cancellations",
        "question": "Why do people cancel?",
        "objective": "Keep commuters",
        "target_behaviour": "cancel the season ticket",
        "owner_team": "product",
        "query": 'cancel OR "season ticket"',
        "languages": ["en", "fr"],
        "platforms": ["x"],
        "since": "2026-01-01T00:00:00Z",
        "until": None,
    }

    study = await desk.ask(**asked)

    assert {name: study[name] for name in asked} == asked
    assert (study["revision"], study["query_version"]) == (1, 1)
    assert (await desk.client.get(f"/v1/studies/{study['id']}")).json() == study
    [event] = await running.published(StudyChanged, 1)
    assert event.study.id == study["id"]
    assert (event.study.name, event.study.question, event.study.query) == (
        asked["name"],
        asked["question"],
        asked["query"],
    )
    assert list(event.study.languages) == ["en", "fr"]


async def test_a_repeated_key_asks_once(desk: Desk) -> None:
    body, headers = {"name": "Once", "question": "Why?"}, {"Idempotency-Key": "once"}

    answers = [await desk.client.post("/v1/studies", json=body, headers=headers) for _ in range(2)]

    assert answers[0].json() == answers[1].json()
    assert len((await desk.client.get("/v1/studies")).json()["items"]) == 1


@pytest.mark.parametrize(
    ("wrong", "location"),
    [
        ({"name": ""}, "body.name"),
        ({"name": "\x00 "}, "body.name"),
        ({"question": "x" * 1_001}, "body.question"),
        ({"query": "train AND"}, "body.query"),
        ({"query": "author:"}, "body.query"),
        ({"languages": ["English"]}, "body.languages.0"),
        ({"platforms": ["My Site"]}, "body.platforms.0"),
        ({"since": "2026-02-01T00:00:00Z", "until": "2026-01-01T00:00:00Z"}, "body"),
        ({"mood": "good"}, "body.mood"),
    ],
)
async def test_a_wrong_study_is_refused_by_name_of_the_wrong_part(
    desk: Desk, wrong: dict[str, object], location: str
) -> None:
    answer = await desk.client.post("/v1/studies", json={"name": "n", "question": "q", **wrong})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["location"] == location


async def test_an_error_in_a_query_names_its_place(desk: Desk) -> None:
    answer = await desk.client.post("/v1/studies", json={"name": "n", "question": "q", "query": "late AND\nOR bus"})

    assert "Line 2, column 1: expected a word" in answer.json()["errors"][0]["message"]


async def test_a_change_is_a_new_revision(desk: Desk, running: Running) -> None:
    study = await desk.ask(query="late", objective="kept")
    path = f"/v1/studies/{study['id']}"

    answer = await desk.client.patch(path, json={"name": "Renamed"}, headers={"If-Match": '"1"'})

    assert answer.status_code == 200
    assert answer.headers["etag"] == '"2"'
    assert (answer.json()["name"], answer.json()["objective"], answer.json()["query_version"]) == ("Renamed", "kept", 1)
    assert [event.study.revision for event in await running.published(StudyChanged, 2)] == [1, 2]


async def test_a_change_of_nothing_is_no_revision(desk: Desk) -> None:
    study = await desk.ask(query="late")

    for body in ({}, {"query": "late", "name": study["name"]}):
        answer = await desk.client.patch(f"/v1/studies/{study['id']}", json=body)
        assert answer.json() == study


async def test_a_change_of_an_old_revision_is_refused(desk: Desk) -> None:
    study = await desk.ask()
    path = f"/v1/studies/{study['id']}"
    await desk.client.patch(path, json={"name": "First"})

    answer = await desk.client.patch(path, json={"name": "Second"}, headers={"If-Match": '"1"'})

    assert answer.status_code == 412
    assert (await desk.client.get(path)).json()["name"] == "First"


@pytest.mark.parametrize(
    "body", [{"name": None}, {"name": ""}, {"query": "("}, {"id": "1"}, {"until": "2026-01-01T00:00:00Z"}]
)
async def test_a_wrong_change_is_refused(desk: Desk, body: dict[str, object]) -> None:
    study = await desk.ask(since="2026-02-01T00:00:00Z")

    assert (await desk.client.patch(f"/v1/studies/{study['id']}", json=body)).status_code == 422


async def test_every_query_is_kept_and_the_newest_holds_for_new_posts(desk: Desk) -> None:
    study = await desk.ask(query="late")
    await desk.send(study, post(1, text="so late"))
    for query in ("late OR slow", "slow"):
        await desk.client.patch(f"/v1/studies/{study['id']}", json={"query": query})

    await desk.send(study, post(2, text="late again"), post(3, text="so slow"))

    versions = (await desk.client.get(f"/v1/studies/{study['id']}/query-versions", params={"limit": 2})).json()
    assert [(each["version"], each["query"]) for each in versions["items"]] == [(3, "slow"), (2, "late OR slow")]
    assert versions["items"][0]["created_by"] == "tester-alpha"
    assert versions["next_cursor"]
    taken = [each["external_id"] for each in await desk.posts(study_id=study["id"])]
    assert taken == ["post-1", "post-3"]


async def test_studies_are_listed_in_pages(desk: Desk) -> None:
    names = [(await desk.ask(name=f"Study {number}"))["name"] for number in range(5)]
    found: list[str] = []
    cursor = None
    while True:
        parameters = {"limit": 2, **({"cursor": cursor} if cursor else {})}
        page = (await desk.client.get("/v1/studies", params=parameters)).json()
        found += [each["name"] for each in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break

    assert found == names
