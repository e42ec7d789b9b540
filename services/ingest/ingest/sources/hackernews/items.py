"""Items of the Firebase API, by their numbers."""

import asyncio
from collections.abc import AsyncGenerator, Iterable

from pydantic import BaseModel, ConfigDict

from ingest.sources.connector import Batch, SourceUnavailable
from ingest.sources.hackernews.config import HackerNewsConfig
from ingest.sources.hackernews.mapping import is_comment, read_item
from ingest.sources.http import HttpCaller
from ingest.sources.shapes import Gathering

_CHUNK = 100
_AT_ONCE = 10
_MOST_AWAITED = 1_000
_ATTEMPTS = 5


class ItemsCursor(BaseModel):
    """The highest number that was asked for, and numbers that had no item yet, with how often they were asked for."""

    model_config = ConfigDict(extra="ignore")

    item: int = 0
    awaited: dict[int, int] = {}


class Items:
    """Reads every item between the cursor and the newest, and those that have changed of late."""

    def __init__(self, http: HttpCaller, config: HackerNewsConfig) -> None:
        self._http = http
        self._config = config

    async def collect(self, cursor: ItemsCursor) -> AsyncGenerator[Batch, None]:
        """Batches in the order of numbers; what has changed and what was missing before come first."""
        newest = await self._newest()
        known = cursor.item or max(0, newest - self._config.first_items)
        cursor = ItemsCursor(item=known, awaited=cursor.awaited)
        again = {*cursor.awaited, *(number for number in await self._changed() if number <= known)}
        for numbers in _chunks(sorted(again)):
            yield await self._batch(numbers, cursor)
        for numbers in _chunks(range(known + 1, newest + 1)):
            yield await self._batch(numbers, cursor)

    async def _batch(self, numbers: list[int], cursor: ItemsCursor) -> Batch:
        items = await self._fetch(numbers)
        gathering = Gathering()
        for number, item in zip(numbers, items, strict=True):
            if item is not None:
                cursor.awaited.pop(number, None)
                if self._config.comments if is_comment(item) else self._config.stories:
                    gathering.add(item, read_item)
            else:
                _await(cursor, number)
        cursor.item = max(cursor.item, *numbers)
        return gathering.batch(cursor.model_dump(mode="json"))

    async def _fetch(self, numbers: list[int]) -> list[object]:
        """The items of these numbers, in order; None where there is none yet."""
        gate = asyncio.Semaphore(_AT_ONCE)

        async def fetch(number: int) -> object:
            async with gate:
                return await self._ask(f"item/{number}.json")

        tasks = [asyncio.ensure_future(fetch(number)) for number in numbers]
        try:
            return await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()

    async def _newest(self) -> int:
        newest = await self._ask("maxitem.json")
        if not isinstance(newest, int) or isinstance(newest, bool):
            raise SourceUnavailable("Hacker News does not say which item is the newest.")
        return newest

    async def _changed(self) -> list[int]:
        """Numbers of items that were edited, voted on, deleted or killed of late."""
        changes = await self._ask("updates.json")
        numbers = changes.get("items") if isinstance(changes, dict) else None
        return [number for number in numbers if isinstance(number, int)] if isinstance(numbers, list) else []

    async def _ask(self, path: str) -> object:
        answer = await self._http.get(f"{self._config.base_url.rstrip('/')}/{path}")
        answer.raise_for_status()
        return answer.json()


def _await(cursor: ItemsCursor, number: int) -> None:
    """A new number may be given before its item; some never get one."""
    asked = cursor.awaited.get(number, 0) + 1
    if asked < _ATTEMPTS and len(cursor.awaited) < _MOST_AWAITED:
        cursor.awaited[number] = asked
    else:
        cursor.awaited.pop(number, None)


def _chunks(numbers: Iterable[int]) -> list[list[int]]:
    ordered = list(numbers)
    return [ordered[start : start + _CHUNK] for start in range(0, len(ordered), _CHUNK)]
