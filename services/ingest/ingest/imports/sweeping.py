"""Removes uploaded files when nobody will read them again."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass

from ingest.imports.service import remove_read_uploads
from kit.db import EVERYWHERE, Database
from kit.telemetry import log_outage


@dataclass(frozen=True)
class UploadSweeper:
    """Goes round at intervals: a file stays until its job has ended, whichever way, and not much longer."""

    database: Database
    every_seconds: float

    async def run(self, stopping: asyncio.Event) -> None:
        """Sweeps until it is told to stop; an outage only delays it."""
        while not stopping.is_set():
            try:
                await self.sweep()
            except Exception as error:
                log_outage("uploads", error)
            with suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), self.every_seconds)

    async def sweep(self) -> None:
        """Removes the files of all imports that ended."""
        async with self.database.session(EVERYWHERE) as session:
            await remove_read_uploads(session)
