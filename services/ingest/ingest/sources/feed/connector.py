"""Reads a feed, and only when it has changed; a stretch of its past from its archive."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import datetime

from pydantic import BaseModel, ConfigDict

from ingest.posts.schemas import NewPost
from ingest.sources.connector import Batch, Cursor, SourceUnavailable
from ingest.sources.feed.archives import Past, older_document
from ingest.sources.feed.config import FeedConfig
from ingest.sources.feed.mapping import FeedDocument, UnreadableFeedError, entry_to_post, fingerprint, read_feed
from ingest.sources.http import Answer, HttpCaller
from ingest.sources.shapes import Gathering
from ingest.sources.tools import Tools

_MOST_REMEMBERED = 5_000
_ACCEPTED = "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5"


class FeedCursor(BaseModel):
    """What the server said about the document last seen, and fingerprints of the entries that it held.

    With `past`, the way back through the archive.
    """

    model_config = ConfigDict(extra="ignore")

    etag: str = ""
    last_modified: str = ""
    seen: list[str] = []
    past: Past | None = None

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
        """One batch, or none when the feed has not changed; of the past, one for each document."""
        state = FeedCursor.model_validate(cursor)
        async with self._tools.http() as http:
            batches = self._go_back(http, state.past) if state.past else self._poll(http, state)
            async with aclosing(batches):
                async for batch in batches:
                    yield batch

    async def _poll(self, http: HttpCaller, state: FeedCursor) -> AsyncGenerator[Batch, None]:
        answer = await http.get(self._config.url, headers={"accept": _ACCEPTED, **state.conditions})
        if answer.status == 304:
            return
        answer.raise_for_status()
        yield await asyncio.to_thread(self._news, answer, frozenset(state.seen))

    async def _go_back(self, http: HttpCaller, past: Past) -> AsyncGenerator[Batch, None]:
        while not past.is_over:
            answer = await http.get(past.document or self._config.url, headers={"accept": _ACCEPTED})
            answer.raise_for_status()
            batch, past = await asyncio.to_thread(self._stretch, answer, past)
            yield batch

    def _news(self, answer: Answer, seen: frozenset[str]) -> Batch:
        """In a thread of its own, because a large feed takes its time."""
        marks = {fingerprint(item): item for item in _document(answer).entries}
        gathering = Gathering()
        gathering.add_all((item for mark, item in marks.items() if mark not in seen), self._post)
        known = FeedCursor(
            etag=answer.headers.get("etag", ""),
            last_modified=answer.headers.get("last-modified", ""),
            seen=list(marks)[:_MOST_REMEMBERED],
        )
        return gathering.batch(known.model_dump(exclude={"past"}))

    def _stretch(self, answer: Answer, past: Past) -> tuple[Batch, Past]:
        """What a document holds of the past that is wanted, and where to go on."""
        document, gathering, moments = _document(answer), Gathering(), list[datetime]()

        def read(item: object) -> NewPost | None:
            post = self._mapped(item)
            if post.published_at:
                moments.append(post.published_at)
            return post if past.wants(post) else None

        gathering.add_all(document.entries, read)
        further = past.after(older_document(answer, document.older), moments)
        return gathering.batch(FeedCursor(past=further).model_dump(mode="json")), further

    def _post(self, item: object) -> NewPost | None:
        post, since = self._mapped(item), self._config.since
        return None if since and post.published_at and post.published_at < since else post

    def _mapped(self, item: object) -> NewPost:
        return entry_to_post(item, self._config.url, self._config.platform, self._tools.now())


def rewind(since: datetime, until: datetime) -> Cursor:
    """The cursor of a stretch of the past, as far as the feed has an archive."""
    past = Past(since=since.timestamp(), until=until.timestamp())
    return FeedCursor(past=past).model_dump(mode="json")


def _document(answer: Answer) -> FeedDocument:
    try:
        return read_feed(answer.body, answer.headers.get("content-type", ""))
    except UnreadableFeedError as error:
        raise SourceUnavailable(f"What {answer.url.host} answers {error}: check the address.") from None
