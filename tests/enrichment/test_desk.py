"""The desk has texts read in threads of their own, in turn."""

import asyncio
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest

from enrichment.readings.desk import ReadingDesk


@dataclass
class SlowReader:
    """Stands in for the models: it notes what it is given, and reads only when it is told to go on."""

    may_go_on: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    log: list[str] = field(default_factory=list)
    threads: set[int] = field(default_factory=set)

    def read(self, texts: Sequence[str]) -> list[Any]:
        return self._work("read", texts)

    def embed(self, texts: Sequence[str]) -> list[Any]:
        return self._work("embed", texts)

    def _work(self, kind: str, texts: Sequence[str]) -> list[Any]:
        assert self.may_go_on.acquire(timeout=10)
        self.log.append(kind)
        self.threads.add(threading.get_ident())
        return [text.upper() for text in texts]


@pytest.fixture
def reader() -> SlowReader:
    return SlowReader()


async def test_every_text_is_read_once_and_in_order(reader: SlowReader) -> None:
    texts = [f"post {number}" for number in range(1000)]
    reader.may_go_on.release(100)

    with ThreadPoolExecutor(1) as thread:
        found = await ReadingDesk(reader, thread, 1).read(texts)

    assert found == [text.upper() for text in texts]
    assert reader.threads.isdisjoint({threading.get_ident()})


async def test_a_short_request_does_not_wait_for_the_end_of_a_long_one(reader: SlowReader) -> None:
    with ThreadPoolExecutor(1) as thread:
        desk = ReadingDesk(reader, thread, 1)
        long = asyncio.create_task(desk.read(["post"] * 1000))
        await asyncio.sleep(0)
        short = asyncio.create_task(desk.embed(["question"]))
        await asyncio.sleep(0)
        reader.may_go_on.release(100)
        await asyncio.gather(long, short)

    assert reader.log.index("embed") == 1
    assert len(reader.threads) == 1


async def test_as_many_callers_are_served_at_once_as_there_are_readers(reader: SlowReader) -> None:
    meeting = threading.Barrier(2, timeout=10)

    def meet(texts: Sequence[str]) -> list[Any]:
        meeting.wait()
        return list(texts)

    reader.read = meet  # type: ignore[method-assign]
    with ThreadPoolExecutor(2) as threads:
        desk = ReadingDesk(reader, threads, 2)
        found = await asyncio.gather(desk.read(["one"]), desk.read(["other"]))

    assert found == [["one"], ["other"]]
