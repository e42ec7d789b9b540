"""A Mastodon server: timelines with paging and rate limits, and its stream of events."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from tests.ingest.sources.servers.serving import SECRET, Json, serving

START = 1_790_000_000_000
MINUTE_BITS = 60_000 << 16


def status_id(number: int) -> str:
    """Ids begin with milliseconds since 1970; a minute apart by number."""
    return str((START << 16) + number * MINUTE_BITS)


def status(number: int, content: str | None = None, **fields: object) -> Json:
    """A status as the API gives it."""
    return {
        "id": status_id(number),
        "created_at": "2026-09-20T09:00:00.000Z",
        "in_reply_to_id": None,
        "spoiler_text": "",
        "visibility": "public",
        "language": "en",
        "uri": f"https://m.example/users/ann/statuses/{number}",
        "url": f"https://m.example/@ann/{number}",
        "replies_count": 1,
        "reblogs_count": 2,
        "favourites_count": 3,
        "edited_at": None,
        "content": f"<p>Train {number} is late</p>" if content is None else content,
        "reblog": None,
        "account": {"id": "7", "acct": "ann", "followers_count": 40},
        "media_attachments": [],
        **fields,
    }


@dataclass
class Mastodon:
    """The statuses of one server, and what its stream tells when."""

    statuses: list[Json] = field(default_factory=list)
    events: list[list[tuple[str, str]]] = field(default_factory=list)
    requests_left: int = 300
    page: int = 40
    on_stream: Callable[[], None] = lambda: None
    asked: list[Request] = field(default_factory=list)
    url: str = ""

    def timeline(self, request: Request) -> Response:
        """`min_id` gives what comes right after it; without it the newest page. Newest first, as documented."""
        self.asked.append(request)
        self.requests_left -= 1
        limits = {"X-RateLimit-Remaining": str(max(0, self.requests_left)), "X-RateLimit-Reset": "2099-01-01T00:00:00Z"}
        if self.requests_left < 0:
            return JSONResponse({"error": "Too many requests"}, 429, headers=limits)
        ordered = sorted(self.statuses, key=lambda each: int(each["id"]))
        if after := request.query_params.get("min_id"):
            ordered = [each for each in ordered if int(each["id"]) > int(after)][: self.page]
        chosen = ordered[-self.page :][::-1]
        if chosen:
            limits["Link"] = (
                f'<{self.url}/api/v1/timelines/public?max_id={chosen[-1]["id"]}>; rel="next", '
                f'<{self.url}/api/v1/timelines/public?min_id={chosen[0]["id"]}>; rel="prev"'
            )
        return JSONResponse(chosen, headers=limits)

    def stream(self, request: Request) -> Response:
        """Each connection tells the next list of events, and then breaks off, but the last one stays open."""
        if request.headers.get("authorization") != f"Bearer {SECRET}":
            return JSONResponse({"error": "Missing access token"}, 401)
        self.asked.append(request)
        self.on_stream()
        return StreamingResponse(self._events(), media_type="text/event-stream")

    async def _events(self) -> AsyncIterator[str]:
        events = self.events.pop(0) if self.events else []
        yield ":)\n\n"
        for name, payload in events:
            yield f"event: {name}\ndata: {payload}\n\n"
        while not self.events and events is not None:
            yield ":thump\n\n"
            await asyncio.sleep(0.05)


@asynccontextmanager
async def serve_mastodon(*statuses: Json) -> AsyncIterator[Mastodon]:
    """A server with these statuses."""
    server = Mastodon(list(statuses))
    routes = [
        Route("/api/v1/timelines/public", server.timeline),
        Route("/api/v1/timelines/tag/{tag}", server.timeline),
        Route("/api/v1/streaming/public", server.stream),
        Route("/api/v1/streaming/hashtag", server.stream),
    ]
    async with serving(Starlette(routes=routes)) as url:
        server.url = url
        yield server


def update(value: Json, name: str = "update") -> tuple[str, str]:
    """An event with a status."""
    return name, json.dumps(value)
