"""Streams in bundles, so that many events share a transaction and none waits long for the others."""

import asyncio
import math
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass
from typing import Generic, TypeVar

Value = TypeVar("Value")


@dataclass(frozen=True)
class Bundling:
    """When a bundle is complete, and how long a run lasts if nobody ends it."""

    most: int = 200
    seconds: float = 2.0
    run_seconds: float = math.inf


async def bundled(source: AsyncIterator[Value], bundling: Bundling) -> AsyncGenerator[list[Value], None]:
    """The values of `source` in lists that are never empty, until it ends or the run has lasted long enough.

    What came before an error of the source is given before the error is raised.
    """
    loop = asyncio.get_running_loop()
    end = loop.time() + bundling.run_seconds
    taking = _Taking(source)
    try:
        while loop.time() < end and taking.failure is None:
            values = await taking.take(bundling.most, min(end, loop.time() + bundling.seconds))
            if values:
                yield values
        if taking.failure is not None and not isinstance(taking.failure, StopAsyncIteration):
            raise taking.failure
    finally:
        await taking.give_up()


class _Taking(Generic[Value]):
    """Takes values without ever cancelling the source in the middle of one, which would lose it."""

    def __init__(self, source: AsyncIterator[Value]) -> None:
        self._source = source
        self._next: asyncio.Task[Value] | None = None
        self.failure: BaseException | None = None

    async def take(self, most: int, deadline: float) -> list[Value]:
        """What comes until the deadline, at most so many."""
        values: list[Value] = []
        while len(values) < most and self.failure is None:
            self._next = self._next or asyncio.ensure_future(self._ask())
            await asyncio.wait({self._next}, timeout=max(0.0, deadline - asyncio.get_running_loop().time()))
            if not self._next.done():
                break
            self.failure = self._next.exception()
            if self.failure is None:
                values.append(self._next.result())
            self._next = None
        return values

    async def give_up(self) -> None:
        """Stops waiting for the value that is on its way."""
        if self._next is not None:
            self._next.cancel()
            await asyncio.gather(self._next, return_exceptions=True)

    async def _ask(self) -> Value:
        return await anext(self._source)
