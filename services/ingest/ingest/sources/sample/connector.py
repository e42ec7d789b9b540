"""The sample conversation as a source: for trying out what a source does, without an account anywhere."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from dataclasses import asdict
from datetime import datetime

from ingest.posts.submissions import check
from ingest.sources.connector import Batch, Cursor
from ingest.sources.sample.config import SampleConfig
from ingest.sources.sample.conversation import SampleConversation
from ingest.sources.tools import Tools

_PAGE = 50


class SampleConnector:
    """Gives the next posts of the conversation at each run, until all are told."""

    def __init__(self, config: SampleConfig, tools: Tools) -> None:
        self._config = config

    async def collect(self, cursor: Cursor) -> AsyncIterator[Batch]:
        """Batches after the post that `cursor` counts to."""
        told, whole = _count(cursor), bool(cursor.get("whole"))
        last = self._config.posts if whole else min(told + self._config.posts_per_run, self._config.posts)
        values = await asyncio.to_thread(self._posts, told, last)
        for start in range(0, len(values), _PAGE):
            page = values[start : start + _PAGE]
            told += len(page)
            items = tuple(check(position, value) for position, value in enumerate(page, 1))
            yield Batch(items, {"posts": told, "whole": whole})

    def _posts(self, start: int, end: int) -> list[dict[str, object]]:
        posts = SampleConversation(self._config.seed, self._config.posts).posts()
        return [{**asdict(post), "is_repost": post.is_repost} for post in itertools.islice(posts, start, end)]


def rewind(since: datetime, until: datetime) -> Cursor:
    """The cursor that tells the whole conversation in one go; it has no past beyond that."""
    return {"posts": 0, "whole": True}


def _count(cursor: Cursor) -> int:
    value = cursor.get("posts", 0)
    return value if isinstance(value, int) else 0
