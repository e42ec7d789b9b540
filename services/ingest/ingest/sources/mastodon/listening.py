"""Mastodon's stream of events: what came since the cursor first, then everything as it happens."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Literal

import httpx2

from ingest.sources.backoff import Backoff, Patience
from ingest.sources.connector import SourceUnavailable
from ingest.sources.http import HttpCaller
from ingest.sources.mastodon.config import MastodonConfig
from ingest.sources.mastodon.timelines import earlier, ids_of, newest_id, pages
from ingest.sources.shapes import read_json


@dataclass(frozen=True, slots=True)
class Heard:
    """A status that is new or edited, the id of one that is gone, or something that cannot be read."""

    kind: Literal["status", "delete", "noise"]
    item: object = None
    raw: bytes = b""

    @property
    def newest(self) -> str:
        """The id that the cursor may move to."""
        return newest_id(ids_of([self.item])) if self.kind == "status" else ""


class Listener:
    """Listens to one stream, opens it again when it breaks off, and fills the gap from the timeline."""

    def __init__(self, http: HttpCaller, config: MastodonConfig, headers: dict[str, str], backoff: Backoff) -> None:
        self._http = http
        self._config = config
        self._headers = headers
        self._patience = Patience(backoff)
        self._hashtag = config.hashtags[0] if config.hashtags else ""

    async def listen(self, newest: str) -> AsyncGenerator[Heard, None]:
        """Everything after `newest`, at least once, without an end."""
        while True:
            problem = "the server closes it"
            try:
                async with aclosing(self._listen_once(newest)) as events:
                    async for heard in events:
                        newest = newest_id([newest, heard.newest])
                        yield heard
            except httpx2.HTTPError as error:
                problem = type(error).__name__
            except SourceUnavailable as error:
                if error.retry_after_seconds is not None:
                    raise
                problem = str(error)
            await self._patience.wait(f"The stream of {self._config.base_url} breaks off again and again: {problem}.")

    async def _listen_once(self, newest: str) -> AsyncGenerator[Heard, None]:
        """Opens the stream before it asks for what it missed, so that nothing falls between the two."""
        async with self._http.stream(self._url, params=self._params, headers=self._headers) as response:
            after = earlier(newest, self._config.overlap_minutes)
            missed = pages(self._http, self._config, self._headers, hashtag=self._hashtag, after=after)
            async with aclosing(missed):
                async for statuses, _ in missed:
                    for status in reversed(statuses):
                        yield Heard("status", status)
            async for event in httpx2.EventSource(response):
                self._patience.renew()
                if heard := _heard(event):
                    yield heard

    @property
    def _url(self) -> str:
        timeline = "hashtag" if self._hashtag else "public"
        local = "/local" if self._config.only_local else ""
        return f"{self._config.base_url.rstrip('/')}/api/v1/streaming/{timeline}{local}"

    @property
    def _params(self) -> dict[str, str]:
        return {"tag": self._hashtag} if self._hashtag else {}


def _heard(event: httpx2.ServerSentEvent) -> Heard | None:
    if event.event == "delete":
        return Heard("delete", event.data.strip())
    if event.event not in ("update", "status.update"):
        return None
    try:
        return Heard("status", read_json(event.data), event.data.encode("utf-8", "replace"))
    except ValueError:
        return Heard("noise")
