"""Studies and their query versions as rows."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, func, select, text
from sqlmodel import col

from ingest.models import QueryActivation, QueryVersion, Study
from ingest.studies.schemas import CoverageView
from ingest.studies.scopes import Scope
from kit.db import Repository

_SCOPES = text(
    "SELECT id, query, languages, platforms, since, until FROM studies WHERE workspace_id = :workspace ORDER BY id"
)
_COVERAGE = text(
    """
    SELECT count(*) AS posts, min(published_at) AS first_published_at, max(published_at) AS last_published_at
    FROM post_studies WHERE workspace_id = :workspace AND study_id = :study
    """
)


class StudyRepository(Repository):
    """Studies of one workspace."""

    async def add(self, study: Study, version: QueryVersion) -> None:
        """Keeps a new study and its first query."""
        self.session.add(study)
        await self.session.flush()
        self.session.add(version)

    def add_version(self, version: QueryVersion) -> None:
        """Keeps a further query of a study."""
        self.session.add(version)

    async def last_version(self, study_id: UUID) -> int:
        """The number of the newest query version, proposed ones included."""
        newest = select(func.max(col(QueryVersion.version))).where(
            col(QueryVersion.workspace_id) == self.workspace, col(QueryVersion.study_id) == study_id
        )
        return await self.session.scalar(newest) or 0

    async def find_version(self, study_id: UUID, version: int) -> QueryVersion | None:
        """One query version of a study."""
        return await self.session.get(
            QueryVersion, {"workspace_id": self.workspace, "study_id": study_id, "version": version}
        )

    async def add_activation(self, activation: QueryActivation) -> None:
        """Keeps that a version took effect, once the version itself is kept."""
        await self.session.flush()
        self.session.add(activation)

    async def find(self, study_id: UUID, *, for_update: bool = False) -> Study | None:
        """One study; `for_update` makes others who want to change it wait."""
        query = self._studies().where(col(Study.id) == study_id)
        return await self.session.scalar(query.with_for_update() if for_update else query)

    async def list_after(self, after: UUID | None, limit: int) -> Sequence[Study]:
        """Studies in the order they were made, later than `after` when it is given."""
        query = self._studies().order_by(col(Study.id)).limit(limit)
        if after is not None:
            query = query.where(col(Study.id) > after)
        return (await self.session.scalars(query)).all()

    async def list_versions(self, study_id: UUID, before: int | None, limit: int) -> Sequence[QueryVersion]:
        """Query versions of a study, newest first, older than `before` when it is given."""
        query = select(QueryVersion).where(
            col(QueryVersion.workspace_id) == self.workspace, col(QueryVersion.study_id) == study_id
        )
        if before is not None:
            query = query.where(col(QueryVersion.version) < before)
        return (await self.session.scalars(query.order_by(col(QueryVersion.version).desc()).limit(limit))).all()

    async def list_scopes(self) -> list[Scope]:
        """What every study of the workspace takes."""
        rows = await self.session.execute(_SCOPES, {"workspace": self.workspace})
        return [
            Scope(row.id, row.query, tuple(row.languages), tuple(row.platforms), row.since, row.until) for row in rows
        ]

    async def coverage(self, study_id: UUID) -> CoverageView:
        """How many posts the study has, and the ends of their time of publication."""
        rows = await self.session.execute(_COVERAGE, {"workspace": self.workspace, "study": study_id})
        return CoverageView(study_id=study_id, **rows.one()._mapping)

    def _studies(self) -> Select[Study]:
        return select(Study).where(col(Study.workspace_id) == self.workspace)
