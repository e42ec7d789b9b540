"""To another workspace, and to a stranger, nothing of a workspace exists: over REST for every id, and over gRPC."""

import re
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx2
import pytest

from kit.auth import SCOPES, KeyFile, create_key
from kit.errors import NotFound
from kit.rpc import Client
from kit.settings import ServiceSettings
from pourquoi.enrichment.v1.enrichment_pb2 import BatchGetEnrichmentsRequest, SearchPostsRequest
from pourquoi.enrichment.v1.enrichment_pb2_grpc import EnrichmentServiceStub
from pourquoi.ingest.v1.ingest_pb2 import BatchGetPostsRequest, GetStudyRequest, ListPostsRequest
from pourquoi.ingest.v1.ingest_pb2_grpc import IngestServiceStub
from pourquoi.insight.v1.insight_pb2 import ListInsightsRequest
from pourquoi.insight.v1.insight_pb2_grpc import InsightServiceStub
from pourquoi.segmentation.v1.segmentation_pb2 import GetSegmentRequest, ListSegmentsRequest
from pourquoi.segmentation.v1.segmentation_pb2_grpc import SegmentationServiceStub
from tests.system.platform import SERVICES, Json, System

Ids = dict[str, str]


@pytest.fixture
async def ids(system: System) -> Ids:
    """One id of each kind, all of the first workspace, by the name of its path parameter."""
    study = await system.create_study("secret")
    sample = await system.ask("POST", f"/ingest/v1/studies/{study}/samples", json={"posts": 800, "seed": 3})
    await system.finish_job("ingest", sample)
    await system.agree_on(study, (await system.posts_of(study))["ingest"])
    job = await system.ask("POST", f"/segmentation/v1/studies/{study}/segmentations")
    await system.finish_job("segmentation", job)
    await system.headlines(study)
    endpoint = await system.ask("POST", "/insight/v1/endpoints", json={"url": "https://partner.example/hook"})
    new_source = {"name": f"Solane of {study}", "kind": "sample", "config": {"posts": 10}, "every_seconds": 604_800}
    source = await system.ask("POST", "/ingest/v1/sources", json=new_source)
    run = await system.ask("POST", f"/ingest/v1/sources/{source['id']}/runs")
    author = {"platform": "x", "external_id": "nobody"}
    erasure = await system.ask("POST", "/ingest/v1/erasures", json={"author": author, "reason": "asked for"})
    return {
        "study_id": study,
        "post_id": await _first(system, f"/ingest/v1/posts?study_id={study}"),
        "job_id": job["id"],
        "segmentation_id": await _first(system, f"/segmentation/v1/studies/{study}/segmentations"),
        "insight_id": await _first(system, f"/insight/v1/insights?study_id={study}"),
        "endpoint_id": endpoint["id"],
        "source_id": source["id"],
        "run_id": run["id"],
        "erasure_id": erasure["id"],
        "version": "1",
    }


async def _first(system: System, path: str) -> str:
    return str((await system.ask("GET", path))["items"][0]["id"])


@pytest.fixture
async def stranger(system: System) -> AsyncIterator[httpx2.AsyncClient]:
    """A client with every scope in another workspace."""
    key, record = create_key("other", list(SCOPES), "stranger")
    keys = KeyFile(system.local.home.keys)
    keys.write([*keys.records().values(), record])
    headers = {"Authorization": f"Bearer {key}"}
    async with httpx2.AsyncClient(base_url=system.platform.url, headers=headers, trust_env=False) as client:
        yield client


async def operations(system: System, ids: Ids) -> list[tuple[str, str, str]]:
    """Every documented operation on a thing whose id is known: method, path with the id, service."""
    found = []
    for service in SERVICES:
        document = await system.ask("GET", f"/{service}/openapi.json")
        for template, methods in document["paths"].items():
            names = re.findall(r"{(\w+)}", template)
            if names and all(name in ids for name in names):
                path = f"/{service}{template.format(**ids)}"
                found += [(method.upper(), path, service) for method in methods]
    return found


def _reads_by_study(path: str) -> bool:
    """Lists of a study in the services downstream, which know a study only by what arrived for it."""
    return "/v1/studies/" in path and not path.startswith("/ingest")


BODIES: dict[str, Any] = {
    "/posts": {"posts": [{"external_id": "x", "text": "hello"}]},
    "/samples": {"posts": 10},
    "/reject": {"reason": "no"},
    "/backfills": {"since": "2026-01-01T00:00:00Z"},
    "/query-versions": {"query": "train"},
    "/names": {"names": []},
    "": {},
}


def _asks_for_a_signature(path: str) -> bool:
    """The one operation without a key: a stranger is told nothing but that the signature is wrong."""
    return path.endswith("/webhook")


def _request(method: str, path: str) -> dict[str, Any]:
    """What makes a request valid, so that nothing but the foreign id is wrong with it."""
    if "/imports" in path:
        return {"files": {"file": ("posts.csv", b"text,external_id\nhello,1\n", "text/csv")}}
    if path.endswith("/samples") and method == "GET":
        return {"params": {"kind": "matched"}}
    if method in ("GET", "DELETE"):
        return {}
    if "/judgements/" in path:
        return {"json": {"relevant": True}}
    if method == "PATCH":
        return {"json": {"name": "renamed"}}
    return {"json": next(body for ending, body in BODIES.items() if path.endswith(ending))}


async def test_every_id_is_404_to_another_workspace(system: System, ids: Ids, stranger: httpx2.AsyncClient) -> None:
    checked = 0
    for method, path, _ in await operations(system, ids):
        answer = await stranger.request(method, path, **_request(method, path))
        if _asks_for_a_signature(path):
            assert answer.status_code == 401, f"{method} {path} answers {answer.status_code} {answer.text[:300]}"
        elif _reads_by_study(path) and answer.status_code == 200:
            assert _is_empty(answer.json()), f"{method} {path} shows {answer.text[:300]}"
        else:
            assert answer.status_code == 404, f"{method} {path} answers {answer.status_code} {answer.text[:300]}"
        checked += 1
    assert checked >= 15


def _is_empty(answer: Json) -> bool:
    return not answer.get("items") and not answer.get("posts")


async def test_without_a_key_every_operation_is_401(system: System, ids: Ids) -> None:
    async with httpx2.AsyncClient(base_url=system.platform.url, trust_env=False) as nobody:
        for method, path, _ in await operations(system, ids):
            assert (await nobody.request(method, path)).status_code == 401, f"{method} {path}"


@pytest.fixture
def clients(system: System) -> Callable[[str, Any], Client[Any]]:
    """A gRPC client of each service, with the platform's service key."""
    settings = ServiceSettings(service_key=system.local.home.secrets().service_key)

    def client(name: str, stub: Any) -> Client[Any]:
        return Client(f"127.0.0.1:{system.platform.services[name].grpc}", stub, settings)

    return client


async def test_grpc_shows_nothing_of_another_workspace(system: System, ids: Ids, clients: Any) -> None:
    ingest = clients("ingest", IngestServiceStub)
    own = await ingest.call("BatchGetPosts", BatchGetPostsRequest(ids=[ids["post_id"]]), "default")
    assert [post.id for post in own.posts] == [ids["post_id"]]
    assert not (await ingest.call("BatchGetPosts", BatchGetPostsRequest(ids=[ids["post_id"]]), "other")).posts
    for request, method in (
        (GetStudyRequest(id=ids["study_id"]), "GetStudy"),
        (ListPostsRequest(study_id=ids["study_id"]), "ListPosts"),
    ):
        with pytest.raises(NotFound):
            await ingest.call(method, request, "other")

    enrichment = clients("enrichment", EnrichmentServiceStub)
    found = await enrichment.call("BatchGetEnrichments", BatchGetEnrichmentsRequest(post_ids=[ids["post_id"]]), "other")
    assert not found.enrichments
    assert not (await enrichment.call("SearchPosts", SearchPostsRequest(text="train"), "other")).hits

    segmentation = clients("segmentation", SegmentationServiceStub)
    listed = await segmentation.call("ListSegments", ListSegmentsRequest(study_id=ids["study_id"]), "default")
    segment = listed.segmentation.segments[0].id
    assert (await segmentation.call("GetSegment", GetSegmentRequest(id=segment), "default")).segment.id == segment
    with pytest.raises(NotFound):
        await segmentation.call("GetSegment", GetSegmentRequest(id=segment), "other")
    elsewhere = await segmentation.call("ListSegments", ListSegmentsRequest(study_id=ids["study_id"]), "other")
    assert not elsewhere.HasField("segmentation")

    insight = clients("insight", InsightServiceStub)
    assert not (await insight.call("ListInsights", ListInsightsRequest(study_id=ids["study_id"]), "other")).insights
    for client in (ingest, enrichment, segmentation, insight):
        await client.close()
