"""So many pieces of work at once, and what became of each."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self


@dataclass
class Hands:
    """Works on at most `count` things at once; leaving the block drops what is still in hand.

    What a piece of work raises comes out of the next call that waits for a hand.
    """

    count: int
    _busy: "set[asyncio.Task[None]]" = field(init=False, default_factory=set)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in self._busy:
            task.cancel()
        await asyncio.gather(*self._busy, return_exceptions=True)

    @property
    def are_busy(self) -> bool:
        """True while anything is in hand, or has not told what became of it."""
        return bool(self._busy)

    def take(self, work: Coroutine[object, object, None]) -> None:
        """Starts on a piece of work; call it when a hand is free."""
        self._busy.add(asyncio.create_task(work))

    async def free_one(self) -> None:
        """Waits until a hand is free."""
        await self._wait_until(self.count - 1)

    async def finish(self) -> None:
        """Waits until nothing is in hand."""
        await self._wait_until(0)

    async def _wait_until(self, busy: int) -> None:
        while True:
            for task in [task for task in self._busy if task.done()]:
                self._busy.remove(task)
                task.result()
            if len(self._busy) <= busy:
                return
            await asyncio.wait(self._busy, return_when=asyncio.FIRST_COMPLETED)
