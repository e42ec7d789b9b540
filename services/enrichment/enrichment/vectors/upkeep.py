"""Keeps the index of vectors in step with what is stored."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass

from enrichment.vectors.repository import VectorIndexRepository
from enrichment.vectors.sizing import VectorSpace, is_outgrown, lists_for, lists_of
from kit import telemetry
from kit.db import Database

EVERY_SECONDS = 60.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class IndexUpkeep:
    """Makes the index of an encoder's vectors once there are many, anew when they have multiplied, and drops others."""

    database_url: str
    space: VectorSpace

    async def run(self, stopping: asyncio.Event) -> None:
        """Looks again and again until `stopping` is set; an outage only postpones it."""
        while not stopping.is_set():
            try:
                await self.look()
            except Exception as error:
                telemetry.log_outage("vector index", error)
            with suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), EVERY_SECONDS)

    async def look(self) -> None:
        """Brings the indexes up to date, unless another process is at it; it may take as long as it takes."""
        database = Database(self.database_url, pool=1, statement_seconds=None)
        try:
            async with database.engine.connect() as connection:
                free = await connection.execution_options(isolation_level="AUTOCOMMIT")
                await self._tend(VectorIndexRepository(free))
        finally:
            await database.close()

    async def _tend(self, indexes: VectorIndexRepository) -> None:
        if not await indexes.claim():
            return
        try:
            known = await indexes.list_indexes()
            for broken in [name for name, is_complete in known.items() if not is_complete]:
                await indexes.drop(broken)
            kept = await self._renew(indexes, [name for name, is_complete in known.items() if is_complete])
            await self._drop_unused(indexes, kept)
        finally:
            await indexes.let_go()

    async def _renew(self, indexes: VectorIndexRepository, known: list[str]) -> list[str]:
        own = [name for name in known if name.startswith(self.space.prefix)]
        rows = await indexes.count_rows(self.space)
        lists = lists_for(rows)
        if not lists or not is_outgrown(max(map(lists_of, own), default=0), rows):
            return known
        _log.info("Making an index of %d lists for %d vectors.", lists, rows)
        await indexes.create(self.space, lists)
        for outgrown in own:
            await indexes.drop(outgrown)
        return [name for name in known if name not in own]

    async def _drop_unused(self, indexes: VectorIndexRepository, known: list[str]) -> None:
        """No vector is left of their encoders."""
        others = [name for name in known if not name.startswith(self.space.prefix)]
        if others:
            used = tuple(VectorSpace(model, 0).prefix for model in await indexes.list_models())
            for name in others:
                if not name.startswith(used):
                    await indexes.drop(name)
