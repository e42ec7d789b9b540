"""Search by meaning, over REST and gRPC."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import grpc
import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from sqlalchemy import text

from enrichment.readings.reader import Reader
from enrichment.search import repository
from enrichment.vectors import sizing
from enrichment.vectors.sizing import VectorSpace
from enrichment.vectors.upkeep import IndexUpkeep
from kit.testing import Running
from pourquoi.enrichment.v1.enrichment_pb2 import SearchPostsRequest
from pourquoi.enrichment.v1.enrichment_pb2_grpc import EnrichmentServiceStub
from pourquoi.ingest.v1.events_pb2 import Post

LUGGAGE = ["my suitcase arrived broken", "they lost both of our bags in Chicago"]
OTHERS = ["the crew was lovely", "the app crashes at login", "seats are too narrow", "great legroom in row one"]
LATE = 1_790_000_000
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


async def test_a_search_is_narrowed_by_time_language_and_code(
    enrichment: Running, post: MakePost, collect: Collect
) -> None:
    old, late = post("they lost my bag in Chicago"), post("the bag was damaged", published_at=Timestamp(seconds=LATE))
    french = post("ils ont perdu ma valise et personne ne répond")
    await collect(old, late, french)
    async with enrichment.runtime.database.session("alpha") as session:
        values = {"codes": ["needs/request", "drivers/other"], "id": late.id}
        await session.execute(text("UPDATE enrichments SET code_keys = :codes WHERE post_id = :id"), values)
    moment = datetime.fromtimestamp(LATE, UTC)

    async def found(**params: str) -> set[str]:
        answer = await enrichment.client.get("/v1/search", params={"q": "lost bag", **params})
        return {item["post_id"] for item in answer.json()["items"]}

    assert await found(since=moment.isoformat()) == {late.id}
    assert await found(until=moment.isoformat()) == {old.id, french.id}
    assert await found(language="fr") == {french.id}
    assert await found(code="needs/request") == {late.id}
    assert await found(code="needs/request", language="fr") == await found(code="needs") == set()

    for narrowed, expected in (
        ({"since": Timestamp(seconds=LATE)}, {late.id}),
        ({"until": Timestamp(seconds=LATE)}, {old.id, french.id}),
        ({"language": "fr"}, {french.id}),
        ({"code": "drivers/other"}, {late.id}),
    ):
        hits = await search_over_rpc(enrichment, "alpha", text="lost bag", **narrowed)
        assert {hit.post_id for hit in hits} == expected


async def test_the_rows_of_a_rare_study_and_code_are_found_by_an_index(enrichment: Running) -> None:
    async with enrichment.runtime.database.session("alpha") as session:
        await session.execute(text("SET LOCAL enable_seqscan = off"))
        asked = {"workspace": "alpha", "model": "", "vector": "[1]", "limit": 2, "most": 3}
        given = {"study_id": STUDY, "code": "needs/request"}
        plan = await session.execute(text(f"EXPLAIN {repository._exact(given)}"), {**asked, **given})
        conditions = [line for line in plan.scalars() if "Index Cond" in line]

    assert any("study_id =" in condition for condition in conditions)
    assert any("code_key =" in condition for condition in conditions)


async def test_the_index_serves_searches_once_there_are_many_posts(
    enrichment: Running, luggage: list[str], reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sizing, "FEWEST_ROWS", 4)
    monkeypatch.setattr(repository, "MOST_EXACT", 2)
    space = VectorSpace(reader.model, 384)
    upkeep = IndexUpkeep(enrichment.runtime.settings.database_url, space)

    await upkeep.look()
    await upkeep.look()

    assert await indexes(enrichment) == [space.index(2)]
    answer = await enrichment.client.get("/v1/search", params={"q": "damaged or missing baggage", "limit": 2})
    assert {item["post_id"] for item in answer.json()["items"]} == set(luggage)
    nothing = await enrichment.client.get("/v1/search", params={"q": "baggage", "study_id": OTHER_STUDY})
    assert nothing.json()["items"] == []
    async with enrichment.runtime.database.session("alpha") as session:
        await session.execute(text("SET LOCAL enable_seqscan = off"))
        asked = {"workspace": "alpha", "model": space.model, "vector": str([0.1] * 384), "limit": 2, "candidates": 10}
        await session.execute(text("SET LOCAL plan_cache_mode = force_custom_plan"))
        plan = await session.execute(text(f"EXPLAIN {repository._by_index([], 384)}"), asked)
        assert space.index(2) in "".join(plan.scalars())


async def test_indexes_grow_with_the_posts_and_go_with_the_last_one(
    enrichment: Running, luggage: list[str], reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sizing, "FEWEST_ROWS", 1)
    url = enrichment.runtime.settings.database_url
    space, other = VectorSpace(reader.model, 384), VectorSpace("it's another", 3)
    await enrichment_of_another_model(enrichment, other)

    await IndexUpkeep(url, space).look()
    await IndexUpkeep(url, other).look()
    assert await indexes(enrichment) == sorted([space.index(2), other.index(1)])

    async with enrichment.runtime.database.session("alpha") as session:
        await session.execute(text("DELETE FROM enrichments WHERE model = :model"), {"model": other.model})
    await IndexUpkeep(url, space).look()
    assert await indexes(enrichment) == [space.index(2)]


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


async def indexes(running: Running) -> list[str]:
    async with running.runtime.database.session("alpha") as session:
        found = await session.execute(
            text("SELECT indexname FROM pg_indexes WHERE indexname LIKE 'enrichments_vector%' ORDER BY indexname")
        )
        return list(found.scalars())


async def enrichment_of_another_model(running: Running, space: VectorSpace) -> None:
    async with running.runtime.database.session("alpha") as session:
        await session.execute(
            text(
                "UPDATE enrichments SET model = :model, vector = '[1,0,0]' "
                "WHERE post_id = (SELECT post_id FROM enrichments LIMIT 1)"
            ),
            {"model": space.model},
        )
