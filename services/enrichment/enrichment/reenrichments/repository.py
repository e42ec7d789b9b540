"""Which versions of the models have read the stored posts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text

from enrichment.readings.reading import ReaderVersion
from kit.db import Repository

# From one version to the next by the index, however many posts each has read.
_VERSIONS_ANYWHERE = text(
    """
    WITH RECURSIVE versions AS (
        (SELECT workspace_id, model, coding FROM enrichments ORDER BY workspace_id, model, coding LIMIT 1)
        UNION ALL
        SELECT next.* FROM versions CROSS JOIN LATERAL (
            SELECT workspace_id, model, coding FROM enrichments
            WHERE (enrichments.workspace_id, enrichments.model, enrichments.coding)
                > (versions.workspace_id, versions.model, versions.coding)
            ORDER BY workspace_id, model, coding LIMIT 1
        ) AS next
    ) SELECT workspace_id, model, coding FROM versions
    """
)
_COUNTS = text(
    "SELECT model, coding, count(*) AS posts FROM enrichments WHERE workspace_id = :workspace "
    "GROUP BY model, coding ORDER BY posts DESC, model, coding"
)
_STALE = text(
    "SELECT post_id FROM enrichments WHERE workspace_id = :workspace AND (model, coding) <> (:model, :coding) "
    "AND (CAST(:after AS uuid) IS NULL OR post_id > :after) ORDER BY post_id LIMIT :limit"
)
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended(:workspace, 2))")


@dataclass(frozen=True)
class VersionCount:
    """How many posts a version of the models has read."""

    version: ReaderVersion
    posts: int


class VersionRepository(Repository):
    """Versions that read the posts of one workspace."""

    async def list_counts(self) -> list[VersionCount]:
        """The versions of the stored readings, most posts first."""
        found = await self.session.execute(_COUNTS, {"workspace": self.workspace})
        return [VersionCount(ReaderVersion(row.model, row.coding), row.posts) for row in found]

    async def list_stale(self, version: ReaderVersion, after: UUID | None, limit: int) -> Sequence[UUID]:
        """Posts that another version has read, in the order of their ids, after the one that is given."""
        values = {"workspace": self.workspace, "model": version.model, "coding": version.coding}
        found = await self.session.execute(_STALE, {**values, "after": after, "limit": limit})
        return found.scalars().all()

    async def one_at_a_time(self) -> None:
        """Makes other transactions that ask the same of this workspace wait for the end of this one."""
        await self.session.execute(_ONE_AT_A_TIME, {"workspace": self.workspace})

    async def list_anywhere(self) -> list[tuple[str, ReaderVersion]]:
        """Each workspace with each version that has read some of its posts; for a session of all workspaces."""
        found = await self.session.execute(_VERSIONS_ANYWHERE)
        return [(row.workspace_id, ReaderVersion(row.model, row.coding)) for row in found]
