"""Hacker News: items by number, what has changed, and Algolia's search by date."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.ingest.sources.servers.serving import Json, serving

START = 1_790_000_000


def story(number: int, **fields: object) -> Json:
    """A story as Firebase gives it, a minute apart by number."""
    said = {"title": f"Train {number}", "by": "ann", "score": 9, "descendants": 4, "url": "https://example.com/x"}
    return {"id": number, "type": "story", "time": START + 60 * number, **said, **fields}


def hit(number: int, **fields: object) -> Json:
    """A comment as Algolia gives it."""
    said = {"author": "bob", "comment_text": "So &amp; so<p>late", "parent_id": 1, "story_id": 1, "points": None}
    return {"objectID": str(number), "created_at_i": START + 60 * number, "_tags": ["comment"], **said, **fields}


@dataclass
class HackerNews:
    """Items by number; one that is None has a number and nothing else yet."""

    items: dict[int, object] = field(default_factory=dict)
    updates: list[int] = field(default_factory=list)
    hits: list[Json] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    searches: list[Json] = field(default_factory=list)
    url: str = ""

    def item(self, request: Request) -> Response:
        """One item, or `null`."""
        self.asked.append(request.path_params["number"])
        return JSONResponse(self.items.get(int(request.path_params["number"])))

    def newest(self, _: Request) -> Response:
        """The highest number."""
        return JSONResponse(max(self.items, default=0))

    def changed(self, _: Request) -> Response:
        """Numbers of items that have changed."""
        return JSONResponse({"items": self.updates, "profiles": []})

    def search(self, request: Request) -> Response:
        """Newest first, at most so many as are asked for, within the filters."""
        query = dict(request.query_params)
        self.searches.append(query)
        found = sorted(self.hits, key=lambda each: float(each["created_at_i"]), reverse=True)
        for condition in query["numericFilters"].split(","):
            name, sign, bound = condition.partition(">=") if ">=" in condition else condition.partition("<=")
            keep = float.__ge__ if sign == ">=" else float.__le__
            found = [each for each in found if keep(float(each[name]), float(bound))]
        return JSONResponse({"hits": found[: int(query["hitsPerPage"])], "nbHits": len(found)})


@asynccontextmanager
async def serve_hackernews(*items: Json) -> AsyncIterator[HackerNews]:
    """Hacker News with these items."""
    server = HackerNews({item["id"]: item for item in items})
    routes = [
        Route("/v0/maxitem.json", server.newest),
        Route("/v0/updates.json", server.changed),
        Route("/v0/item/{number}.json", server.item),
        Route("/api/v1/search_by_date", server.search),
    ]
    async with serving(Starlette(routes=routes)) as url:
        server.url = url
        yield server
