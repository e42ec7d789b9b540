"""Search by meaning, over REST and gRPC."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import grpc
import pytest

from kit.testing import Running
from pourquoi.enrichment.v1.enrichment_pb2 import SearchPostsRequest
from pourquoi.enrichment.v1.enrichment_pb2_grpc import EnrichmentServiceStub
from pourquoi.ingest.v1.events_pb2 import Post

LUGGAGE = ["my suitcase arrived broken", "they lost both of our bags in Chicago"]
OTHERS = ["the crew was lovely", "the app crashes at login", "seats are too narrow", "great legroom in row one"]
OTHER_STUDY = "01960000-0000-7000-8000-000000000002"
STUDY = "01960000-0000-7000-8000-000000000001"
MakePost = Callable[..., Post]
Collect = Callable[..., Any]


@pytest.fixture
async def luggage(post: MakePost, collect: Collect) -> list[str]:
    """Ids of the posts about luggage, among others."""
    posts = [post(text) for text in (*LUGGAGE, *OTHERS)]
    await collect(*posts)
    return [each.id for each in posts[: len(LUGGAGE)]]


async def test_posts_are_found_by_meaning_nearest_first(enrichment: Running, luggage: list[str]) -> None:
    answer = await enrichment.client.get("/v1/search", params={"q": "damaged or missing baggage", "limit": 3})

    items = answer.json()["items"]
    assert {item["post_id"] for item in items[:2]} == set(luggage)
    assert [item["similarity"] for item in items] == sorted((item["similarity"] for item in items), reverse=True)
    assert items[0]["enrichment"]["post_id"] == items[0]["post_id"]
    assert len(items) == 3


async def test_a_search_stays_within_the_study_that_is_named(
    enrichment: Running, luggage: list[str], post: MakePost, collect: Collect
) -> None:
    elsewhere = post("the airport lost my bag", study_ids=[OTHER_STUDY])
    await collect(elsewhere)

    async def found(**params: str) -> set[str]:
        answer = await enrichment.client.get("/v1/search", params={"q": "lost bag", **params})
        return {item["post_id"] for item in answer.json()["items"]}

    assert await found(study_id=OTHER_STUDY) == {elsewhere.id}
    assert elsewhere.id not in await found(study_id=STUDY)
    assert {elsewhere.id, *luggage} <= await found()
    assert await found(study_id=str(uuid4())) == set()


async def test_another_workspace_finds_nothing(enrichment: Running, luggage: list[str]) -> None:
    answer = await enrichment.client_for("beta").get("/v1/search", params={"q": "lost bag"})

    assert answer.json()["items"] == []
    assert not await search_over_rpc(enrichment, "beta", text="lost bag")


async def test_other_programs_search_over_grpc(enrichment: Running, luggage: list[str]) -> None:
    hits = await search_over_rpc(enrichment, "alpha", text="damaged or missing baggage", study_id=STUDY, limit=2)

    assert {hit.post_id for hit in hits} == set(luggage)
    assert hits[0].similarity >= hits[1].similarity > 0.3


@pytest.mark.parametrize("request_", [{"text": " "}, {"text": "bag", "limit": 101}, {"text": "bag", "study_id": "x"}])
async def test_wrong_questions_over_grpc_are_refused(enrichment: Running, request_: dict[str, Any]) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await search_over_rpc(enrichment, "alpha", **request_)

    assert refused.value.code() == grpc.StatusCode.INVALID_ARGUMENT


@pytest.mark.parametrize(
    "params", [{}, {"q": ""}, {"q": " \x00 "}, {"q": "a", "limit": 0}, {"q": "a", "study_id": "x"}]
)
async def test_wrong_questions_over_rest_are_refused(enrichment: Running, params: dict[str, Any]) -> None:
    assert (await enrichment.client.get("/v1/search", params=params)).status_code == 422


async def search_over_rpc(running: Running, workspace: str, **request: Any) -> list[Any]:
    metadata = (("authorization", f"Bearer {running.keys.by_workspace[workspace]}"),)
    async with grpc.aio.insecure_channel(running.rpc_target) as channel:
        stub = EnrichmentServiceStub(channel)
        return list((await stub.SearchPosts(SearchPostsRequest(**request), timeout=10, metadata=metadata)).hits)
