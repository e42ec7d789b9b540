"""REST and gRPC as callers meet them: keys, workspaces, periods, pages."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import grpc
import pytest

from kit.testing import Running
from pourquoi.insight.v1.events_pb2 import InsightStatus
from pourquoi.insight.v1.insight_pb2 import ListInsightsRequest, ListInsightsResponse
from pourquoi.insight.v1.insight_pb2_grpc import InsightServiceStub
from tests.insight.support.conversations import START, airline
from tests.insight.support.peers import Ingest


async def list_insights(running: Running, workspace: str, **request: Any) -> ListInsightsResponse:
    metadata = (("authorization", f"Bearer {running.keys.by_workspace[workspace]}"),)
    async with grpc.aio.insecure_channel(running.rpc_target) as channel:
        stub = InsightServiceStub(channel)
        answer: ListInsightsResponse = await stub.ListInsights(
            ListInsightsRequest(**request), timeout=5, metadata=metadata
        )
        return answer


async def test_other_programs_list_insights_by_share(read, insight: Running) -> None:
    conversation = airline()
    items = (await read(conversation))["items"]
    study_id = str(conversation.study_id)
    listed = (await list_insights(insight, "alpha", study_id=study_id)).insights
    assert [each.claim for each in listed] == [item["claim"] for item in items]
    assert listed[0].share.value == pytest.approx(170 / 400)
    assert listed[0].status == InsightStatus.INSIGHT_STATUS_DRAFT
    accepted = InsightStatus.INSIGHT_STATUS_ACCEPTED
    assert not (await list_insights(insight, "alpha", study_id=study_id, status=accepted)).insights


async def test_a_study_id_must_be_one(insight: Running) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await list_insights(insight, "alpha", study_id="flights")
    assert refused.value.code() == grpc.StatusCode.INVALID_ARGUMENT


async def test_another_workspace_sees_nothing(read, insight: Running, partner) -> None:
    conversation = airline()
    item = (await read(conversation))["items"][0]
    endpoint = (await insight.client.post("/v1/endpoints", json={"url": partner.url})).json()
    for action in ("accept", "publish"):
        await insight.client.post(f"/v1/insights/{item['id']}/{action}")
    [delivery] = (await insight.client.get("/v1/deliveries")).json()["items"]
    other = insight.client_for("beta")
    reads = [
        f"/v1/insights/{item['id']}",
        f"/v1/insights/{item['id']}/reviews",
        f"/v1/studies/{conversation.study_id}/headlines",
        f"/v1/studies/{conversation.study_id}/trends",
        f"/v1/studies/{conversation.study_id}/rollups",
        f"/v1/endpoints/{endpoint['id']}",
    ]
    changes = [
        *(f"/v1/insights/{item['id']}/{action}" for action in ("submit", "accept", "reject", "publish")),
        f"/v1/endpoints/{endpoint['id']}/enable",
        f"/v1/deliveries/{delivery['id']}/replay",
    ]
    assert {path: (await other.get(path)).status_code for path in reads} == dict.fromkeys(reads, 404)
    assert {path: (await other.post(path, json={"reason": "Mine."})).status_code for path in changes} == dict.fromkeys(
        changes, 404
    )
    assert (await other.delete(f"/v1/endpoints/{endpoint['id']}")).status_code == 404
    for path in ("/v1/insights", "/v1/endpoints", "/v1/deliveries"):
        assert (await other.get(path)).json()["items"] == []
    assert (await other.get(f"/v1/studies/{conversation.study_id}/coverage")).json()["posts"] == 0
    assert not (await list_insights(insight, "beta", study_id=str(conversation.study_id))).insights


async def test_nobody_gets_in_without_a_key(insight: Running) -> None:
    for path in ("/v1/insights", "/v1/endpoints", "/v1/deliveries", f"/v1/studies/{uuid4()}/headlines"):
        assert (await insight.client_for(None).get(path)).status_code == 401


async def test_a_study_is_unknown_only_when_ingest_says_so(insight: Running, ingest: Ingest) -> None:
    path = f"/v1/studies/{uuid4()}/headlines"
    assert (await insight.client.get(path)).status_code == 404
    ingest.is_away = True
    assert (await insight.client.get(path)).json()["state"] == "waiting_for_posts"


async def test_coverage_tells_the_span_of_a_study(read, insight: Running) -> None:
    conversation = airline()
    await read(conversation)
    response = await insight.client.get(f"/v1/studies/{conversation.study_id}/coverage")
    assert response.json() == {
        "study_id": str(conversation.study_id),
        "posts": 400,
        "first_published_at": "2026-03-02T08:00:00Z",
        "last_published_at": "2026-03-04T08:00:00Z",
    }


async def test_rollups_are_paged_within_a_period(read, insight: Running) -> None:
    conversation = airline()
    await read(conversation)
    query: dict[str, Any] = {"from": START.isoformat(), "to": (START + timedelta(hours=12)).isoformat(), "limit": 8}
    path = f"/v1/studies/{conversation.study_id}/rollups"
    first = (await insight.client.get(path, params=query)).json()
    second = (await insight.client.get(path, params={**query, "cursor": first["next_cursor"]})).json()
    hours = [*first["items"], *second["items"]]
    expected = [said for said in conversation.posts if said.published_at < START + timedelta(hours=12)]
    assert len(hours) == 12
    assert second["next_cursor"] is None
    assert sum(hour["posts"] for hour in hours) == len(expected)
    assert sum(hour["negative"] for hour in hours) == sum(said.sentiment == "negative" for said in expected)


async def test_trends_compare_the_period_that_is_asked_for(read, insight: Running) -> None:
    conversation = airline()
    await read(conversation)
    path = f"/v1/studies/{conversation.study_id}/trends"
    middle, end = START + timedelta(hours=24), START + timedelta(hours=48, minutes=1)
    body = (await insight.client.get(path, params={"from": middle.isoformat(), "to": end.isoformat()})).json()
    angry, glad = body["items"]
    assert body["period"]["previous_start"] == "2026-03-02T07:59:00Z"
    assert angry["trend"]["direction"] == "rising"
    assert angry["trend"]["previous"]["value"] == pytest.approx(45 / 160)
    assert angry["trend"]["current"]["value"] == pytest.approx(125 / 240)
    assert glad["trend"]["ratio"] < 1
    empty = {"from": "2020-01-01T00:00:00Z", "to": "2020-01-02T00:00:00Z"}
    quiet = (await insight.client.get(path, params=empty)).json()
    assert {item["trend"]["direction"] for item in quiet["items"]} == {"not_enough_evidence"}


async def test_a_period_that_makes_no_sense_is_refused(insight: Running, ingest: Ingest) -> None:
    study_id = str(uuid4())
    ingest.studies.add(("alpha", study_id))
    for start, end in (
        ("2026-03-02T00:00:00Z", None),
        ("2026-03-03T00:00:00Z", "2026-03-02T00:00:00Z"),
        ("0001-01-01T00:00:00Z", "9999-12-31T00:00:00Z"),
        ("0001-01-01T00:00:00+14:00", "2026-03-02T00:00:00Z"),
        ("2026-03-02T00:00:00", "2026-03-03T00:00:00"),
    ):
        query = {"from": start} if end is None else {"from": start, "to": end}
        answer = await insight.client.get(f"/v1/studies/{study_id}/trends", params=query)
        assert answer.status_code == 422, (start, end)
