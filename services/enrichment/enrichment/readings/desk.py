"""The threads that models run in, so that the event loop never waits for them."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypeVar

from threadpoolctl import threadpool_limits

from enrichment.readings.reading import ReaderVersion, Reading
from enrichment.readings.turns import Turns, Urgency
from enrichment.settings import EnrichmentSettings
from enrichment.vectors.sizing import VectorSpace

if TYPE_CHECKING:
    from enrichment.readings.reader import Reader

Found = TypeVar("Found")

# What is read without a break, which is what somebody more urgent waits for: so many texts, or so many characters
# and the text that goes beyond them.
_TEXTS_AT_ONCE = 128
_CHARACTERS_AT_ONCE = 64 * 1024
# As long as ingest lets a post be: whatever else sends more keeps nobody waiting for minutes.
_LONGEST_TEXT = 20_000
_SWITCH_SECONDS = 0.0005


class ReadingDesk:
    """Takes texts from any number of callers and has them read, some at a time, the most urgent first.

    `readers` threads read at once, each for another caller. One thread a text is faster than several for one:
    nobody waits for a slower neighbour, and what is no matrix product runs beside the others' products.
    """

    def __init__(self, reader: Reader, threads: ThreadPoolExecutor, readers: int) -> None:
        self.readers = readers
        self._reader = reader
        self._threads = threads
        self._turns = Turns(readers)

    @property
    def model(self) -> str:
        """Name and version of the encoder."""
        return self._reader.model

    @property
    def space(self) -> VectorSpace:
        """What the vectors compare with."""
        return VectorSpace(self._reader.model, self._reader.encoder.dimensions)

    @property
    def version(self) -> ReaderVersion:
        """What reads here."""
        return self._reader.version

    async def read(self, texts: Sequence[str], urgency: Urgency = Urgency.ASKED) -> list[Reading]:
        """One reading per text, in order; of a text beyond 20,000 characters only those are read."""
        return await self._in_turn(self._reader.read, [text[:_LONGEST_TEXT] for text in texts], urgency)

    async def embed(self, texts: Sequence[str]) -> list[bytes]:
        """The unit vector of each text in float16, little endian."""
        return await self._in_turn(self._reader.embed, texts, Urgency.ASKED)

    async def _in_turn(
        self, work: Callable[[Sequence[str]], list[Found]], texts: Sequence[str], urgency: Urgency
    ) -> list[Found]:
        loop = asyncio.get_running_loop()
        found: list[Found] = []
        for piece in _pieces(texts):
            async with self._turns.taken(urgency):
                found += await loop.run_in_executor(self._threads, work, piece)
        return found


def _pieces(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    first = characters = 0
    for last, text in enumerate(texts, 1):
        characters += len(text)
        if last - first >= _TEXTS_AT_ONCE or characters > _CHARACTERS_AT_ONCE:
            yield texts[first:last]
            first, characters = last, 0
    if first < len(texts):
        yield texts[first:]


@asynccontextmanager
async def open_desk(settings: EnrichmentSettings) -> AsyncIterator[ReadingDesk]:
    """Loads the models and opens the threads that run them; raises when a model is not what it should be."""
    reader, readers = await asyncio.to_thread(_load, settings)
    with ThreadPoolExecutor(readers, "reader", _use_one_core) as threads:
        yield ReadingDesk(reader, threads, readers)


def _load(settings: EnrichmentSettings) -> tuple[Reader, int]:
    # Imported here, because torch takes seconds to load and `openapi` or `migrate` need no model.
    import torch

    from enrichment.readings.loading import load

    readers = settings.threads or torch.get_num_threads()
    # A reader asks for the interpreter after each matrix product; at 5 ms, the default, it waits longer than it works.
    sys.setswitchinterval(_SWITCH_SECONDS)
    _use_one_core()
    return load(settings), readers


def _use_one_core() -> None:
    """Keeps the libraries from sharing the work of this thread out: torch by thread, BLAS for the process."""
    import torch

    torch.set_num_threads(1)
    threadpool_limits(1, "blas")
