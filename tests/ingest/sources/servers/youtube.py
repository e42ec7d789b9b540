"""The YouTube Data API: comment threads, their replies, and its errors."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.ingest.sources.servers.serving import SECRET, Json, serving

VIDEO, OTHER = "abcdefghijk", "zyxwvutsrqp"


def comment(name: str, minute: int, parent: str = "", **fields: object) -> Json:
    """A comment as the API gives it."""
    snippet = {
        "textDisplay": f"Why, {name}?",
        "textOriginal": f"Why, {name}?",
        "authorDisplayName": "@ann",
        "authorChannelId": {"value": "UCann"},
        "likeCount": 3,
        "publishedAt": f"2026-09-20T09:{minute:02}:00Z",
        "updatedAt": f"2026-09-20T09:{minute:02}:00Z",
        **({"parentId": parent} if parent else {}),
        **fields,
    }
    return {"kind": "youtube#comment", "id": name, "snippet": snippet}


def thread(number: int, *replies: Json, total: int | None = None, **fields: object) -> Json:
    """A thread, a minute apart by number."""
    snippet = {
        "videoId": VIDEO,
        "topLevelComment": comment(f"t{number}", number, **fields),
        "totalReplyCount": len(replies) if total is None else total,
    }
    return {"kind": "youtube#commentThread", "id": f"t{number}", "snippet": snippet} | (
        {"replies": {"comments": list(replies)}} if replies else {}
    )


@dataclass
class YouTube:
    """Threads of videos, and all replies of threads."""

    threads: dict[str, list[object]] = field(default_factory=dict)
    replies: dict[str, list[Json]] = field(default_factory=dict)
    page: int = 100
    errors: list[tuple[int, str]] = field(default_factory=list)
    asked: list[Request] = field(default_factory=list)
    url: str = ""

    def list_threads(self, request: Request) -> Response:
        """Newest first."""
        query = request.query_params
        found = self.threads.get(query.get("videoId") or query.get("allThreadsRelatedToChannelId", ""))
        return self._answer(request, found, "videoNotFound")

    def list_comments(self, request: Request) -> Response:
        """Replies of one thread."""
        return self._answer(request, self.replies.get(request.query_params["parentId"]), "commentNotFound")

    def _answer(self, request: Request, found: list[object] | list[Json] | None, otherwise: str) -> Response:
        self.asked.append(request)
        if request.headers.get("x-goog-api-key") != SECRET:
            return _error(400, "keyInvalid")
        if self.errors:
            return _error(*self.errors.pop(0))
        if found is None:
            return _error(404, otherwise)
        start = int(request.query_params.get("pageToken", "0"))
        body: Json = {"items": found[start : start + self.page]}
        if start + self.page < len(found):
            body["nextPageToken"] = str(start + self.page)
        return JSONResponse(body)


def _error(status: int, reason: str) -> Response:
    error = {"code": status, "message": "No.", "errors": [{"message": "No.", "domain": "youtube", "reason": reason}]}
    return JSONResponse({"error": error}, status)


@asynccontextmanager
async def serve_youtube(*threads: object) -> AsyncIterator[YouTube]:
    """YouTube with these threads below one video, newest first."""
    server = YouTube({VIDEO: list(threads)})
    routes = [Route("/commentThreads", server.list_threads), Route("/comments", server.list_comments)]
    async with serving(Starlette(routes=routes)) as url:
        server.url = url
        yield server
