"""Decisions of people: who, when, why; what they decided on stays as it was."""

from typing import Any

import pytest

from kit.testing import Running, until
from pourquoi.insight.v1.events_pb2 import InsightPublished, InsightStatus
from tests.insight.support.conversations import Conversation, airline
from tests.insight.support.peers import Ingest


async def decide(
    insight: Running, item: dict[str, Any], action: str, reason: str = "", revision: int | None = None
) -> Any:
    headers = {} if revision is None else {"If-Match": f'"{revision}"'}
    path = f"/v1/insights/{item['id']}/{action}"
    return await insight.client.post(path, json={"reason": reason}, headers=headers)


async def test_a_published_insight_is_announced_and_on_record(read, insight: Running) -> None:
    item = (await read(airline()))["items"][0]
    assert (await decide(insight, item, "submit")).json()["status"] == "in_review"
    assert (await decide(insight, item, "accept", "Matches the call centre's log.")).json()["status"] == "accepted"
    assert (await decide(insight, item, "publish")).json()["status"] == "published"
    [event] = await insight.published(InsightPublished, 1)
    assert event.insight.claim == item["claim"]
    assert event.insight.status == InsightStatus.INSIGHT_STATUS_PUBLISHED
    assert list(event.insight.evidence_post_ids) == [quote["post_id"] for quote in item["evidence"]]
    reviews = (await insight.client.get(f"/v1/insights/{item['id']}/reviews")).json()["items"]
    assert [(each["action"], each["outcome"]) for each in reviews] == [
        ("submit", "in_review"),
        ("accept", "accepted"),
        ("publish", "published"),
    ]
    assert {each["reviewer"] for each in reviews} == {"tester-alpha"}
    assert reviews[1]["reason"] == "Matches the call centre's log."


async def test_only_an_accepted_insight_is_published(read, insight: Running) -> None:
    item = (await read(airline()))["items"][0]
    refused = await decide(insight, item, "publish")
    assert refused.status_code == 409
    assert "possible now: submit, accept, reject" in refused.json()["detail"]


async def test_a_decision_on_an_outdated_revision_is_refused(read, insight: Running) -> None:
    item = (await read(airline()))["items"][0]
    shown = await insight.client.get(f"/v1/insights/{item['id']}")
    assert shown.headers["etag"] == f'"{item["revision"]}"'
    assert (await decide(insight, item, "accept", revision=item["revision"] + 1)).status_code == 412
    accepted = await decide(insight, item, "accept", revision=item["revision"])
    assert accepted.headers["etag"] == f'"{item["revision"] + 1}"'


async def test_a_rejection_needs_a_reason_and_leaves_the_headlines(read, insight: Running) -> None:
    conversation = airline()
    item = (await read(conversation))["items"][0]
    assert (await decide(insight, item, "reject")).status_code == 422
    assert (await decide(insight, item, "reject", "Two segments in one.")).status_code == 200
    found = (await insight.client.get(f"/v1/studies/{conversation.study_id}/headlines")).json()
    assert [each["label"] for each in found["items"]] == ["kind crew"]
    assert found["remainder"]["rejected"] == pytest.approx(170 / 400)


@pytest.mark.parametrize("action", ["submit", "accept"])
async def test_what_a_person_looks_at_stays_and_new_numbers_stand_beside_it(
    read, insight: Running, ingest: Ingest, action: str
) -> None:
    conversation = airline()
    item = (await read(conversation))["items"][0]
    assert (await decide(insight, item, action)).status_code == 200
    found = await add_posts(insight, ingest, conversation)
    frozen = next(each for each in found["items"] if each["id"] == item["id"])
    assert frozen["claim"] == item["claim"]
    assert frozen["evidence"] == item["evidence"]
    assert frozen["posts"] == 170
    assert frozen["latest"]["posts"] == 250


async def test_a_draft_moves_with_the_posts(read, insight: Running, ingest: Ingest) -> None:
    conversation = airline()
    item = (await read(conversation))["items"][0]
    found = await add_posts(insight, ingest, conversation)
    moved = next(each for each in found["items"] if each["id"] == item["id"])
    assert (moved["posts"], moved["latest"]) == (250, None)
    assert moved["revision"] > item["revision"]
    assert (await decide(insight, item, "accept", revision=item["revision"])).status_code == 412


async def test_insights_are_listed_by_study_and_status(read, insight: Running) -> None:
    conversation = airline()
    angry, glad = (await read(conversation))["items"]
    await read(airline())
    await decide(insight, angry, "accept")

    async def ids(**query: str) -> list[str]:
        return [each["id"] for each in (await insight.client.get("/v1/insights", params=query)).json()["items"]]

    assert len(await ids()) == 4
    assert set(await ids(study_id=str(conversation.study_id))) == {angry["id"], glad["id"]}
    assert await ids(status="accepted") == [angry["id"]]


async def test_lists_are_paged(read, insight: Running) -> None:
    await read(airline())
    first = (await insight.client.get("/v1/insights", params={"limit": 1})).json()
    second = (await insight.client.get("/v1/insights", params={"limit": 1, "cursor": first["next_cursor"]})).json()
    assert first["items"][0]["id"] != second["items"][0]["id"]
    assert second["next_cursor"] is None


async def add_posts(insight: Running, ingest: Ingest, conversation: Conversation) -> dict[str, Any]:
    """More of the same after the segmentation was published, and the headlines that count it."""
    more = conversation.say("cancelled, rebook", 80, sentiment="negative", hours=(40, 48))
    ingest.store(conversation.stored_by_ingest())
    await insight.publish(*conversation.enriched(more), *conversation.memberships(more))

    async def counted() -> dict[str, Any] | None:
        body = (await insight.client.get(f"/v1/studies/{conversation.study_id}/headlines")).json()
        return body if body["posts"] == len(conversation.posts) else None

    found = await until(counted)
    assert found is not None
    return found
