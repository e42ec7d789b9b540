"""Notices, when a process starts, that heads were trained on the vectors of another encoder."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass

from enrichment.codebooks.queue import CodebookQueue
from enrichment.codebooks.training.service import list_stale_codebooks
from kit import telemetry
from kit.db import EVERYWHERE, Database

_PATIENCE_SECONDS = 30.0


@dataclass(frozen=True)
class TrainingWatch:
    """Has codebooks trained again whose head cannot read the vectors of today; until then they code nothing new."""

    database: Database
    model: str

    async def run(self, stopping: asyncio.Event) -> None:
        """Looks once; an outage postpones it."""
        while not stopping.is_set():
            try:
                await self.look()
            except Exception as error:
                telemetry.log_outage("training", error)
                with suppress(TimeoutError):
                    await asyncio.wait_for(stopping.wait(), _PATIENCE_SECONDS)
            else:
                await stopping.wait()

    async def look(self) -> None:
        """Asks for the trainings that are needed."""
        async with self.database.session(EVERYWHERE) as session:
            stale = await list_stale_codebooks(session, self.model)
        for workspace, codebook_id in stale:
            async with self.database.session(workspace) as session:
                await CodebookQueue(session).train(codebook_id)
