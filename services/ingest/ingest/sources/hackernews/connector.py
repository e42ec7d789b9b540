"""Collects Hacker News: every item by its number, or the hits of searches."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from ingest.sources.connector import Batch, Cursor
from ingest.sources.hackernews.config import HackerNewsConfig
from ingest.sources.hackernews.items import Items, ItemsCursor
from ingest.sources.hackernews.searches import Searches
from ingest.sources.tools import Tools
from ingest.sources.walks import Walks


class HackerNewsConnector:
    """Hacker News as a source."""

    def __init__(self, config: HackerNewsConfig, tools: Tools) -> None:
        self._config = config
        self._tools = tools

    async def collect(self, cursor: Cursor) -> AsyncGenerator[Batch, None]:
        """Batches of items in the order of their numbers, or of hits from the newest back."""
        async with self._tools.http() as http:
            if self._config.queries:
                walks = Walks.model_validate(cursor)
                read = Searches(http, self._config).read
                batches = walks.collect(self._config.queries, read, since=self._config.since)
            else:
                batches = Items(http, self._config).collect(ItemsCursor.model_validate(cursor))
            async with aclosing(batches):
                async for batch in batches:
                    yield batch
