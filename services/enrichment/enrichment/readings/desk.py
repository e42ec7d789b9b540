"""The one thread that models run in, so that the event loop never waits for them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypeVar

from enrichment.readings.reading import Reading
from enrichment.settings import EnrichmentSettings

if TYPE_CHECKING:
    from enrichment.readings.reader import Reader

Found = TypeVar("Found")

# Texts that are read without a break: an interactive request waits for so many of a batch, no more.
_TEXTS_AT_ONCE = 128


class ReadingDesk:
    """Takes texts from any number of callers and has them read, some at a time, in turn."""

    def __init__(self, reader: Reader, thread: ThreadPoolExecutor) -> None:
        self._reader = reader
        self._thread = thread

    @property
    def model(self) -> str:
        """Name and version of the encoder."""
        return self._reader.model

    async def read(self, texts: Sequence[str]) -> list[Reading]:
        """One reading per text, in order."""
        return await self._in_turn(self._reader.read, texts)

    async def embed(self, texts: Sequence[str]) -> list[bytes]:
        """The unit vector of each text in float16, little endian."""
        return await self._in_turn(self._reader.embed, texts)

    async def _in_turn(self, work: Callable[[Sequence[str]], list[Found]], texts: Sequence[str]) -> list[Found]:
        loop = asyncio.get_running_loop()
        found: list[Found] = []
        for first in range(0, len(texts), _TEXTS_AT_ONCE):
            found += await loop.run_in_executor(self._thread, work, texts[first : first + _TEXTS_AT_ONCE])
        return found


@asynccontextmanager
async def open_desk(settings: EnrichmentSettings) -> AsyncIterator[ReadingDesk]:
    """Loads the models in the thread that will run them; raises when one is not what it should be."""
    with ThreadPoolExecutor(1, thread_name_prefix="reader") as thread:
        yield ReadingDesk(await asyncio.get_running_loop().run_in_executor(thread, _load, settings), thread)


def _load(settings: EnrichmentSettings) -> Reader:
    # Imported here, because torch takes seconds to load and `openapi` or `migrate` need no model.
    from enrichment.readings.loading import load

    return load(settings)
