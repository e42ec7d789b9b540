"""Patience with a stream that breaks off: longer from time to time, and not for ever."""

import asyncio
import random
from dataclasses import dataclass

from ingest.sources.connector import SourceUnavailable


@dataclass(frozen=True)
class Backoff:
    """How often and after what waits a stream is opened again within one run."""

    first_seconds: float = 1.0
    most_seconds: float = 30.0
    attempts: int = 8


class Patience:
    """The back-off of one run."""

    def __init__(self, backoff: Backoff) -> None:
        self._backoff = backoff
        self._failures = 0
        self._opened_at = asyncio.get_running_loop().time()

    def renew(self) -> None:
        """Something came: the next failure is a first one."""
        self._failures = 0

    async def wait(self, problem: str) -> None:
        """Waits before the next attempt, half of it by chance; raises `SourceUnavailable` after the last one.

        A stream that was open for long and merely silent has not failed before.
        """
        loop = asyncio.get_running_loop()
        lasted = loop.time() - self._opened_at > 2 * self._backoff.most_seconds
        self._failures = 1 if lasted else self._failures + 1
        if self._failures >= self._backoff.attempts:
            raise SourceUnavailable(problem, self._backoff.most_seconds)
        seconds = min(self._backoff.most_seconds, self._backoff.first_seconds * 2 ** (self._failures - 1))
        await asyncio.sleep(seconds * random.uniform(0.5, 1.0))
        self._opened_at = loop.time()
