"""Reads a feed, and only when it has changed."""

import asyncio
from collections.abc import AsyncGenerator

from pydantic import BaseModel, ConfigDict

from ingest.posts.schemas import NewPost
from ingest.sources.connector import Batch, Cursor, SourceUnavailable
from ingest.sources.feed.config import FeedConfig
from ingest.sources.feed.mapping import UnreadableFeedError, entry_to_post, fingerprint, read_feed
from ingest.sources.http import Answer
from ingest.sources.shapes import Gathering
from ingest.sources.tools import Tools

_MOST_REMEMBERED = 5_000
_ACCEPTED = "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5"


class FeedCursor(BaseModel):
    """What the server said about the document last seen, and fingerprints of the entries that it held."""

    model_config = ConfigDict(extra="ignore")

    etag: str = ""
    last_modified: str = ""
    seen: list[str] = []

    @property
    def conditions(self) -> dict[str, str]:
        """Headers that ask for the document only if it is another one (RFC 9110, 13.1)."""
        headers = {"if-none-match": self.etag, "if-modified-since": self.last_modified}
        return {name: value for name, value in headers.items() if value}


class FeedConnector:
    """A feed as a source: the entries that are new or changed since it was last read."""

    def __init__(self, config: FeedConfig, tools: Tools) -> None:
        self._config = config
        self._tools = tools

    async def collect(self, cursor: Cursor) -> AsyncGenerator[Batch, None]:
        """One batch, or none when the feed has not changed."""
        state = FeedCursor.model_validate(cursor)
        async with self._tools.http() as http:
            answer = await http.get(self._config.url, headers={"accept": _ACCEPTED, **state.conditions})
        if answer.status == 304:
            return
        answer.raise_for_status()
        yield await asyncio.to_thread(self._read, answer, frozenset(state.seen))

    def _read(self, answer: Answer, seen: frozenset[str]) -> Batch:
        """In a thread of its own, because a large feed takes its time."""
        try:
            items = read_feed(answer.body, answer.headers.get("content-type", ""))
        except UnreadableFeedError as error:
            raise SourceUnavailable(f"What {answer.url.host} answers {error}: check the address.") from None
        gathering = Gathering()
        marks = {fingerprint(item): item for item in items}
        gathering.add_all((item for mark, item in marks.items() if mark not in seen), self._post)
        known = FeedCursor(
            etag=answer.headers.get("etag", ""),
            last_modified=answer.headers.get("last-modified", ""),
            seen=list(marks)[:_MOST_REMEMBERED],
        )
        return gathering.batch(known.model_dump())

    def _post(self, item: object) -> NewPost | None:
        post = entry_to_post(item, self._config.url, self._config.platform, self._tools.now())
        since = self._config.since
        return None if since and post.published_at and post.published_at < since else post
