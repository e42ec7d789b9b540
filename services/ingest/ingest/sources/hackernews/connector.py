"""Collects Hacker News: every item by its number, or the hits of searches."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from ingest.sources.connector import Batch, Cursor
from ingest.sources.hackernews.config import HackerNewsConfig
from ingest.sources.hackernews.items import Items, ItemsCursor
from ingest.sources.hackernews.searches import Searches
from ingest.sources.tools import Tools
from ingest.sources.walks import Walks, visit_all


class HackerNewsConnector:
    """Hacker News as a source."""

    def __init__(self, config: HackerNewsConfig, tools: Tools) -> None:
        self._config = config
        self._tools = tools

    async def collect(self, cursor: Cursor) -> AsyncGenerator[Batch, None]:
        """Batches of items in the order of their numbers, or of hits from the newest back."""
        async with self._tools.http() as http:
            if self._config.queries:
                batches = self._search(Searches(http, self._config), Walks.model_validate(cursor))
            else:
                batches = Items(http, self._config).collect(ItemsCursor.model_validate(cursor))
            async with aclosing(batches):
                async for batch in batches:
                    yield batch

    def _search(self, searches: Searches, walks: Walks) -> AsyncGenerator[Batch, None]:
        since = self._config.since.timestamp() if self._config.since else 0.0
        return visit_all(
            self._config.queries, lambda query: walks.go(query, lambda walk: searches.read(query, walk), since=since)
        )
