"""Listens to Bluesky's Jetstream and goes on from its cursor, at least once."""

import itertools
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode, urlsplit

from pydantic import BaseModel, ConfigDict, ValidationError
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus, WebSocketException

from ingest.posts.submissions import explain
from ingest.sources.backoff import Patience
from ingest.sources.bluesky.config import BlueskyConfig
from ingest.sources.bluesky.events import Event, Seam, position_after
from ingest.sources.bluesky.identities import POSTS
from ingest.sources.bluesky.mapping import read_event
from ingest.sources.bundles import bundled
from ingest.sources.connector import Batch, Cursor, SourceUnavailable
from ingest.sources.http import explained
from ingest.sources.shapes import Gathering, read_json
from ingest.sources.tools import Tools
from kit.addresses import resolve

_MICROSECONDS = 1_000_000
_LARGEST_MESSAGE = 2 * 1024 * 1024
_CLOSE_SECONDS = 0.2  # A server in full flow answers late, and nothing that it still sends is wanted.


class BlueskyCursor(BaseModel):
    """Jetstream's time of the last event, and of the last that is wanted (0: no end), in microseconds since 1970."""

    model_config = ConfigDict(extra="ignore")

    time_us: int = 0
    until_us: int = 0


@dataclass(frozen=True, slots=True)
class Message:
    """What came, and the event that it holds, or what is wrong with it."""

    raw: bytes
    event: Event | None
    problem: str = ""


class BlueskyConnector:
    """The stream of posts, edits and deletions of Bluesky."""

    def __init__(self, config: BlueskyConfig, tools: Tools) -> None:
        self._config = config
        self._tools = tools

    async def collect(self, cursor: Cursor) -> AsyncGenerator[Batch, None]:
        """Everything after the cursor, at least once and by and large in order, until somebody ends the run."""
        state = BlueskyCursor.model_validate(cursor)
        position = state.time_us or _micros(self._config.since or self._tools.now())
        async with (
            aclosing(self._messages(position)) as messages,
            aclosing(bundled(messages, self._tools.bundling)) as bundles,
        ):
            async for bundle in bundles:
                gathering = Gathering()
                for message in bundle:
                    position = self._position_after(position, message)
                    _gather(message, gathering)
                yield gathering.batch(BlueskyCursor(time_us=position, until_us=state.until_us).model_dump())
                if 0 < state.until_us <= position:
                    return

    async def _messages(self, position: int) -> AsyncGenerator[Message, None]:
        """The messages of one stream after another, each event once."""
        patience, seam = Patience(self._tools.backoff), Seam(self._config.rewind_seconds)
        for endpoint in itertools.cycle(self._config.endpoints):
            problem = "the server closes it"
            try:
                async with aclosing(self._stream(endpoint, position)) as texts:
                    async for text in texts:
                        patience.renew()
                        message = _read(text)
                        position = self._position_after(position, message)
                        if message.event is None or seam.admits(message.event):
                            yield message
            except InvalidStatus as error:
                problem = f"it answers {error.response.status_code}"
            except (WebSocketException, SourceUnavailable) as error:
                problem = str(error) if isinstance(error, SourceUnavailable) else type(error).__name__
            await patience.wait(f"The stream of {urlsplit(endpoint).hostname} breaks off again and again: {problem}.")

    async def _stream(self, endpoint: str, position: int) -> AsyncGenerator[str | bytes, None]:
        """The messages of one connection, which begins some seconds before the position."""
        start = max(0, position - int(self._config.rewind_seconds * _MICROSECONDS))
        query = [("wantedCollections", POSTS), *(("wantedDids", did) for did in self._config.dids)]
        url = f"{endpoint}?{urlencode([*query, ('cursor', str(start))])}"
        async with await self._connect(url) as socket:
            async for text in socket:
                yield text

    async def _connect(self, url: str) -> ClientConnection:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "wss" else 80)
        with explained(host, self._tools.limits):
            address = await resolve(host, port, allow_private=self._tools.allow_private_hosts)
            return await connect(
                url,
                host=str(address),
                port=port,
                proxy=None,
                max_size=_LARGEST_MESSAGE,
                open_timeout=self._tools.limits.deadline_seconds,
                close_timeout=_CLOSE_SECONDS,
            )

    def _position_after(self, position: int, message: Message) -> int:
        return position_after(position, message.event, self._tools.now()) if message.event else position


def rewind(since: datetime, until: datetime) -> Cursor:
    """The cursor of a stretch of the past, as far as the server keeps it."""
    return BlueskyCursor(time_us=_micros(since), until_us=_micros(until)).model_dump()


def _read(text: str | bytes) -> Message:
    raw = text if isinstance(text, bytes) else text.encode("utf-8", "replace")
    try:
        return Message(raw, Event.model_validate(read_json(raw)))
    except ValidationError as error:
        return Message(raw, None, explain(error))
    except ValueError:
        return Message(raw, None, "The message of the stream is no JSON.")


def _gather(message: Message, gathering: Gathering) -> None:
    event = message.event
    if event is None:
        gathering.reject(message.problem)
    else:
        gathering.add(None, lambda _: read_event(event), message.raw)


def _micros(moment: datetime) -> int:
    return int(moment.timestamp() * _MICROSECONDS)
