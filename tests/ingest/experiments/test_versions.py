"""Query versions as experiments: proposed, compared, activated."""

import asyncio

import pytest
from desk import Desk, post, published
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from versions import activate, counted, filled, propose, sample

from ingest.app import service
from kit.testing import ALPHA, BETA, Launch, Running
from pourquoi.ingest.v1.events_pb2 import StudyChanged


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
