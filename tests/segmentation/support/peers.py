"""What stands around segmentation in its tests: ingest behind gRPC, which knows the studies."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import grpc

from pourquoi.ingest.v1.events_pb2 import Study
from pourquoi.ingest.v1.ingest_pb2 import GetStudyRequest, GetStudyResponse
from pourquoi.ingest.v1.ingest_pb2_grpc import IngestServiceServicer, add_IngestServiceServicer_to_server


class Ingest(IngestServiceServicer):
    """Studies by workspace; `is_away` makes every call fail as if nobody listened."""

    def __init__(self) -> None:
        self.studies: set[tuple[str, str]] = set()
        self.is_away = False
        self.target = ""

    async def GetStudy(self, request: GetStudyRequest, context: Any) -> GetStudyResponse:  # noqa: N802
        if self.is_away:
            await context.abort(grpc.StatusCode.UNAVAILABLE, "away")
        workspace = dict(context.invocation_metadata())["x-pourquoi-workspace"]
        if (workspace, request.id) not in self.studies:
            await context.abort(grpc.StatusCode.NOT_FOUND, "unknown")
        return GetStudyResponse(study=Study(id=request.id))


@asynccontextmanager
async def serve_ingest() -> AsyncIterator[Ingest]:
    ingest, server = Ingest(), grpc.aio.server()
    add_IngestServiceServicer_to_server(ingest, server)
    ingest.target = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    await server.start()
    yield ingest
    await server.stop(None)
