"""Query versions as experiments: proposed, compared, judged, activated, backfilled."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from desk import Desk, post, published
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from ingest.app import service
from ingest.experiments.backfill import Backfill
from ingest.experiments.jobs import BackfillJob
from kit.jobs import JobRunner
from kit.testing import ALPHA, BETA, Launch, Running
from pourquoi.ingest.v1.events_pb2 import PostUpdated, StudyChanged

Json = dict[str, Any]
TEXTS = ("late train", "late bus", "late bus again", "slow bus", "nice weather")


async def filled(desk: Desk, query: str = "late", texts: tuple[str, ...] = TEXTS) -> Json:
    study = await desk.ask(query=query)
    await desk.send(study, *(post(number, text=words) for number, words in enumerate(texts)))
    return study


async def propose(desk: Desk, study: Json, query: str) -> Json:
    answer = await desk.client.post(f"/v1/studies/{study['id']}/query-versions", json={"query": query})
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"].endswith(f"/query-versions/{answer.json()['version']}")
    return dict(answer.json())


async def activate(desk: Desk, study: Json, version: int, **body: object) -> Json:
    path = f"/v1/studies/{study['id']}/query-versions/{version}/activation"
    answer = await desk.client.post(path, json=body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def finish(desk: Desk, job: Json) -> Json:
    answer = await desk.client.get(f"/v1/jobs/{job['id']}")
    answer.status_code = 202
    answer.headers["location"] = f"/v1/jobs/{job['id']}"
    return await desk.finish(answer)


async def judge(desk: Desk, study: Json, post_id: str, relevant: bool) -> None:
    answer = await desk.client.put(f"/v1/studies/{study['id']}/judgements/{post_id}", json={"relevant": relevant})
    assert answer.status_code == 200, answer.text


def counted(estimate: Json) -> float:
    assert estimate["low"] == estimate["value"] == estimate["high"]
    return float(estimate["value"])


async def test_a_proposal_tells_what_it_would_change(desk: Desk) -> None:
    study = await filled(desk)

    version = await propose(desk, study, "bus")

    diff = version["diff"]
    names = ("matched_before", "matched", "kept", "gained", "lost")
    assert [counted(diff[name]) for name in names] == [3, 3, 2, 1, 1]
    assert (diff["stored_posts"], diff["read_posts"], diff["against_version"]) == (5, 5, 1)
    assert [each["text"] for each in diff["gained_posts"]] == ["slow bus"]
    assert [each["text"] for each in diff["lost_posts"]] == ["late train"]
    assert diff["gained_posts"][0]["platform"] == "x"
    assert diff["posts_per_day"]["value"] == pytest.approx(3 / 5)
    assert diff["warnings"] == ["The volume rests on 5 days only; wait for a week to trust it."]


async def test_a_proposal_takes_no_effect(desk: Desk, running: Running) -> None:
    study = await filled(desk)

    version = await propose(desk, study, "bus")
    await desk.send(study, post(10, text="the bus"))

    assert (version["version"], version["is_current"], version["activated_at"]) == (2, False, None)
    current = (await desk.client.get(f"/v1/studies/{study['id']}")).json()
    assert (current["query"], current["query_version"], current["revision"]) == ("late", 1, 1)
    assert (await desk.coverage(study))["posts"] == 3
    assert len(await published(running, StudyChanged)) == 1


async def test_bounds_of_the_study_hold_in_a_diff(desk: Desk) -> None:
    study = await desk.ask(query="late", platforms=["x"])
    await desk.send(study, post(1, text="slow"), post(2, text="slow", platform="forum"))

    diff = (await propose(desk, study, "slow"))["diff"]

    assert counted(diff["gained"]) == 1


async def test_a_study_without_a_query_has_what_was_sent_to_it(desk: Desk) -> None:
    other = await desk.ask(name="Other", query="nothing")
    study = await desk.ask(query="")
    await desk.send(other, post(1, text="late bus"))
    await desk.send(study, post(2, text="late train"), post(3, text="nice"))

    diff = (await propose(desk, study, "late"))["diff"]

    names = ("matched_before", "kept", "gained", "lost")
    assert [counted(diff[name]) for name in names] == [2, 1, 1, 1]


async def test_a_query_that_cannot_be_read_is_refused(desk: Desk) -> None:
    study = await filled(desk)

    answer = await desk.client.post(f"/v1/studies/{study['id']}/query-versions", json={"query": "late AND"})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["location"] == "body.query"


async def test_activation_makes_a_version_the_query(desk: Desk, running: Running) -> None:
    study = await filled(desk)
    await propose(desk, study, "bus")

    activated = await activate(desk, study, 2)
    await desk.send(study, post(10, text="the bus"), post(11, text="too late"))

    assert (activated["study"]["query"], activated["study"]["query_version"]) == ("bus", 2)
    assert activated["job"] is None
    taken = {each["external_id"] for each in await desk.posts(study_id=study["id"])}
    assert taken == {"post-0", "post-1", "post-2", "post-10"}
    shown = (await desk.client.get(f"/v1/studies/{study['id']}/query-versions/2")).json()
    assert shown["is_current"]
    assert shown["activated_at"]
    events = await running.published(StudyChanged, 2)
    assert events[-1].study.query == "bus"


async def test_activation_of_an_old_revision_is_refused(desk: Desk) -> None:
    study = await filled(desk)
    await propose(desk, study, "bus")
    await desk.client.patch(f"/v1/studies/{study['id']}", json={"name": "Renamed"})
    path = f"/v1/studies/{study['id']}/query-versions/2/activation"

    refused = await desk.client.post(path, json={}, headers={"If-Match": '"1"'})
    accepted = await desk.client.post(path, json={}, headers={"If-Match": '"2"'})

    assert refused.status_code == 412
    assert accepted.headers["etag"] == '"3"'


async def test_a_former_version_may_take_effect_again(desk: Desk) -> None:
    study = await filled(desk)
    await desk.client.patch(f"/v1/studies/{study['id']}", json={"query": "bus"})

    activated = await activate(desk, study, 1)

    assert (activated["study"]["query"], activated["study"]["query_version"]) == ("late", 1)


async def test_a_changed_query_is_numbered_after_proposals(desk: Desk) -> None:
    study = await filled(desk)
    await propose(desk, study, "bus")

    changed = await desk.client.patch(f"/v1/studies/{study['id']}", json={"query": "slow"})

    assert (changed.json()["query_version"], changed.json()["query"]) == (3, "slow")
    versions = (await desk.client.get(f"/v1/studies/{study['id']}/query-versions")).json()["items"]
    assert [each["query"] for each in versions] == ["slow", "bus", "late"]


async def test_versions_are_numbered_one_by_one_under_contention(desk: Desk) -> None:
    study = await filled(desk)

    versions = await asyncio.gather(*(propose(desk, study, f"late OR {word}") for word in ("a", "b", "c", "d")))

    assert sorted(each["version"] for each in versions) == [2, 3, 4, 5]


async def test_a_version_cannot_be_changed(desk: Desk, running: Running) -> None:
    await filled(desk)

    with pytest.raises(DBAPIError, match="never changes"):
        async with running.runtime.database.session(ALPHA) as session:
            await session.execute(text("UPDATE query_versions SET query = 'other'"))


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


async def sample(desk: Desk, study: Json, kind: str, version: int = 2) -> list[Json]:
    path, items, cursor = f"/v1/studies/{study['id']}/query-versions/{version}/samples", [], None
    while True:
        parameters = {"kind": kind, "limit": 40, **({"cursor": cursor} if cursor else {})}
        page = (await desk.client.get(path, params=parameters)).json()
        items += page["items"]
        if (cursor := page["next_cursor"]) is None:
            return items


async def test_samples_are_random_stable_and_of_their_kind(desk: Desk) -> None:
    texts = tuple("late bus" if number % 3 else "slow bus" for number in range(90))
    study = await filled(desk, texts=texts)
    await propose(desk, study, "bus")

    everything = await sample(desk, study, "search_set")
    gained = await sample(desk, study, "gained")

    assert [each["position"] for each in everything] == list(range(1, 91))
    assert await sample(desk, study, "search_set") == everything
    arrival = [each["id"] for each in await desk.posts()]
    assert sorted(each["id"] for each in everything) == arrival
    assert [each["id"] for each in everything] != arrival
    assert {each["text"] for each in gained} == {"slow bus"}
    assert len(gained) == 30
    assert len(await sample(desk, study, "lost")) == 0


async def test_judgements_tell_precision_and_recall(desk: Desk) -> None:
    # 40 of 80 posts are relevant; the query takes 30 of them, and 10 others.
    texts = ("bus relevant",) * 30 + ("relevant",) * 10 + ("bus",) * 10 + ("noise",) * 30
    study = await filled(desk, texts=texts)
    await propose(desk, study, "bus")
    for each in await sample(desk, study, "search_set"):
        await judge(desk, study, each["id"], "relevant" in each["text"])

    scores = (await desk.client.get(f"/v1/studies/{study['id']}/query-versions/2")).json()["scores"]

    assert scores["precision"]["value"] == pytest.approx(0.75)
    assert scores["recall"]["value"] == pytest.approx(0.75)
    assert scores["relevant_posts"]["value"] == pytest.approx(40, abs=1)
    assert scores["precision"]["low"] < 0.75 < scores["precision"]["high"]
    assert scores["not_enough_evidence"] == []
    assert (await sample(desk, study, "matched"))[0]["relevant"] is not None


async def test_few_judgements_are_not_enough_evidence(desk: Desk) -> None:
    study = await filled(desk)
    version = await propose(desk, study, "bus")
    await judge(desk, study, version["diff"]["gained_posts"][0]["id"], True)

    scores = (await desk.client.get(f"/v1/studies/{study['id']}/query-versions/2")).json()["scores"]

    assert (scores["precision"], scores["recall"], scores["relevant_posts"]) == (None, None, None)
    assert len(scores["not_enough_evidence"]) == 2


async def test_posts_that_were_picked_do_not_count_as_a_random_sample(desk: Desk) -> None:
    study = await filled(desk, texts=("bus",) * 60)
    await propose(desk, study, "bus")
    matched = await sample(desk, study, "matched")
    for each in [*matched[:21], *matched[22:60]]:
        await judge(desk, study, each["id"], each["position"] <= 21)

    scores = (await desk.client.get(f"/v1/studies/{study['id']}/query-versions/2")).json()["scores"]

    assert scores["judged_matched"] == 21
    assert scores["precision"]["value"] == 1


async def test_the_last_judgement_counts_and_erased_posts_leave(desk: Desk) -> None:
    study = await filled(desk, texts=("bus",) * 25)
    await propose(desk, study, "bus")
    matched = await sample(desk, study, "matched")
    for each in matched:
        await judge(desk, study, each["id"], False)
    for each in matched[1:]:
        await judge(desk, study, each["id"], True)

    await desk.client.delete(f"/v1/posts/{matched[0]['id']}")
    await judge(desk, study, matched[1]["id"], True)

    scores = (await desk.client.get(f"/v1/studies/{study['id']}/query-versions/2")).json()["scores"]
    assert (scores["judged_matched"], scores["precision"]["value"]) == (24, 1)
    assert matched[0]["id"] not in [each["id"] for each in await sample(desk, study, "matched")]


async def test_a_version_is_compared_anew_with_the_posts_of_today(desk: Desk) -> None:
    study = await filled(desk)
    await propose(desk, study, "bus")
    await desk.send(study, post(20, text="another bus"))

    again = await desk.client.post(f"/v1/studies/{study['id']}/query-versions/2/diff")

    assert counted(again.json()["diff"]["gained"]) == 2
    assert len(await sample(desk, study, "gained")) == 2


async def test_of_many_posts_a_sample_is_read(launch: Launch) -> None:
    async with launch(service, author_key="k", chunk_posts=500, experiment_posts=250) as running:
        desk = Desk(running)
        study = await filled(desk, texts=tuple("bus" if number % 4 else "late" for number in range(1_000)))

        diff = (await propose(desk, study, "bus"))["diff"]

    assert diff["stored_posts"] == 1_000
    assert 200 < diff["read_posts"] < 300
    assert diff["gained"]["low"] < 750 < diff["gained"]["high"]
    assert diff["gained"]["low"] < diff["gained"]["value"]
    assert any("estimates" in warning for warning in diff["warnings"])


async def test_a_post_kept_as_one_of_many_counts_for_them(desk: Desk, running: Running) -> None:
    study = await desk.ask(query="late")
    policy = {"name": "Stream", "kind": "push", "unmatched": "sample", "sample_rate": 0.1}
    source = await desk.client.post("/v1/sources", json=policy)
    assert source.status_code == 201, source.text
    posts = [post(number, text="late" if number < 50 else "slow") for number in range(1_050)]
    for start in range(0, len(posts), 350):
        body, parameters = {"posts": posts[start : start + 350]}, {"source_id": source.json()["id"]}
        answer = await desk.client.post("/v1/posts", json=body, params=parameters)
        assert answer.status_code == 200, answer.text

    diff = (await propose(desk, study, "slow OR late"))["diff"]

    assert (diff["kept"]["low"], diff["kept"]["value"]) == (50, 50)
    assert diff["stored_posts"] < 250
    assert diff["gained"]["low"] < 1_000 < diff["gained"]["high"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "query-versions"),
        ("GET", "query-versions/1"),
        ("POST", "query-versions/1/diff"),
        ("POST", "query-versions/1/activation"),
        ("GET", "query-versions/1/samples?kind=matched"),
        ("PUT", "judgements/{post}"),
        ("POST", "query-suggestions"),
        ("GET", "query-suggestions/{post}"),
    ],
)
async def test_experiments_of_another_workspace_are_not_found(
    desk: Desk, running: Running, method: str, path: str
) -> None:
    study = await filled(desk)
    [first, *_] = await desk.posts()
    bodies = {"query-versions": {"query": "x"}, "judgements/{post}": {"relevant": True}}

    answer = await running.client_for(BETA).request(
        method,
        f"/v1/studies/{study['id']}/{path.format(post=first['id'])}",
        json=bodies.get(path, {}) if method != "GET" else None,
    )

    assert answer.status_code == 404


async def test_a_diff_counts_no_posts_of_another_workspace(desk: Desk, running: Running) -> None:
    stranger = Desk(running, BETA)
    await filled(stranger, texts=("bus",) * 5)
    study = await filled(desk)

    diff = (await propose(desk, study, "bus"))["diff"]

    assert diff["stored_posts"] == 5
    assert counted(diff["matched"]) == 3
