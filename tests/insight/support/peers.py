"""What stands around insight in its tests: ingest behind gRPC, and a partner behind HTTP."""

import json
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import grpc
from opentelemetry import propagate, trace
from standardwebhooks import Webhook

from pourquoi.ingest.v1.events_pb2 import Post, Study
from pourquoi.ingest.v1.ingest_pb2 import (
    BatchGetPostsRequest,
    BatchGetPostsResponse,
    GetStudyRequest,
    GetStudyResponse,
)
from pourquoi.ingest.v1.ingest_pb2_grpc import IngestServiceServicer, add_IngestServiceServicer_to_server


class Ingest(IngestServiceServicer):
    """Posts and studies by workspace; `is_away` makes every call fail as if nobody listened."""

    def __init__(self) -> None:
        self.posts: dict[str, dict[str, Post]] = {}
        self.studies: set[tuple[str, str]] = set()
        self.is_away = False
        self.calls = 0
        self.traces: list[str] = []
        self.target = ""

    def store(self, posts: Iterable[Post], workspace: str = "alpha") -> None:
        kept = self.posts.setdefault(workspace, {})
        for post in posts:
            kept[post.id] = post
            self.studies.update((workspace, study_id) for study_id in post.study_ids)

    async def _enter(self, context: Any) -> str:
        metadata = dict(context.invocation_metadata())
        self.calls += 1
        span = trace.get_current_span(propagate.extract(metadata)).get_span_context()
        self.traces.append(trace.format_trace_id(span.trace_id))
        if self.is_away:
            await context.abort(grpc.StatusCode.UNAVAILABLE, "away")
        return str(metadata["x-pourquoi-workspace"])

    async def BatchGetPosts(  # noqa: N802
        self, request: BatchGetPostsRequest, context: Any
    ) -> BatchGetPostsResponse:
        posts = self.posts.get(await self._enter(context), {})
        return BatchGetPostsResponse(posts=[posts[each] for each in request.ids if each in posts])

    async def GetStudy(self, request: GetStudyRequest, context: Any) -> GetStudyResponse:  # noqa: N802
        workspace = await self._enter(context)
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


@dataclass
class Partner:
    """Answers webhooks with `statuses` in turn, then with 204; keeps every request."""

    url: str = ""
    retry_after: str = "0"
    statuses: list[int] = field(default_factory=list)
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    def receive(self, headers: dict[str, str], body: bytes) -> int:
        self.requests.append((headers, body))
        return self.statuses.pop(0) if self.statuses else 204

    def verified(self, secret: str) -> list[dict[str, Any]]:
        """The payloads of all requests; raises when one is not signed with the secret."""
        return [Webhook(secret).verify(body, headers) for headers, body in self.requests]

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.requests]


@contextmanager
def serve_partner() -> Iterator[Partner]:
    partner = Partner()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            self.send_response(partner.receive(dict(self.headers), body))
            self.send_header("retry-after", partner.retry_after)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    partner.url = f"http://127.0.0.1:{server.server_address[1]}/hook"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield partner
    server.shutdown()
    thread.join()
    server.server_close()
