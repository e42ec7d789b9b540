"""The job that collects a stretch of the past: on the backfill lane, and resumed from its own cursor."""

from contextlib import aclosing
from dataclasses import dataclass
from uuid import UUID

from ingest.collection.collecting import Surroundings
from ingest.collection.counts import Counts
from ingest.collection.outcomes import SUCCEEDED, Outcome, outcome_of
from ingest.collection.service import CollectionService, destination_of
from ingest.collection.storing import BatchStore, batches_of
from ingest.models import Source
from ingest.sources.connector import Cursor, SourceRefused, SourceUnavailable
from ingest.sources.schemas import BackfillParameters, BackfillState, RunView
from ingest.sources.service import BACKFILL_JOB, SourceService
from kit.db import Session
from kit.errors import Invalid, NotFound, Unavailable
from kit.events import BACKFILL
from kit.jobs import JobContext, JobHandler, JsonObject


@dataclass(frozen=True)
class BackfillJob:
    """Collects the past of a source; the live collection and its cursor are left alone."""

    surroundings: Surroundings

    @property
    def handler(self) -> JobHandler:
        """The job as the kit runs it."""
        return JobHandler(BACKFILL_JOB, self.run)

    async def run(self, context: JobContext) -> JsonObject:
        """Collects from the last checkpoint on."""
        asked = BackfillParameters.model_validate(context.parameters)
        source = await self._source(context, asked.source_id)
        state = await self._begin(context, source, asked)
        try:
            await self._collect(context, source, state)
        except SourceUnavailable as error:
            patience = error.retry_after_seconds
            raise Unavailable(str(error), headers={"Retry-After": f"{patience:.0f}"} if patience else None) from error
        except SourceRefused as error:
            await self._end(context, state, outcome_of(error))
            raise Invalid(str(error)) from error
        return await self._end(context, state, SUCCEEDED)

    async def _collect(self, context: JobContext, source: Source, state: BackfillState) -> None:
        async def keep(session: Session, counts: Counts, cursor: Cursor | None) -> None:
            state.fetched += counts.report.received
            if cursor is not None:
                state.cursor = BackfillState.model_validate({"cursor": cursor}).cursor
            await CollectionService(session).count(_run_of(state), counts)
            await context.advance_within(session, state.fetched, None, state.model_dump(mode="json"))

        store = BatchStore(
            database=self.surroundings.database,
            settings=self.surroundings.settings,
            copies=self.surroundings.copies,
            workspace=context.workspace,
            destination=destination_of(source),
            lane=BACKFILL,
            keep=keep,
        )
        cursor: Cursor = {**(state.cursor or {})}
        async with aclosing(batches_of(self.surroundings.connect(source), cursor)) as batches:
            async for batch in batches:
                await store.store(batch)

    async def _source(self, context: JobContext, source_id: UUID) -> Source:
        try:
            async with self.surroundings.database.session(context.workspace) as session:
                return await SourceService(session, self.surroundings.kinds).get(source_id)
        except NotFound:
            raise Invalid("The source was removed.") from None

    async def _begin(self, context: JobContext, source: Source, asked: BackfillParameters) -> BackfillState:
        state = BackfillState.model_validate(context.state)
        rewind = self.surroundings.kinds[source.kind].rewind
        if state.run_id is not None or rewind is None:
            return state
        async with self.surroundings.database.session(context.workspace) as session:
            run = await CollectionService(session).begin_backfill(source, BACKFILL, self.surroundings.now)
            cursor = rewind(asked.since, asked.until)
            state = BackfillState.model_validate({"run_id": run.id, "cursor": cursor})
            await context.advance_within(session, 0, None, state.model_dump(mode="json"))
        return state

    async def _end(self, context: JobContext, state: BackfillState, outcome: Outcome) -> JsonObject:
        async with self.surroundings.database.session(context.workspace) as session:
            run = await CollectionService(session).end(_run_of(state), outcome, self.surroundings.now)
            return RunView.model_validate(run).model_dump(mode="json") if run else {}


def _run_of(state: BackfillState) -> UUID:
    if state.run_id is None:
        raise Invalid("This kind of source shows no past.")
    return state.run_id
