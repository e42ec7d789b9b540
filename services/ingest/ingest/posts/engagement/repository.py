"""Observations of engagement as rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from ingest.posts.records import COUNTS, Engagement, PostRecord
from kit.db import Repository

_NAMES = ", ".join(COUNTS)
_ADD = text(
    f"""
    INSERT INTO engagement_observations (workspace_id, post_id, observed_at, {_NAMES})
    SELECT :workspace, post_id, :moment, {_NAMES}
    FROM unnest(CAST(:ids AS uuid[]), {", ".join(f"CAST(:{name} AS bigint[])" for name in COUNTS)})
        AS given (post_id, {_NAMES})
    ON CONFLICT DO NOTHING
    """
)
_LIST = text(
    f"""
    SELECT observed_at, {_NAMES} FROM engagement_observations
    WHERE workspace_id = :workspace AND post_id = :id
        AND (CAST(:after AS timestamptz) IS NULL OR observed_at > :after)
    ORDER BY observed_at LIMIT :limit
    """
)


@dataclass(frozen=True, slots=True)
class Observation:
    """The counts of a post as they were told at one moment."""

    observed_at: datetime
    engagement: Engagement


class EngagementRepository(Repository):
    """Observations of the posts of one workspace."""

    async def add(self, posts: Sequence[PostRecord], moment: datetime) -> None:
        """Adds the counts of posts to what was observed of them before."""
        counts = {name: [getattr(post.engagement, name) for post in posts] for name in COUNTS}
        values = {"workspace": self.workspace, "moment": moment, "ids": [post.id for post in posts], **counts}
        await self.session.execute(_ADD, values)

    async def list_after(self, post_id: UUID, after: datetime | None, limit: int) -> list[Observation]:
        """Observations of a post, oldest first, later than `after` when it is given."""
        values = {"workspace": self.workspace, "id": post_id, "after": after, "limit": limit}
        rows = await self.session.execute(_LIST, values)
        return [
            Observation(row.observed_at, Engagement(**{name: getattr(row, name) for name in COUNTS})) for row in rows
        ]
