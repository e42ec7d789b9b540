"""Collects from every source on time; any number of replicas share the work by leases."""

import asyncio
import logging
import os
import socket
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

from ingest.collection.collecting import Collection, Surroundings
from ingest.collection.service import Claim, CollectionService
from kit.db import EVERYWHERE, is_outage
from kit.telemetry import log_outage

POLL_SECONDS = 1.0
SWEEP_SECONDS = 3_600.0
_log = logging.getLogger(__name__)


def _process_name() -> str:
    return f"{socket.gethostname()}/{os.getpid()}"


@dataclass
class Scheduler:
    """Runs several collections side by side; none waits for another.

    Streams never end, so they have room of their own and sources that are looked at now and then keep theirs.
    """

    surroundings: Surroundings
    holder: str = field(default_factory=_process_name)
    _streams: set["asyncio.Task[None]"] = field(default_factory=set)
    _looks: set["asyncio.Task[None]"] = field(default_factory=set)

    async def run(self, stopping: asyncio.Event) -> None:
        """Collects until `stopping` is set; what is under way stops between two batches, and goes on elsewhere."""
        while not stopping.is_set():
            try:
                started = await self.start_due(stopping)
            except Exception as error:
                log_outage("The scheduler of sources", error)
                started = 0
            if not started:
                with suppress(TimeoutError):
                    await asyncio.wait_for(stopping.wait(), POLL_SECONDS)
        await self.finish()

    async def start_due(self, stopping: asyncio.Event) -> int:
        """Starts on sources that are due, as many as there is room for; returns how many."""
        settings = self.surroundings.settings
        looks = await self._fill(self._looks, settings.collections, streams=False, stopping=stopping)
        return looks + await self._fill(self._streams, settings.streams, streams=True, stopping=stopping)

    async def finish(self) -> None:
        """Waits for all that was started."""
        await asyncio.gather(*self._looks, *self._streams)

    async def _fill(
        self, tasks: set["asyncio.Task[None]"], room: int, *, streams: bool, stopping: asyncio.Event
    ) -> int:
        started = 0
        while len(tasks) < room and not stopping.is_set():
            claim = await self._claim(streams)
            if claim is None:
                break
            task = asyncio.create_task(self._run(claim, stopping), name=f"source {claim.lease.source_id}")
            tasks.add(task)
            task.add_done_callback(tasks.discard)
            started += 1
        return started

    async def _claim(self, streams: bool) -> Claim | None:
        kinds = [name for name, kind in self.surroundings.kinds.items() if kind.connect]
        async with self.surroundings.database.session(EVERYWHERE) as session:
            return await CollectionService(session).claim(kinds, streams, self.holder, self.surroundings.now)

    async def _run(self, claim: Claim, stopping: asyncio.Event) -> None:
        """One collection; when the database is away, its lease ends and somebody takes it up again."""
        try:
            await Collection(self.surroundings, claim).run(stopping)
        except Exception as error:
            reason = "an outage" if is_outage(error) else "an error of its own"
            _log.warning("Source %s was left by %s: %s", claim.lease.source_id, reason, type(error).__name__)


@dataclass(frozen=True)
class RunSweeper:
    """Drops the record of old runs."""

    surroundings: Surroundings

    async def run(self, stopping: asyncio.Event) -> None:
        """Sweeps until it is told to stop; an outage only delays it."""
        while not stopping.is_set():
            try:
                await self.sweep()
            except Exception as error:
                log_outage("The record of runs", error)
            with suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), SWEEP_SECONDS)

    async def sweep(self) -> None:
        """Drops the record of runs that ended `INGEST_RUNS_DAYS` ago."""
        oldest = self.surroundings.now - timedelta(days=self.surroundings.settings.runs_days)
        async with self.surroundings.database.session(EVERYWHERE) as session:
            await CollectionService(session).forget_runs_before(oldest)
