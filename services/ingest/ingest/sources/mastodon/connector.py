"""Collects the public posts of a Mastodon server."""

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from datetime import datetime

from pydantic import BaseModel, ConfigDict

from ingest.posts.submissions import Deletion
from ingest.sources.bundles import bundled
from ingest.sources.connector import Batch, Cursor
from ingest.sources.http import HttpCaller
from ingest.sources.mastodon.config import MastodonConfig
from ingest.sources.mastodon.listening import Heard, Listener
from ingest.sources.mastodon.mapping import deletion, status_reader
from ingest.sources.mastodon.timelines import earlier, id_at, newest_id, pages
from ingest.sources.shapes import Found, Gathering
from ingest.sources.tools import Tools


class MastodonCursor(BaseModel):
    """The newest id that is known of each timeline; the public one has no name.

    A stretch of the past begins at the id `begin` and ends at `until`.
    """

    model_config = ConfigDict(extra="ignore")

    newest: dict[str, str] = {}
    begin: str = ""
    until: str = ""


class MastodonConnector:
    """Timelines of one server."""

    def __init__(self, config: MastodonConfig, tools: Tools) -> None:
        self._config = config
        self._tools = tools

    async def collect(self, cursor: Cursor) -> AsyncGenerator[Batch, None]:
        """Pages of the timelines from old to new; in mode `stream` then what happens."""
        state = MastodonCursor.model_validate(cursor)
        collect = self._listen if self._config.mode == "stream" and not state.until else self._poll
        async with self._tools.http() as http, aclosing(collect(http, state)) as batches:
            async for batch in batches:
                yield batch

    async def _poll(self, http: HttpCaller, state: MastodonCursor) -> AsyncGenerator[Batch, None]:
        for hashtag in self._config.hashtags or ("",):
            known = self._known(state, hashtag)
            after = earlier(known, self._config.overlap_minutes)
            async for statuses, newest in pages(http, self._config, self._headers(), hashtag=hashtag, after=after):
                gathering = Gathering()
                gathering.add_all(reversed(statuses), self._reader())
                state.newest[hashtag] = newest_id([state.newest.get(hashtag, ""), newest])
                yield gathering.batch(state.model_dump())
                if state.until and newest_id([state.until, newest]) == newest:
                    break

    async def _listen(self, http: HttpCaller, state: MastodonCursor) -> AsyncGenerator[Batch, None]:
        hashtag = self._config.hashtags[0] if self._config.hashtags else ""
        listener = Listener(http, self._config, self._headers(), self._tools.backoff)
        async with (
            aclosing(listener.listen(self._known(state, hashtag))) as heard,
            aclosing(bundled(heard, self._tools.bundling)) as bundles,
        ):
            async for bundle in bundles:
                state.newest[hashtag] = newest_id([state.newest.get(hashtag, ""), *(each.newest for each in bundle)])
                yield self._gather(bundle).batch(state.model_dump())

    def _gather(self, bundle: list[Heard]) -> Gathering:
        gathering = Gathering()
        for heard in bundle:
            if heard.kind == "status":
                gathering.add(heard.item, self._reader(), heard.raw)
            elif heard.kind == "delete":
                gathering.add(heard.item, self._deletion)
            else:
                gathering.reject("The event of the stream is no JSON.")
        return gathering

    def _deletion(self, item: object) -> Deletion | None:
        return deletion(self._config.base_url, str(item)) if item else None

    def _known(self, state: MastodonCursor, hashtag: str) -> str:
        since = id_at(self._config.since) if self._config.since else ""
        return state.newest.get(hashtag) or state.begin or since

    def _reader(self) -> Callable[[object], Found]:
        return status_reader(self._config.base_url, self._tools.now())

    def _headers(self) -> dict[str, str]:
        reference = self._config.access_token
        return {"authorization": f"Bearer {self._tools.credentials.resolve(reference)}"} if reference else {}


def rewind(since: datetime, until: datetime) -> Cursor:
    """The cursor of a stretch of the past, which is asked for and never listened to."""
    return MastodonCursor(begin=id_at(since), until=id_at(until)).model_dump()
