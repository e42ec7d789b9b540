"""Goes round and erases posts whose time is over; any number of replicas may do so at once."""

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass

from ingest.authors.pseudonyms import Pseudonyms
from ingest.retention.service import RetentionService, list_workspaces
from ingest.retention.terms import Term
from kit.db import EVERYWHERE, Database
from kit.telemetry import log_outage

BATCH = 500
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class RetentionKeeper:
    """Enforces retention at intervals, in transactions of a bounded size."""

    database: Database
    pseudonyms: Pseudonyms
    usual_days: int
    every_seconds: float

    async def run(self, stopping: asyncio.Event) -> None:
        """Goes round until it is told to stop; an outage only delays it."""
        while not stopping.is_set():
            try:
                await self.enforce(stopping)
            except Exception as error:
                log_outage("retention", error)
            with suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), self.every_seconds)

    async def enforce(self, stopping: asyncio.Event) -> int:
        """Erases every post whose time is over, in all workspaces; returns how many those were."""
        async with self.database.session(EVERYWHERE) as session:
            workspaces = await list_workspaces(session)
        return sum([await self._enforce_in(workspace, stopping) for workspace in workspaces])

    async def _enforce_in(self, workspace: str, stopping: asyncio.Event) -> int:
        async with self.database.session(workspace) as session:
            terms = await RetentionService(session, self.pseudonyms).terms(self.usual_days)
        erased = sum([await self._end(workspace, term, stopping) for term in terms])
        if erased:
            _log.info("Retention erased %s posts of workspace %s.", erased, workspace)
        return erased

    async def _end(self, workspace: str, term: Term, stopping: asyncio.Event) -> int:
        erased = 0
        while not stopping.is_set():
            async with self.database.session(workspace) as session:
                count = await RetentionService(session, self.pseudonyms).erase_expired(term, BATCH)
            erased += count
            if count < BATCH:
                break
        return erased
