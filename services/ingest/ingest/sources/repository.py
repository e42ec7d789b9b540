"""Sources and their runs as rows."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from ingest.models import Source, SourceRun
from ingest.sources.states import OPEN, RunStatus, SourceState
from kit.db import Repository

# The index that keeps the names of sources apart.
_NAMES = "sources_by_name"


class NameTaken(Exception):
    """Another source of the workspace has the name."""


class SourceRepository(Repository):
    """Sources of one workspace."""

    def add(self, row: Source | SourceRun) -> None:
        """Keeps a new source or run."""
        self.session.add(row)

    async def write(self) -> None:
        """Writes what is new or changed now; raises `NameTaken`, and the transaction is lost then."""
        try:
            await self.session.flush()
        except IntegrityError as error:
            if _NAMES in str(error.orig):
                raise NameTaken from None
            raise

    async def find(self, source_id: UUID, *, for_update: bool = False) -> Source | None:
        """One source; `for_update` makes others who want to change it wait."""
        query = self._sources().where(col(Source.id) == source_id)
        return await self.session.scalar(query.with_for_update() if for_update else query)

    async def find_anywhere(self, source_id: UUID) -> Source | None:
        """One source of any workspace that the session sees: a webhook names no other."""
        return await self.session.scalar(_existing().where(col(Source.id) == source_id))

    async def list_after(self, after: UUID | None, limit: int) -> Sequence[Source]:
        """Sources in the order they were made, later than `after` when it is given."""
        query = self._sources().order_by(col(Source.id)).limit(limit)
        if after is not None:
            query = query.where(col(Source.id) > after)
        return (await self.session.scalars(query)).all()

    async def forget_runs(self, source_id: UUID) -> None:
        """Drops the record of all runs of a source."""
        await self.session.execute(
            delete(SourceRun).where(
                col(SourceRun.workspace_id) == self.workspace, col(SourceRun.source_id) == source_id
            )
        )

    async def find_run(self, source_id: UUID, run_id: UUID) -> SourceRun | None:
        """One run of a source."""
        return await self.session.scalar(self._runs(source_id).where(col(SourceRun.id) == run_id))

    async def find_open_run(self, source_id: UUID, lane: str) -> SourceRun | None:
        """The run that is queued or running."""
        open_runs = self._runs(source_id).where(col(SourceRun.status).in_(OPEN), col(SourceRun.lane) == lane)
        return await self.session.scalar(open_runs.limit(1))

    async def list_runs(self, source_id: UUID, before: UUID | None, limit: int) -> Sequence[SourceRun]:
        """Runs of a source, newest first, older than `before` when it is given."""
        query = self._runs(source_id).order_by(col(SourceRun.id).desc()).limit(limit)
        if before is not None:
            query = query.where(col(SourceRun.id) < before)
        return (await self.session.scalars(query)).all()

    async def stop_open_runs(self, source_id: UUID, lane: str) -> None:
        """Ends runs that nobody goes on with."""
        await self.session.execute(
            update(SourceRun)
            .where(
                col(SourceRun.workspace_id) == self.workspace,
                col(SourceRun.source_id) == source_id,
                col(SourceRun.lane) == lane,
                col(SourceRun.status).in_(OPEN),
            )
            .values(status=RunStatus.STOPPED, ended_at=func.now())
            .execution_options(synchronize_session=False)
        )

    def _sources(self) -> Select[Source]:
        return _existing().where(col(Source.workspace_id) == self.workspace)

    def _runs(self, source_id: UUID) -> Select[SourceRun]:
        return select(SourceRun).where(
            col(SourceRun.workspace_id) == self.workspace, col(SourceRun.source_id) == source_id
        )


def _existing() -> Select[Source]:
    return select(Source).where(col(Source.state) != SourceState.REMOVED)
