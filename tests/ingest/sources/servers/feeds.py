"""A web server with a feed, which answers conditional requests as RFC 9110 says, and with its archive (RFC 5005)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from tests.ingest.sources.servers.serving import serving


@dataclass
class FeedServer:
    """The document and how it is answered; those of the archive by their names."""

    body: bytes = b""
    content_type: str = "application/xml"
    etag: str = '"1"'
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    archive: dict[str, bytes] = field(default_factory=dict)
    asked: list[Request] = field(default_factory=list)
    url: str = ""

    def feed(self, request: Request) -> Response:
        """The document, or 304 when it is the one that is known."""
        self.asked.append(request)
        headers = {"etag": self.etag, "last-modified": "Sun, 20 Sep 2026 09:00:00 GMT", **self.headers}
        if request.headers.get("if-none-match") == self.etag:
            return Response(status_code=304, headers=headers)
        return Response(self.body, self.status, headers, self.content_type)

    def older(self, request: Request) -> Response:
        """A document of the archive."""
        self.asked.append(request)
        body = self.archive.get(request.path_params["name"])
        return Response(status_code=404) if body is None else Response(body, media_type=self.content_type)

    def moved(self, request: Request) -> Response:
        """A redirect; `to` names where."""
        self.asked.append(request)
        return RedirectResponse(request.query_params["to"])


@asynccontextmanager
async def serve_feed(body: bytes = b"", content_type: str = "application/xml") -> AsyncIterator[FeedServer]:
    """A server with this document at `/feed`."""
    server = FeedServer(body, content_type)
    routes = [
        Route("/feed", server.feed),
        Route("/archive/{name}", server.older),
        Route("/moved", server.moved, methods=["GET", "POST"]),
    ]
    async with serving(Starlette(routes=routes)) as url:
        server.url = url
        yield server
