"""The steps of a collection within the database: take the lease, keep what came, give the lease back."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from ingest.collection.counts import Counts
from ingest.collection.outcomes import Outcome, wait_seconds
from ingest.collection.repository import CollectionRepository, Lease
from ingest.models import Source, SourceRun
from ingest.posts.destinations import Destination, UnmatchedPolicy
from ingest.posts.records import Privacy
from ingest.sources.connector import Cursor
from ingest.sources.health import usual_gap
from ingest.sources.service import new_run
from ingest.sources.states import RunStatus, SourceState
from kit.db import Session
from kit.events import LIVE
from kit.jobs import LeaseLost
from kit.jobs.queue import as_json


@dataclass(frozen=True, slots=True)
class Claim:
    """A source as it was when it was taken, and the lease on it."""

    source: Source
    lease: Lease


class CollectionService:
    """Collections in the workspaces that the session sees."""

    def __init__(self, session: Session) -> None:
        self._collections = CollectionRepository(session)

    async def claim(self, kinds: Sequence[str], streams: bool, holder: str, now: datetime) -> Claim | None:
        """Takes the source that is due for longest, and begins a run; None when none is due."""
        await self._collections.take_turn()
        source = await self._collections.lock_due(kinds, streams, now)
        if source is None:
            return None
        attempt = await self._collections.lend(source, holder)
        await self._collections.stop_running(source, now)
        run = await self._begin(source, now)
        return Claim(source, Lease(source.workspace_id, source.id, attempt, run.id))

    async def keep(self, lease: Lease, counts: Counts, cursor: Cursor | None, now: datetime) -> None:
        """Counts what this transaction stored and moves the cursor behind it; raises `LeaseLost`.

        The source stays locked until the transaction ends: no other attempt can begin in between.
        """
        source = await self._collections.lock_held(lease)
        if source is None or not await self._collections.renew(lease):
            raise LeaseLost(f"The source {lease.source_id} is collected by another attempt.")
        if cursor is not None:
            source.cursor = json.loads(as_json(cursor))
        _note_arrival(source, counts, now)
        if run := await self._collections.find_run(lease.run_id):
            counts.add_to(run)

    async def renew(self, lease: Lease) -> bool:
        """Prolongs the lease; false when it is another's by now."""
        return await self._collections.renew(lease)

    async def settle(self, lease: Lease, outcome: Outcome, now: datetime, luck: float) -> None:
        """Ends the run, gives the lease back and says when the source is due again."""
        run = await self._collections.find_run(lease.run_id)
        if run and run.status == RunStatus.RUNNING:
            _end(run, outcome, now)
        if source := await self._collections.lock_held(lease):
            _settle(source, outcome, now, luck)
            if outcome.retry_after_seconds and source.next_due_at:
                await self._collections.hold_back(source, source.next_due_at)

    async def keep_pushed(self, source_id: UUID, counts: Counts, now: datetime) -> None:
        """Counts posts that came by themselves, in the run of the day."""
        source = await self._collections.lock(source_id)
        if source is None:
            return
        _note_arrival(source, counts, now)
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        run = await self._collections.find_run_since(source_id, midnight)
        if run is None:
            run = new_run(source, LIVE, RunStatus.SUCCEEDED, midnight)
            self._collections.add_run(run)
        run.ended_at = now
        counts.add_to(run)

    async def begin_backfill(self, source: Source, lane: str, now: datetime) -> SourceRun:
        """The run of a backfill."""
        run = new_run(source, lane, RunStatus.RUNNING, now)
        self._collections.add_run(run)
        return run

    async def count(self, run_id: UUID, counts: Counts) -> None:
        """Counts what a backfill brought."""
        if run := await self._collections.find_run(run_id):
            counts.add_to(run)

    async def end(self, run_id: UUID, outcome: Outcome, now: datetime) -> SourceRun | None:
        """Ends the run of a backfill; None when its source was removed."""
        run = await self._collections.find_run(run_id)
        if run:
            _end(run, outcome, now)
        return run

    async def forget_runs_before(self, moment: datetime) -> None:
        """Drops the record of runs that ended before."""
        await self._collections.forget_runs_before(moment)

    async def _begin(self, source: Source, now: datetime) -> SourceRun:
        run = await self._collections.find_queued(source)
        if run is None:
            run = new_run(source, LIVE, RunStatus.RUNNING, now)
            self._collections.add_run(run)
        run.status, run.started_at = RunStatus.RUNNING, now
        return run


def destination_of(source: Source) -> Destination:
    """Where the posts of a source go, under its terms."""
    return Destination(
        study_id=source.study_id,
        source_id=source.id,
        unmatched=UnmatchedPolicy(source.unmatched),
        sample_rate=source.sample_rate,
        keeps_handles=source.keeps_handles,
        privacy=Privacy(source.privacy),
    )


def _note_arrival(source: Source, counts: Counts, now: datetime) -> None:
    if counts.is_sign_of_life:
        source.failures, source.last_error, source.last_success_at = 0, "", now
    if counts.is_news:
        source.usual_gap_seconds = usual_gap(source.usual_gap_seconds, source.last_post_at, now, source.every_seconds)
        source.last_post_at = now


def _settle(source: Source, outcome: Outcome, now: datetime, luck: float) -> None:
    source.holder, source.lease_until = "", None
    if outcome.status is RunStatus.SUCCEEDED:
        source.failures, source.last_error, source.last_success_at = 0, "", now
        source.next_due_at = now + timedelta(seconds=source.every_seconds or 0)
    elif outcome.status is RunStatus.FAILED:
        source.failures, source.last_error = source.failures + 1, outcome.problem
        wait = wait_seconds(source.failures, outcome.retry_after_seconds, luck)
        source.next_due_at = now + timedelta(seconds=wait)
    elif outcome.status is RunStatus.REFUSED:
        source.state, source.last_error = SourceState.REFUSED, outcome.problem


def _end(run: SourceRun, outcome: Outcome, now: datetime) -> None:
    run.status, run.error, run.ended_at = outcome.status, outcome.problem, now
