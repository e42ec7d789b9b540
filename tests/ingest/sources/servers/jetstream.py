"""A Jetstream: replays its archive from a cursor, goes over to what happens, and breaks off when it is told to."""

import asyncio
import itertools
import json
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from tests.ingest.sources.servers.serving import Json

START_US = 1_790_000_000_000_000
SECOND = 1_000_000


def commit(
    number: int, text: str | None = None, *, operation: str = "create", rkey: str = "", **record: object
) -> Json:
    """What an account did with a post; a second apart by number."""
    done: Json = {
        "rev": f"3rev{number}",
        "operation": operation,
        "collection": "app.bsky.feed.post",
        "rkey": rkey or f"key{number}",
    }
    if operation != "delete":
        said = f"Why is train {number} late?" if text is None else text
        created = {
            "$type": "app.bsky.feed.post",
            "createdAt": "2026-09-20T09:00:00.000Z",
            "langs": ["en"],
            "text": said,
        }
        done |= {"record": created | record, "cid": "bafyrei"}
    return {
        "did": f"did:plc:author{number % 7}",
        "time_us": START_US + number * SECOND,
        "kind": "commit",
        "commit": done,
    }


def account(number: int, did: str, status: str) -> Json:
    """An account that is not active any more."""
    state = {"active": False, "did": did, "seq": number, "status": status, "time": "2026-09-20T09:00:00.000Z"}
    return {"did": did, "time_us": START_US + number * SECOND, "kind": "account", "account": state}


def uri(number: int) -> str:
    """The address of the post of that number."""
    return f"at://did:plc:author{number % 7}/app.bsky.feed.post/key{number}"


@dataclass
class Jetstream:
    """The server, its archive, and how often it still breaks off after a random number of messages."""

    archive: list[Json | str] = field(default_factory=list)
    breaks_left: int = 0
    chance: random.Random = field(default_factory=lambda: random.Random(7))
    requests: list[dict[str, list[str]]] = field(default_factory=list)
    url: str = ""
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def publish(self, *events: Json | str) -> None:
        """Adds events to the archive and wakes those who listen."""
        async with self._news:
            self.archive.extend(events)
            self._news.notify_all()

    async def handle(self, connection: ServerConnection) -> None:
        """Serves one listener."""
        assert connection.request is not None
        query = parse_qs(urlsplit(connection.request.path).query)
        self.requests.append(query)
        cursor = int(query["cursor"][0])
        breaks_after = self.chance.randint(1, 60) if self.breaks_left else None
        streaming = asyncio.ensure_future(self._stream(connection, cursor, breaks_after))
        leaving = asyncio.ensure_future(connection.wait_closed())
        await asyncio.wait({streaming, leaving}, return_when=asyncio.FIRST_COMPLETED)
        streaming.cancel()
        leaving.cancel()
        for ended in await asyncio.gather(streaming, leaving, return_exceptions=True):
            assert ended is None or isinstance(ended, asyncio.CancelledError | ConnectionClosed), ended

    async def _stream(self, connection: ServerConnection, cursor: int, breaks_after: int | None) -> None:
        sent = 0
        for position in itertools.count():
            event = await self._event(position)
            if isinstance(event, dict) and event["time_us"] < cursor:
                continue
            await connection.send(event if isinstance(event, str) else json.dumps(event))
            sent += 1
            if sent == breaks_after:
                self.breaks_left -= 1
                connection.transport.abort()
                return

    async def _event(self, position: int) -> Json | str:
        """The event at a place of the archive, once it has happened."""
        async with self._news:
            await self._news.wait_for(lambda: len(self.archive) > position)
        return self.archive[position]


@asynccontextmanager
async def serve_jetstream(*events: Json | str, breaks: int = 0) -> AsyncIterator[Jetstream]:
    """A Jetstream with these events in its archive."""
    stream = Jetstream(list(events), breaks)
    async with serve(stream.handle, "127.0.0.1", 0, close_timeout=1) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        stream.url = f"ws://127.0.0.1:{port}/subscribe"
        yield stream
