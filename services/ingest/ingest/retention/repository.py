"""Which posts are past their time."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from ingest.retention.terms import Term
from kit.db import Repository

# One look into the index for each workspace or source, however many posts they have.
_WORKSPACES = text(
    """
    WITH RECURSIVE found AS (
        SELECT min(workspace_id) AS name FROM posts
        UNION ALL
        SELECT (SELECT min(workspace_id) FROM posts WHERE workspace_id > found.name) FROM found
        WHERE found.name IS NOT NULL
    )
    SELECT name FROM found WHERE name IS NOT NULL
    """
)
_SOURCES = text(
    """
    WITH RECURSIVE found AS (
        (SELECT source_id FROM posts WHERE workspace_id = :workspace AND erased_at IS NULL AND source_id IS NOT NULL
            ORDER BY source_id LIMIT 1)
        UNION ALL
        SELECT (SELECT source_id FROM posts WHERE workspace_id = :workspace AND erased_at IS NULL
            AND source_id > found.source_id ORDER BY source_id LIMIT 1)
        FROM found WHERE found.source_id IS NOT NULL
    )
    SELECT source_id FROM found WHERE source_id IS NOT NULL
    """
)
_TERMS = text("SELECT id, retention_days FROM sources WHERE workspace_id = :workspace AND retention_days IS NOT NULL")
# What another replica is erasing is passed over, so that both work on and neither erases twice.
_EXPIRED, _EXPIRED_WITHOUT_SOURCE = (
    text(
        f"""
        SELECT id FROM posts
        WHERE workspace_id = :workspace AND erased_at IS NULL AND {of_source} AND first_seen_at < :before
        ORDER BY first_seen_at LIMIT :limit FOR UPDATE SKIP LOCKED
        """
    )
    for of_source in ("source_id = :source", "source_id IS NULL")
)


class RetentionRepository(Repository):
    """The posts of one workspace, or the names of all workspaces for the system."""

    async def workspaces(self) -> list[str]:
        """Every workspace that has posts, in a session that sees them all."""
        return list(await self.session.scalars(_WORKSPACES))

    async def terms(self, usual_days: int) -> list[Term]:
        """The terms that end some day; 0 days are for ever."""
        own = [Term(row.id, row.retention_days) for row in await self.session.execute(_TERMS, self._here)]
        if usual_days <= 0:
            return own
        sources = await self.session.scalars(_SOURCES, self._here)
        others = {None, *sources} - {term.source_id for term in own}
        return own + [Term(source_id, usual_days) for source_id in others]

    async def lock_expired(self, source_id: UUID | None, before: datetime, limit: int) -> Sequence[UUID]:
        """Posts of a source that were first seen before a moment, held until the transaction ends; oldest first."""
        values = {"workspace": self.workspace, "before": before, "limit": limit}
        if source_id is None:
            return (await self.session.scalars(_EXPIRED_WITHOUT_SOURCE, values)).all()
        return (await self.session.scalars(_EXPIRED, {**values, "source": source_id})).all()

    @property
    def _here(self) -> dict[str, str]:
        return {"workspace": self.workspace}
