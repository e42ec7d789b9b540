"""Hits of Algolia's search, newest first and at most a thousand at once."""

import math
from datetime import datetime

from pydantic import ValidationError

from ingest.sources.connector import Cursor, SourceUnavailable
from ingest.sources.hackernews.config import HackerNewsConfig
from ingest.sources.hackernews.mapping import read_hit
from ingest.sources.http import HttpCaller
from ingest.sources.shapes import Shape
from ingest.sources.walks import Page, Walk, Walks

_PAGE = 1_000


class _Hits(Shape):
    hits: list[object]


class Searches:
    """Goes back in time by asking for what is older than the oldest hit, because pages end after a thousand hits."""

    def __init__(self, http: HttpCaller, config: HackerNewsConfig) -> None:
        self._http = http
        self._config = config

    async def read(self, query: str, walk: Walk) -> Page:
        """The newest thousand hits before where the walk is."""
        filters = [f"created_at_i>={int(walk.reached)}", *([f"created_at_i<={walk.page}"] if walk.page else [])]
        answer = await self._http.get(
            f"{self._config.search_url.rstrip('/')}/search_by_date",
            params={
                "query": query,
                "tags": self._tags(),
                "numericFilters": ",".join(filters),
                "hitsPerPage": str(_PAGE),
            },
        )
        answer.raise_for_status()
        try:
            hits = _Hits.model_validate(answer.json()).hits
        except ValidationError:
            raise SourceUnavailable(f"{answer.url.host} answered with something that holds no hits.") from None
        page = Page(walk.page, moments=[moment for hit in hits if (moment := _moment(hit)) is not None])
        page.gathering.add_all(hits, read_hit)
        page.next_page = _older(page.moments, walk.page) if len(hits) == _PAGE else ""
        return page

    def _tags(self) -> str:
        kinds = (("story", self._config.stories), ("poll", self._config.stories), ("comment", self._config.comments))
        return f"({','.join(kind for kind, on in kinds if on)})"


def rewind(since: datetime, until: datetime) -> Cursor:
    """The cursor of searches that go back from one moment, which is left out, to another."""
    return Walks(back_to=since.timestamp(), first_page=str(math.ceil(until.timestamp()) - 1)).cursor()


def _moment(hit: object) -> float | None:
    created = hit.get("created_at_i") if isinstance(hit, dict) else None
    return float(created) if isinstance(created, int | float) and 0 <= created < 2**33 else None


def _older(moments: list[float], page: str) -> str:
    """The second at which the next page begins: the oldest again, because it may hold more hits than were shown."""
    if not moments:
        return ""
    oldest = str(int(min(moments)))
    return oldest if oldest != page else str(int(min(moments)) - 1)
