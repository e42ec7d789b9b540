"""Posts from arrival to what is stored: the models work between two short transactions, not within one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from enrichment.enrichments.plan import Arrival
from enrichment.enrichments.service import EnrichmentService
from enrichment.readings.desk import ReadingDesk
from enrichment.readings.turns import Urgency
from kit.db import Database, Session
from kit.events import LIVE

Settle = Callable[[Session], Awaitable[None]]


@dataclass(frozen=True)
class PostReader:
    """Enriches batches of posts; whoever calls it is the boundary that it commits for."""

    database: Database
    desk: ReadingDesk

    async def enrich(self, workspace: str, arrivals: Sequence[Arrival], settle: Settle | None = None) -> None:
        """Reads, stores and publishes; `settle` does what has to happen in the same transaction or not at all."""
        async with self.database.session(workspace) as session:
            plan = await EnrichmentService(session).plan(arrivals, self.desk.version)
        if plan.is_empty and settle is None:
            return
        is_live = any(arrival.lane == LIVE for arrival in arrivals)
        readings = await self.desk.read(plan.texts, Urgency.LIVE if is_live else Urgency.BACKFILL)
        async with self.database.session(workspace) as session:
            await EnrichmentService(session).carry_out(plan, readings, self.desk.version)
            if settle:
                await settle(session)
