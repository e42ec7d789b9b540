"""Learning what other replicas kept, and at the start what anybody kept."""

import asyncio
import time
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass, field

from ingest.copies.finder import CopyFinder
from ingest.copies.repository import CopyRepository
from kit.db import EVERYWHERE, Database
from kit.telemetry import log_outage

# Numbers that are read at once, so that a start needs little memory.
_STRIDE = 200
# A number that was given and does not appear belongs to a transaction that still runs, or that was rolled back.
_PATIENCE_SECONDS = 300.0
_MOST_MISSING = 1_000


@dataclass
class Numbers:
    """Which numbers of chunks were read, and which of those below are still to appear.

    Numbers are given before their transactions commit, so that a lower one may appear after a higher one.
    """

    read: int = 0
    own: set[int] = field(default_factory=set)
    missing: dict[int, float] = field(default_factory=dict)

    def advance(self, last: int, found: Iterable[int], now: float) -> None:
        """Notes that everything up to `last` was asked for and what of it was found at the time `now`."""
        expected = dict.fromkeys(range(self.read + 1, last + 1), now) | self.missing
        for number in (*found, *self.own):
            expected.pop(number, None)
        waiting = sorted((number, since) for number, since in expected.items() if now - since < _PATIENCE_SECONDS)
        self.missing = dict(waiting[-_MOST_MISSING:])
        self.own = {number for number in self.own if number > last}
        self.read = last

    def disown(self, numbers: Collection[int]) -> None:
        """Leaves out what this process wrote itself."""
        self.own |= set(numbers)


class CopyFollower:
    """Brings the signatures of all replicas into the window of this one."""

    def __init__(self, database: Database, finder: CopyFinder, texts: int, every_seconds: float) -> None:
        self._database = database
        self._finder = finder
        self._texts = texts
        self._every_seconds = every_seconds
        self._numbers: Numbers | None = None

    async def run(self, stopping: asyncio.Event) -> None:
        """Follows until it is told to stop."""
        while not stopping.is_set():
            await self.catch_up()
            with suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), self._every_seconds)

    async def catch_up(self) -> None:
        """Reads what is new, at first the newest texts that the window has room for; an outage only delays it."""
        try:
            async with self._database.session(EVERYWHERE) as session:
                await self._read(CopyRepository(session))
        except Exception as error:
            log_outage("copies", error)

    async def _read(self, repository: CopyRepository) -> None:
        newest = await repository.newest_chunk()
        numbers = self._numbers or Numbers(await repository.chunk_before(self._texts))
        self._numbers = numbers
        # Only now: what this process wrote up to the newest number is noted before it commits.
        numbers.disown(self._finder.take_own_chunks())
        while True:
            last = max(numbers.read, min(numbers.read + _STRIDE, newest))
            followed = await repository.follow(numbers.read, last, numbers.missing, numbers.own)
            self._finder.learn(followed)
            numbers.advance(last, {each.chunk for each in followed}, time.monotonic())
            if numbers.read >= newest:
                return
