"""gRPC: who may call, what an error says and what it keeps to itself, deadlines, workspaces."""

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import replace

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from probe.app import NoteRepository, service

from kit.errors import Conflict, Invalid, NotFound, PourquoiError, Unavailable
from kit.rpc import Client, rpc_session, uuid_of
from kit.testing import Launch, Running
from pourquoi.ingest.v1 import ingest_pb2_grpc
from pourquoi.ingest.v1.events_pb2 import Study
from pourquoi.ingest.v1.ingest_pb2 import (
    BatchGetPostsRequest,
    GetStudyRequest,
    GetStudyResponse,
    ListPostsRequest,
    ListPostsResponse,
)

Stub = ingest_pb2_grpc.IngestServiceStub


class Studies(ingest_pb2_grpc.IngestServiceServicer):
    """Gives notes out as studies, and fails on demand."""

    async def GetStudy(self, request: GetStudyRequest, context: object) -> GetStudyResponse:  # noqa: N802
        async with rpc_session(context) as session:
            note = await NoteRepository(session).get(uuid_of(request.id, "id"))
            return GetStudyResponse(study=Study(id=str(note.id), name=note.body))

    async def ListPosts(self, request: ListPostsRequest, context: object) -> ListPostsResponse:  # noqa: N802
        if request.study_id == "crash":
            raise RuntimeError("the secret inner detail")
        if request.study_id == "conflict":
            raise Conflict("Wait until it is done.")
        async with rpc_session(context, scope="admin") as session:
            await NoteRepository(session).add(request.study_id)
        if request.study_id == "slow":
            await asyncio.Event().wait()
        return ListPostsResponse()


@pytest.fixture
async def probe(launch: Launch) -> AsyncIterator[Running]:
    servicers = lambda runtime: [(ingest_pb2_grpc.add_IngestServiceServicer_to_server, Studies())]  # noqa: E731
    async with launch(replace(service, servicers=servicers)) as running:
        yield running


@pytest.fixture
async def client(probe: Running) -> AsyncIterator[Client[Stub]]:
    client = Client(probe.rpc_target, Stub, probe.runtime.settings)
    yield client
    await client.close()


async def test_a_call_acts_in_the_workspace_it_names_and_in_no_other(probe: Running, client: Client[Stub]) -> None:
    note = (await probe.client.post("/v1/notes", json={"body": "mine"})).json()
    request = GetStudyRequest(id=note["id"])
    assert (await client.call("GetStudy", request, workspace="alpha")).study.name == "mine"
    with pytest.raises(NotFound, match=note["id"]):
        await client.call("GetStudy", request, workspace="beta")


async def test_errors_arrive_as_what_they_are(client: Client[Stub]) -> None:
    with pytest.raises(Invalid, match="id must be a UUID"):
        await client.call("GetStudy", GetStudyRequest(id="junk"), workspace="alpha")
    with pytest.raises(Conflict, match="Wait until it is done"):
        await client.call("ListPosts", ListPostsRequest(study_id="conflict"), workspace="alpha")
    with pytest.raises(Invalid, match="NUL"):
        await client.call("ListPosts", ListPostsRequest(study_id="a\0b"), workspace="alpha")


async def test_a_crash_says_nothing_of_the_inside(client: Client[Stub]) -> None:
    with pytest.raises(PourquoiError) as crash:
        await client.call("ListPosts", ListPostsRequest(study_id="crash"), workspace="alpha")
    assert type(crash.value) is PourquoiError
    assert "secret" not in crash.value.detail


async def test_a_method_that_is_not_there_is_an_error_of_ours(client: Client[Stub]) -> None:
    with pytest.raises(PourquoiError):
        await client.call("BatchGetPosts", BatchGetPostsRequest(), workspace="alpha")


async def test_a_call_that_takes_too_long_is_unavailable_and_undone(probe: Running, client: Client[Stub]) -> None:
    with pytest.raises(Unavailable, match="ingest does not answer"):
        await client.call("ListPosts", ListPostsRequest(study_id="slow"), workspace="alpha", timeout_seconds=0.2)


async def test_a_peer_that_is_away_is_unavailable_without_its_address(probe: Running) -> None:
    client = Client("127.0.0.1:9", Stub, probe.runtime.settings)
    with pytest.raises(Unavailable) as away:
        await client.call("GetStudy", GetStudyRequest(), workspace="alpha", timeout_seconds=2)
    assert "127.0.0.1" not in away.value.detail
    await client.close()


async def test_a_refused_key_is_no_fault_of_the_caller(probe: Running, caplog: pytest.LogCaptureFixture) -> None:
    client = Client(probe.rpc_target, Stub, service.settings(service_key="pq_of_yesterday"))
    with pytest.raises(Unavailable, match="refuses the key"), caplog.at_level(logging.ERROR):
        await client.call("GetStudy", GetStudyRequest(), workspace="alpha")
    assert "yesterday" not in caplog.text
    await client.close()


@pytest.mark.parametrize("metadata", [(), (("authorization", "Bearer pq_nope_nope"),)])
async def test_without_a_key_nothing_is_answered(probe: Running, metadata: tuple[tuple[str, str], ...]) -> None:
    async with grpc.aio.insecure_channel(probe.rpc_target) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await Stub(channel).GetStudy(GetStudyRequest(), metadata=metadata, timeout=5)
    assert refused.value.code() is grpc.StatusCode.UNAUTHENTICATED


async def test_a_service_key_that_names_no_workspace_is_refused(probe: Running) -> None:
    metadata = (("authorization", f"Bearer {probe.keys.by_workspace['*']}"),)
    async with grpc.aio.insecure_channel(probe.rpc_target) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await Stub(channel).GetStudy(GetStudyRequest(), metadata=metadata, timeout=5)
    assert refused.value.code() is grpc.StatusCode.UNAUTHENTICATED


async def test_health_needs_no_key(probe: Running) -> None:
    async with grpc.aio.insecure_channel(probe.rpc_target) as channel:
        answer = await health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(), timeout=5)
    assert answer.status == health_pb2.HealthCheckResponse.SERVING


async def test_a_trace_goes_on_through_a_call(probe: Running, client: Client[Stub], spans) -> None:
    with pytest.raises(Conflict):
        await client.call("ListPosts", ListPostsRequest(study_id="conflict"), workspace="alpha")
    calls = [span for span in spans.get_finished_spans() if "ListPosts" in span.name]
    assert {span.kind.name for span in calls} == {"CLIENT", "SERVER"}
    assert len({span.context.trace_id for span in calls}) == 1
