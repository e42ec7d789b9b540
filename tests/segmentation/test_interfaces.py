"""What other programs see: gRPC, keys and workspaces."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from kit.db import new_id
from kit.errors import Invalid, NotFound
from kit.rpc import Client
from kit.testing import BETA, Running
from pourquoi.segmentation.v1.segmentation_pb2 import (
    BatchGetMembershipsRequest,
    GetSegmentRequest,
    ListSegmentsRequest,
)
from pourquoi.segmentation.v1.segmentation_pb2_grpc import SegmentationServiceStub
from tests.segmentation.support.conversations import Conversation
from tests.segmentation.support.desk import Desk


@pytest.fixture
async def rpc(running: Running) -> AsyncIterator[Client[SegmentationServiceStub]]:
    client = Client(running.rpc_target, SegmentationServiceStub, running.runtime.settings)
    yield client
    await client.close()


async def test_grpc_gives_the_latest_segmentation_as_rest_does(desk: Desk, rpc: Client[Any]) -> None:
    conversation = Conversation()
    await desk.take_in(conversation)
    await desk.segment(conversation.study_id)
    segmentation = await desk.segment(conversation.study_id)

    answer = await rpc.call("ListSegments", ListSegmentsRequest(study_id=str(conversation.study_id)), "alpha")

    found, shown = answer.segmentation, await desk.segments(segmentation)
    assert (found.id, found.version, found.posts) == (segmentation["id"], 2, 130)
    assert [segment.id for segment in found.segments] == [segment["id"] for segment in shown]
    one = (await rpc.call("GetSegment", GetSegmentRequest(id=shown[0]["id"]), "alpha")).segment
    assert one == found.segments[0]
    assert (one.label, one.size, list(one.keyphrases)) == tuple(
        shown[0][key] for key in ("label", "size", "keyphrases")
    )


async def test_a_study_without_segmentation_has_none_over_grpc(rpc: Client[Any]) -> None:
    answer = await rpc.call("ListSegments", ListSegmentsRequest(study_id=str(new_id())), "alpha")

    assert not answer.HasField("segmentation")


async def test_grpc_gives_memberships_and_leaves_out_unknown_posts(desk: Desk, rpc: Client[Any]) -> None:
    conversation = Conversation()
    await desk.take_in(conversation)
    segmentation = await desk.segment(conversation.study_id)
    known = [enrichment.post_id for enrichment in conversation.enrichments[:5]]
    request = BatchGetMembershipsRequest(segmentation_id=segmentation["id"], post_ids=[*known, str(new_id())])

    answer = await rpc.call("BatchGetMemberships", request, "alpha")

    assert {membership.post_id for membership in answer.memberships} == set(known)


@pytest.mark.parametrize(
    ("method", "request_message"),
    [
        ("GetSegment", GetSegmentRequest(id="first")),
        ("ListSegments", ListSegmentsRequest(study_id="")),
        ("BatchGetMemberships", BatchGetMembershipsRequest(segmentation_id=str(new_id()), post_ids=["x"])),
        ("BatchGetMemberships", BatchGetMembershipsRequest(post_ids=[str(new_id())] * 1_001)),
    ],
)
async def test_grpc_refuses_what_makes_no_sense(rpc: Client[Any], method: str, request_message: Any) -> None:
    with pytest.raises(Invalid):
        await rpc.call(method, request_message, "alpha")


async def test_another_workspace_finds_nothing(desk: Desk, rpc: Client[Any]) -> None:
    conversation = Conversation()
    await desk.take_in(conversation)
    segmentation = await desk.segment(conversation.study_id)
    segment = (await desk.segments(segmentation))[0]
    stranger = Desk(desk.running, desk.ingest, BETA)

    for path in (
        f"/v1/segmentations/{segmentation['id']}",
        f"/v1/segmentations/{segmentation['id']}/segments",
        f"/v1/segments/{segment['id']}",
        f"/v1/segments/{segment['id']}/posts",
        f"/v1/studies/{conversation.study_id}/segmentations",
        f"/v1/jobs/{segmentation['id']}",
    ):
        await stranger.get(path, status=404)
    await stranger.request(conversation.study_id, status=404)
    assert (await stranger.get(f"/v1/studies/{conversation.study_id}/coverage"))["posts"] == 0
    with pytest.raises(NotFound):
        await rpc.call("GetSegment", GetSegmentRequest(id=segment["id"]), BETA)
    request = BatchGetMembershipsRequest(segmentation_id=segmentation["id"])
    with pytest.raises(NotFound):
        await rpc.call("BatchGetMemberships", request, BETA)
    answer = await rpc.call("ListSegments", ListSegmentsRequest(study_id=str(conversation.study_id)), BETA)
    assert not answer.HasField("segmentation")


async def test_one_workspace_does_not_erase_or_replace_posts_of_another(desk: Desk) -> None:
    conversation = Conversation()
    await desk.take_in(conversation)
    segmentation = await desk.segment(conversation.study_id)
    stranger, post = Desk(desk.running, desk.ingest, BETA), conversation.enrichments[0]

    await stranger.erase(post.post_id)
    await stranger.publish(*conversation.enrichments[1:])
    await stranger.until_held(conversation.study_id, 129)

    assert (await desk.get(f"/v1/studies/{conversation.study_id}/coverage"))["posts"] == 130
    assert post.post_id in await desk.memberships(segmentation, post.post_id)


async def test_without_a_key_nothing_is_answered(running: Running) -> None:
    for path in (f"/v1/segments/{new_id()}", f"/v1/studies/{new_id()}/coverage", "/v1/jobs"):
        assert (await running.client_for(None).get(path)).status_code == 401


async def test_a_cursor_of_another_list_is_refused(desk: Desk) -> None:
    conversation = Conversation()
    await desk.take_in(conversation)
    segmentation = await desk.segment(conversation.study_id)
    path = f"/v1/segmentations/{segmentation['id']}/segments"
    cursor = (await desk.get(path, limit=1))["next_cursor"]

    assert len((await desk.get(path, limit=1, cursor=cursor))["items"]) == 1
    await desk.get(f"/v1/studies/{conversation.study_id}/segmentations", status=422, cursor=cursor)


async def test_asking_twice_under_one_key_starts_one_job(desk: Desk) -> None:
    conversation = Conversation()
    await desk.take_in(conversation)
    path, headers = f"/v1/studies/{conversation.study_id}/segmentations", {"Idempotency-Key": "once"}

    first, second = [await desk.running.client.post(path, headers=headers) for _ in range(2)]

    assert first.status_code == second.status_code == 202
    assert first.json()["id"] == second.json()["id"]
    assert first.headers["location"] == f"/v1/jobs/{first.json()['id']}"
    assert len((await desk.get("/v1/jobs"))["items"]) == 1
