"""Reddit: tokens, listings newest first with `after`, and rate limits in its headers."""

from base64 import b64decode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.ingest.sources.servers.serving import SECRET, Json, serving

START = 1_790_000_000


def submission(number: int, **fields: object) -> Json:
    """A submission, a minute apart by number."""
    data = {
        "name": f"t3_{number}",
        "title": f"Train {number}",
        "selftext": "is late",
        "is_self": True,
        "author": "ann",
        "author_fullname": "t2_ann",
        "permalink": f"/r/trains/comments/{number}/",
        "created_utc": float(START + 60 * number),
        "edited": False,
        "score": 12,
        "num_comments": 3,
        "removed_by_category": None,
    }
    return {"kind": "t3", "data": {**data, **fields}}


def comment(number: int, **fields: object) -> Json:
    """A comment."""
    data = {
        "name": f"t1_{number}",
        "body": f"Me too, {number}",
        "author": "bob",
        "author_fullname": "t2_bob",
        "permalink": f"/r/trains/comments/1/_/{number}/",
        "created_utc": float(START + 60 * number),
        "edited": float(START + 60 * number + 30),
        "score": -4,
        "parent_id": "t3_1",
        "link_id": "t3_1",
    }
    return {"kind": "t1", "data": {**data, **fields}}


@dataclass
class Reddit:
    """Listings by their path."""

    listings: dict[str, list[object]] = field(default_factory=dict)
    page: int = 100
    remaining: float = 100.0
    tokens: int = 0
    valid: str = ""
    asked: list[Request] = field(default_factory=list)
    url: str = ""

    async def token(self, request: Request) -> Response:
        """OAuth 2, client credentials."""
        kind, _, pair = request.headers["authorization"].partition(" ")
        form = await request.body()
        if (kind, b64decode(pair).decode(), form) != ("Basic", f"an-id:{SECRET}", b"grant_type=client_credentials"):
            return JSONResponse({"error": 401}, 401)
        self.tokens += 1
        self.valid = f"token-{self.tokens}"
        return JSONResponse({"access_token": self.valid, "token_type": "bearer", "expires_in": 86400, "scope": "*"})

    def listing(self, request: Request) -> Response:
        """A page of a listing."""
        self.asked.append(request)
        if request.headers.get("authorization") != f"Bearer {self.valid}":
            return JSONResponse({"message": "Unauthorized", "error": 401}, 401)
        name = request.url.path.removeprefix("/")
        if name not in self.listings:
            return JSONResponse({"reason": "private", "message": "Forbidden", "error": 403}, 403)
        self.remaining -= 1
        headers = {"X-Ratelimit-Remaining": str(self.remaining), "X-Ratelimit-Reset": "240", "X-Ratelimit-Used": "1"}
        if self.remaining < 0:
            return JSONResponse({"message": "Too Many Requests", "error": 429}, 429, headers=headers)
        things = sorted(self.listings[name], key=_created, reverse=True)
        names = [thing["data"]["name"] if isinstance(thing, dict) and "data" in thing else "" for thing in things]
        after = request.query_params.get("after")
        start = names.index(after) + 1 if after else 0
        chosen = things[start : start + self.page]
        more = names[start + self.page - 1] if start + self.page < len(things) else None
        return JSONResponse(
            {"kind": "Listing", "data": {"after": more, "before": None, "children": chosen}}, headers=headers
        )


def _created(thing: object) -> float:
    return float(thing["data"]["created_utc"]) if isinstance(thing, dict) and "data" in thing else 0.0


@asynccontextmanager
async def serve_reddit(**listings: list[object]) -> AsyncIterator[Reddit]:
    """Reddit with these listings of r/trains."""
    server = Reddit({f"r/trains/{name}": things for name, things in listings.items()})
    routes = [
        Route("/api/v1/access_token", server.token, methods=["POST"]),
        Route("/r/{subreddit}/{kind}", server.listing),
    ]
    async with serving(Starlette(routes=routes)) as url:
        server.url = url
        yield server
