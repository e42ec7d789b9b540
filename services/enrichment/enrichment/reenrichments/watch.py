"""Notices, at the start and from time to time, that stored posts were read by another version of the models."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass

from enrichment.readings.reading import ReaderVersion
from enrichment.reenrichments.service import ReenrichmentService, list_stale_workspaces
from kit import telemetry
from kit.db import EVERYWHERE, Database

# A process of the release before may go on writing while this one starts.
EVERY_SECONDS = 3600.0


@dataclass(frozen=True)
class ReenrichmentWatch:
    """Asks for a re-enrichment of each workspace that needs one."""

    database: Database
    version: ReaderVersion

    async def run(self, stopping: asyncio.Event) -> None:
        """Looks until `stopping` is set; an outage only postpones it."""
        while not stopping.is_set():
            try:
                await self.look()
            except Exception as error:
                telemetry.log_outage("reenrichment", error)
            with suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), EVERY_SECONDS)

    async def look(self) -> None:
        """Looks once."""
        async with self.database.session(EVERYWHERE) as session:
            workspaces = await list_stale_workspaces(session, self.version)
        for workspace in workspaces:
            async with self.database.session(workspace) as session:
                await ReenrichmentService(session).request_if_needed(self.version)
