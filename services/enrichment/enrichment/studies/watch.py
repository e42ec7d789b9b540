"""Asks ingest about studies that posts belong to and no event has told about."""

from __future__ import annotations

import asyncio
import logging
from contextlib import aclosing, suppress
from dataclasses import dataclass
from uuid import UUID

from enrichment.clients import IngestClient
from enrichment.settings import EnrichmentSettings
from enrichment.studies.service import StudyService, list_untold
from kit import telemetry
from kit.db import EVERYWHERE, Database
from kit.errors import NotFound, PourquoiError

EVERY_SECONDS = 10.0
_AT_ONCE = 100
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class StudyWatch:
    """Mostly finds nothing to ask: ingest announces each study before its first post."""

    database: Database
    settings: EnrichmentSettings

    async def run(self, stopping: asyncio.Event) -> None:
        """Looks until `stopping` is set; while ingest is away, the studies wait."""
        while not stopping.is_set():
            try:
                await self.look()
            except PourquoiError as error:
                _log.warning("Ingest could not tell of a study: %s", error.detail)
            except Exception as error:
                telemetry.log_outage("studies", error)
            with suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), EVERY_SECONDS)

    async def look(self) -> None:
        """Looks once."""
        async with self.database.session(EVERYWHERE) as session:
            untold = await list_untold(session, _AT_ONCE)
        if not untold:
            return
        async with aclosing(IngestClient(self.settings.ingest_target, self.settings)) as ingest:
            for workspace, study_id in untold:
                await self._ask(ingest, workspace, study_id)

    async def _ask(self, ingest: IngestClient, workspace: str, study_id: UUID) -> None:
        try:
            study = await ingest.get_study(workspace, study_id)
        except NotFound:
            async with self.database.session(workspace) as session:
                await StudyService(session).forget_untold(study_id)
            return
        async with self.database.session(workspace) as session:
            await StudyService(session).learn([study])
