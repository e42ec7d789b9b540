"""One run of one source: batch after batch, for as long as its lease holds."""

import asyncio
import logging
import random
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager, aclosing
from dataclasses import dataclass, field
from datetime import datetime

from pydantic import ValidationError

from ingest.collection.counts import Counts
from ingest.collection.outcomes import STOPPED, Outcome, outcome_of
from ingest.collection.repository import LEASE_SECONDS
from ingest.collection.service import Claim, CollectionService, destination_of
from ingest.collection.storing import BatchStore, batches_of
from ingest.models import Source
from ingest.settings import IngestSettings
from ingest.sources.connector import Connector, Cursor, SourceRefused, SourceUnavailable
from ingest.sources.kinds import KINDS, Kind
from ingest.sources.tools import Tools
from kit.db import Database, Session, is_outage
from kit.events import LIVE
from kit.jobs import LeaseLost
from kit.telemetry import log_outage

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Surroundings:
    """What every collection works with."""

    database: Database
    settings: IngestSettings
    tools: Tools
    kinds: Mapping[str, Kind] = field(default_factory=lambda: KINDS)

    @property
    def now(self) -> datetime:
        """The time, by the clock that connectors go by."""
        return self.tools.now()

    def connect(self, source: Source) -> Connector:
        """The connector of a source; raises `SourceRefused` when its settings are of no use."""
        kind = self.kinds.get(source.kind)
        if kind is None or kind.connect is None:
            raise SourceRefused(f"This release cannot collect from a source of kind {source.kind}.")
        try:
            config = kind.config.model_validate(source.config)
        except ValidationError as error:
            fields = ", ".join(sorted({str(each["loc"][0]) for each in error.errors() if each["loc"]}))
            raise SourceRefused(f"The settings do not fit this release any more; see {fields or 'them'}.") from None
        return kind.connect(config, self.tools)


@dataclass(frozen=True)
class Collection:
    """The work on one claimed source."""

    surroundings: Surroundings
    claim: Claim

    async def run(self, stopping: asyncio.Event) -> None:
        """Collects until the source has no more, the process stops, or the lease is another's."""
        work = asyncio.create_task(self._collect())
        ends = (work, asyncio.create_task(self._hold()), asyncio.create_task(stopping.wait()))
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in ends:
                task.cancel()
            await asyncio.gather(*ends, return_exceptions=True)
        if work.cancelled():
            await self._settle(STOPPED)
        elif (error := work.exception()) and is_outage(error):
            raise error
        else:
            self._note(error)
            await self._settle(outcome_of(error))

    async def _collect(self) -> None:
        source = self.claim.source
        store = BatchStore(
            database=self.surroundings.database,
            settings=self.surroundings.settings,
            workspace=source.workspace_id,
            destination=destination_of(source),
            lane=LIVE,
            keep=self._keep,
        )
        async with aclosing(batches_of(self.surroundings.connect(source), source.cursor)) as batches:
            async for batch in batches:
                await store.store(batch)

    async def _keep(self, session: Session, counts: Counts, cursor: Cursor | None) -> None:
        await CollectionService(session).keep(self.claim.lease, counts, cursor, self.surroundings.now)

    async def _hold(self) -> None:
        """Renews the lease, in an outage as soon as it can; returns when it is another's."""
        held = True
        while held:
            await asyncio.sleep(LEASE_SECONDS / 3)
            try:
                async with self._session() as session:
                    held = await CollectionService(session).renew(self.claim.lease)
            except Exception as error:
                log_outage("The lease of a source", error)

    async def _settle(self, outcome: Outcome) -> None:
        async with self._session() as session:
            await CollectionService(session).settle(self.claim.lease, outcome, self.surroundings.now, random.random())

    def _session(self) -> AbstractAsyncContextManager[Session]:
        return self.surroundings.database.session(self.claim.lease.workspace)

    def _note(self, error: BaseException | None) -> None:
        """Logs where an error came from that neither source nor connector speaks of; never with its message."""
        unforeseen = error.__cause__ if isinstance(error, SourceUnavailable) else error
        if unforeseen and not isinstance(unforeseen, SourceUnavailable | SourceRefused | LeaseLost):
            _log.warning(
                "Collecting from source %s failed: %s",
                self.claim.lease.source_id,
                type(unforeseen).__name__,
                exc_info=unforeseen,
            )
