"""Servers of tests: the public APIs of platforms as documented, on 127.0.0.1, within the test."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn

from ingest.sources.backoff import Backoff
from ingest.sources.bundles import Bundling
from ingest.sources.connector import Batch, Connector, Cursor
from ingest.sources.credentials import Credentials
from ingest.sources.files.records import Rejection
from ingest.sources.tools import Tools
from kit.testing import until

Json = dict[str, Any]
SECRET = "a-secret-of-tests"
TOOLS = Tools(
    credentials=Credentials(environment={"SOURCE_ID": "an-id", "SOURCE_SECRET": SECRET}),
    allow_private_hosts=True,
    bundling=Bundling(seconds=0.1, run_seconds=30),
    backoff=Backoff(first_seconds=0.001, most_seconds=0.01, attempts=4),
)


@asynccontextmanager
async def serving(app: Any) -> AsyncIterator[str]:
    """Serves an ASGI application; gives its address."""
    bound = socket.socket()
    bound.bind(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_level="error", lifespan="off", ws="none", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve(sockets=[bound]))
    await until(lambda: server.started)
    try:
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"
    finally:
        server.should_exit = True
        await task
        bound.close()


async def run(connector: Connector, cursor: Cursor | None = None) -> list[Batch]:
    """Every batch of one run."""
    return [batch async for batch in connector.collect(cursor or {})]


async def run_into(given: list[Batch], connector: Connector, cursor: Cursor | None = None) -> None:
    """One run whose batches are kept also when it fails."""
    async for batch in connector.collect(cursor or {}):
        given += [batch]


def ids(batches: list[Batch]) -> list[str]:
    """The external ids of the posts, in order."""
    return [item.post.external_id for batch in batches for item in batch.items if not isinstance(item, Rejection)]


def reasons(batches: list[Batch]) -> list[str]:
    """Why items were rejected."""
    return [item.reason for batch in batches for item in batch.items if isinstance(item, Rejection)]


def gone(batches: list[Batch]) -> list[str]:
    """The external ids, or authors, that are gone."""
    return [each.external_id or each.author for batch in batches for each in batch.deletions]
