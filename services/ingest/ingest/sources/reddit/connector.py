"""Collects submissions and comments of subreddits."""

from base64 import b64encode
from collections.abc import AsyncGenerator
from contextlib import aclosing

from pydantic import ValidationError

from ingest.sources.connector import Batch, Cursor, SourceRefused, SourceUnavailable
from ingest.sources.http import Answer, HttpCaller
from ingest.sources.reddit.config import RedditConfig
from ingest.sources.reddit.mapping import created_at, read_thing
from ingest.sources.shapes import Maybe, Shape
from ingest.sources.tools import Tools
from ingest.sources.walks import Page, Walk, Walks

_PAGE = 100


class _Token(Shape):
    access_token: str


class _ListingData(Shape):
    children: list[object]
    after: Maybe[str] = None


class _Listing(Shape):
    data: _ListingData


class RedditConnector:
    """Listings of subreddits, newest first, each walked down to where the walk before began."""

    def __init__(self, config: RedditConfig, tools: Tools) -> None:
        self._config = config
        self._tools = tools

    async def collect(self, cursor: Cursor) -> AsyncGenerator[Batch, None]:
        """A batch for every page; a subreddit that is closed to us does not keep the others away."""
        walks = Walks.model_validate(cursor)
        kinds = [kind for kind, on in (("new", self._config.submissions), ("comments", self._config.comments)) if on]
        listings = [f"r/{name}/{kind}" for name in self._config.subreddits for kind in kinds]
        async with self._tools.http() as http:
            batches = walks.collect(
                listings,
                _Reader(http, self._config, self._tools).read,
                since=self._config.since,
                overlap_seconds=self._config.recheck_minutes * 60,
            )
            async with aclosing(batches):
                async for batch in batches:
                    yield batch


class _Reader:
    """Reads pages with a token that it asks for when it has none or the old one has run out."""

    def __init__(self, http: HttpCaller, config: RedditConfig, tools: Tools) -> None:
        self._http = http
        self._config = config
        self._tools = tools
        self._token = ""

    async def read(self, listing: str, walk: Walk) -> Page:
        """One page of a listing."""
        answer = await self._ask(listing, walk)
        if answer.status == 401:
            self._token = ""
            answer = await self._ask(listing, walk)
        if answer.status in (403, 404):
            raise SourceRefused(f"Reddit answers {answer.status} for {listing}: it is private, banned or misspelt.")
        answer.raise_for_status()
        return _page(answer, walk)

    async def _ask(self, listing: str, walk: Walk) -> Answer:
        self._token = self._token or await self._authorise()
        params = {"limit": str(_PAGE), "raw_json": "1", **({"after": walk.page} if walk.page else {})}
        return await self._http.get(
            f"{self._config.base_url.rstrip('/')}/{listing}",
            params=params,
            headers={"authorization": f"Bearer {self._token}", "user-agent": self._config.user_agent},
        )

    async def _authorise(self) -> str:
        """A token of the application itself (RFC 6749, 4.4)."""
        resolve = self._tools.credentials.resolve
        pair = f"{resolve(self._config.client_id)}:{resolve(self._config.client_secret)}"
        answer = await self._http.post(
            self._config.token_url,
            form={"grant_type": "client_credentials"},
            headers={
                "authorization": f"Basic {b64encode(pair.encode()).decode()}",
                "user-agent": self._config.user_agent,
            },
        )
        answer.raise_for_status()
        try:
            return _Token.model_validate(answer.json()).access_token
        except ValidationError:
            raise SourceRefused("Reddit gives no token: check client_id and client_secret.") from None


def _page(answer: Answer, walk: Walk) -> Page:
    try:
        listing = _Listing.model_validate(answer.json()).data
    except ValidationError:
        raise SourceUnavailable(f"{answer.url.host} answered with something that is no listing.") from None
    page = Page(walk.page, listing.after or "")
    page.gathering.add_all(listing.children, read_thing)
    page.moments = [moment for item in listing.children if (moment := created_at(item)) is not None]
    return page
