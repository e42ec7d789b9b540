"""Who collects from which source, as rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, func, or_, select, text, update
from sqlalchemy.orm import aliased
from sqlmodel import col

from ingest.models import Source, SourceRun
from ingest.sources.states import RunStatus, SourceState
from kit.db import Repository
from kit.events import LIVE

LEASE_SECONDS = 30
_CLAIMING = 7_015_300
_LEASE_END = text(f"now() + interval '{LEASE_SECONDS} seconds'")


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to collect from one source; who holds an older attempt stores nothing any more."""

    workspace: str
    source_id: UUID
    attempt: int
    run_id: UUID


class CollectionRepository(Repository):
    """Leases and runs; of whichever workspaces the session sees where no lease names one."""

    async def take_turn(self) -> None:
        """Makes replicas claim one after another, so that each sees what the others have taken."""
        await self.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _CLAIMING})

    async def lock_due(self, kinds: Sequence[str], streams: bool, now: datetime) -> Source | None:
        """The source that is due for longest, that nobody collects from, and whose host nobody is asking.

        Streams are connected to whoever else asks their host: they are one request for days.
        """
        other = aliased(Source)
        asked = exists().where(
            col(other.workspace_id) == col(Source.workspace_id),
            col(other.host) == col(Source.host),
            col(other.lease_until) > func.now(),
            col(other.streams).is_(False),
            col(Source.streams).is_(False),
        )
        return await self.session.scalar(
            select(Source)
            .where(
                col(Source.state) == SourceState.ACTIVE,
                col(Source.kind).in_(kinds),
                col(Source.streams) == streams,
                col(Source.next_due_at) <= now,
                or_(col(Source.lease_until).is_(None), col(Source.lease_until) < func.now()),
                ~asked,
            )
            .order_by(col(Source.next_due_at))
            .limit(1)
            .with_for_update(skip_locked=True, of=Source)
        )

    async def lend(self, source: Source, holder: str) -> int:
        """Gives the source to `holder` until the lease ends; the number of the attempt fences off older ones."""
        attempt = source.attempt + 1
        await self.session.execute(
            update(Source)
            .where(col(Source.workspace_id) == source.workspace_id, col(Source.id) == source.id)
            .values(attempt=attempt, holder=holder, lease_until=_LEASE_END)
            .execution_options(synchronize_session=False)
        )
        return attempt

    async def stop_running(self, source: Source, now: datetime) -> None:
        """Ends the run of a process that died."""
        await self.session.execute(
            update(SourceRun)
            .where(*self._live_runs(source), col(SourceRun.status) == RunStatus.RUNNING)
            .values(status=RunStatus.STOPPED, ended_at=now)
            .execution_options(synchronize_session=False)
        )

    async def find_queued(self, source: Source) -> SourceRun | None:
        """The run that somebody asked for."""
        query = select(SourceRun).where(*self._live_runs(source), col(SourceRun.status) == RunStatus.QUEUED)
        return await self.session.scalar(query.limit(1))

    def add_run(self, run: SourceRun) -> None:
        """Keeps a new run."""
        self.session.add(run)

    async def lock_held(self, lease: Lease) -> Source | None:
        """The source, if the lease still holds; nobody can take it before the transaction ends."""
        return await self.session.scalar(
            select(Source)
            .where(
                col(Source.workspace_id) == lease.workspace,
                col(Source.id) == lease.source_id,
                col(Source.attempt) == lease.attempt,
                col(Source.state) == SourceState.ACTIVE,
            )
            .with_for_update()
        )

    async def lock(self, source_id: UUID) -> Source | None:
        """The source, whoever collects from it."""
        query = select(Source).where(col(Source.workspace_id) == self.workspace, col(Source.id) == source_id)
        return await self.session.scalar(query.with_for_update())

    async def hold_back(self, source: Source, until: datetime) -> None:
        """Lets the other sources at the same host wait as well, because it asked for patience."""
        others = (
            select(col(Source.id))
            .where(
                col(Source.workspace_id) == source.workspace_id,
                col(Source.host) == source.host,
                col(Source.id) != source.id,
                col(Source.next_due_at) < until,
            )
            .with_for_update(skip_locked=True)
        )
        await self.session.execute(
            update(Source)
            .where(col(Source.workspace_id) == source.workspace_id, col(Source.id).in_(others))
            .values(next_due_at=until)
            .execution_options(synchronize_session=False)
        )

    async def renew(self, lease: Lease) -> bool:
        """Prolongs the lease; false when it is another's by now."""
        renewed = await self.session.execute(
            update(Source)
            .where(
                col(Source.workspace_id) == lease.workspace,
                col(Source.id) == lease.source_id,
                col(Source.attempt) == lease.attempt,
                col(Source.state) == SourceState.ACTIVE,
            )
            .values(lease_until=_LEASE_END)
            .returning(col(Source.id))
            .execution_options(synchronize_session=False)
        )
        return renewed.one_or_none() is not None

    async def find_run(self, run_id: UUID) -> SourceRun | None:
        """One run."""
        return await self.session.scalar(
            select(SourceRun).where(col(SourceRun.workspace_id) == self.workspace, col(SourceRun.id) == run_id)
        )

    async def find_run_since(self, source_id: UUID, moment: datetime) -> SourceRun | None:
        """The newest run of a source that started at `moment` or later."""
        return await self.session.scalar(
            select(SourceRun)
            .where(
                col(SourceRun.workspace_id) == self.workspace,
                col(SourceRun.source_id) == source_id,
                col(SourceRun.started_at) >= moment,
            )
            .order_by(col(SourceRun.id).desc())
            .limit(1)
        )

    async def forget_runs_before(self, moment: datetime) -> None:
        """Drops the record of runs that ended long ago."""
        await self.session.execute(delete(SourceRun).where(col(SourceRun.ended_at) < moment))

    @staticmethod
    def _live_runs(source: Source) -> tuple[ColumnElement[bool], ...]:
        return (
            col(SourceRun.workspace_id) == source.workspace_id,
            col(SourceRun.source_id) == source.id,
            col(SourceRun.lane) == LIVE,
        )
