"""Analyses over REST, vectors and enrichments over gRPC, and who may ask."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import grpc
import numpy as np
import pytest

from enrichment.readings.reader import Reader
from kit.testing import Running
from pourquoi.enrichment.v1.enrichment_pb2 import BatchGetEnrichmentsRequest, EmbedTextsRequest
from pourquoi.enrichment.v1.enrichment_pb2_grpc import EnrichmentServiceStub
from pourquoi.enrichment.v1.events_pb2 import PostEnriched
from pourquoi.ingest.v1.events_pb2 import Post

STUDY = "01960000-0000-7000-8000-000000000001"
MakePost = Callable[..., Post]
Collect = Callable[..., Any]


async def call(running: Running, method: str, request: Any, workspace: str = "alpha") -> Any:
    metadata = (("authorization", f"Bearer {running.keys.by_workspace[workspace]}"),)
    async with grpc.aio.insecure_channel(running.rpc_target) as channel:
        return await getattr(EnrichmentServiceStub(channel), method)(request, timeout=10, metadata=metadata)


async def test_texts_of_ones_own_are_analysed_and_not_kept(enrichment: Running) -> None:
    texts = ["The crew was lovely but my bag was lost.", "Merci pour votre aide et votre patience !", "", "ok"]

    answer = await enrichment.client.post("/v1/analyses", json={"texts": texts})

    english, french, empty, short = answer.json()["items"]
    assert answer.status_code == 200
    assert [each["text"] for each in english["statements"]] == ["The crew was lovely", "but my bag was lost."]
    assert (english["language"], french["language"], short["language"]) == ("en", "fr", None)
    assert french["sentiment"]["label"] == "positive"
    assert (empty["statements"], empty["keyphrases"], empty["language"]) == ([], [], None)
    assert (await enrichment.client.get("/v1/search", params={"q": "lovely crew"})).json()["items"] == []


async def test_unstorable_characters_are_taken_out_of_analyses(enrichment: Running) -> None:
    body = b'{"texts": ["lost\\u0000 bag \\ud800 again"]}'

    answer = await enrichment.client.post("/v1/analyses", content=body, headers={"content-type": "application/json"})

    assert answer.json()["items"][0]["statements"][0]["text"] == "lost bag  again"


@pytest.mark.parametrize(
    "body",
    [{}, {"texts": []}, {"texts": ["a"] * 51}, {"texts": ["a" * 5001]}, {"texts": [1]}, {"texts": ["a"], "x": 1}],
)
async def test_wrong_analyses_are_refused(enrichment: Running, body: dict[str, Any]) -> None:
    assert (await enrichment.client.post("/v1/analyses", json=body)).status_code == 422


async def test_texts_are_embedded_in_order(enrichment: Running, reader: Reader) -> None:
    answer = await call(enrichment, "EmbedTexts", EmbedTextsRequest(texts=["late again", "", "vol annulé"]))

    assert list(answer.vectors) == reader.embed(["late again", "", "vol annulé"])
    assert len(np.frombuffer(answer.vectors[0], "<f2")) == 384
    assert answer.model == reader.model


async def test_enrichments_come_in_the_order_asked_for_and_as_published(
    enrichment: Running, post: MakePost, collect: Collect
) -> None:
    posts = [post("the seat was broken. The meal was cold."), post("merci pour tout")]
    await collect(*posts)
    ids = [posts[1].id, str(uuid4()), posts[0].id]

    answer = await call(enrichment, "BatchGetEnrichments", BatchGetEnrichmentsRequest(post_ids=ids))

    published = {each.enrichment.post_id: each.enrichment for each in await enrichment.published(PostEnriched, 2)}
    assert [each.post_id for each in answer.enrichments] == [posts[1].id, posts[0].id]
    for each in answer.enrichments:
        assert each.vector == published[each.post_id].vector
        assert each.statements == published[each.post_id].statements
        assert each.keyphrases == published[each.post_id].keyphrases
    other = await call(enrichment, "BatchGetEnrichments", BatchGetEnrichmentsRequest(post_ids=ids), workspace="beta")
    assert not other.enrichments


@pytest.mark.parametrize(
    ("method", "request_"),
    [
        ("EmbedTexts", EmbedTextsRequest(texts=["a"] * 257)),
        ("EmbedTexts", EmbedTextsRequest(texts=["a" * 20_001])),
        ("BatchGetEnrichments", BatchGetEnrichmentsRequest(post_ids=["x"])),
        ("BatchGetEnrichments", BatchGetEnrichmentsRequest(post_ids=[STUDY] * 1001)),
    ],
)
async def test_wrong_calls_are_refused(enrichment: Running, method: str, request_: Any) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await call(enrichment, method, request_)

    assert refused.value.code() == grpc.StatusCode.INVALID_ARGUMENT


async def test_nobody_gets_in_without_a_key(enrichment: Running) -> None:
    stranger = enrichment.client_for(None)
    for path in (f"/v1/posts/{uuid4()}/enrichment", f"/v1/studies/{uuid4()}/coverage", "/v1/search?q=bag"):
        assert (await stranger.get(path)).status_code == 401
    assert (await stranger.post("/v1/analyses", json={"texts": ["a"]})).status_code == 401


async def test_an_unknown_study_covers_nothing(enrichment: Running) -> None:
    study_id = str(uuid4())

    answer = await enrichment.client.get(f"/v1/studies/{study_id}/coverage")

    assert answer.json() == {
        "study_id": study_id,
        "posts": 0,
        "first_published_at": None,
        "last_published_at": None,
    }
