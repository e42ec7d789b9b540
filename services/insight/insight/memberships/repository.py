"""Segmentations, their segments, and the memberships of posts."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select, text
from sqlmodel import col

from insight.models import Membership, Segment, Segmentation
from kit.db import Repository

_PUT_SEGMENTATIONS = text(
    """
    INSERT INTO segmentations (workspace_id, id, study_id, kind, version, posts, published_at, received_at)
    SELECT :workspace, * FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given (
        id uuid, study_id uuid, kind text, version integer, posts integer, published_at timestamptz,
        received_at timestamptz)
    ON CONFLICT DO NOTHING
    """
)
_PUT_SEGMENTS = text(
    """
    INSERT INTO segments (workspace_id, id, segmentation_id, label, exemplars)
    SELECT :workspace, * FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given (
        id uuid, segmentation_id uuid, label text, exemplars uuid[])
    ON CONFLICT DO NOTHING
    """
)
# Event ids are ordered by time (UUIDv7): of two events about one post the later one holds, in any order of
# arrival. An erased post keeps its place without a segment, so that the memberships still add up.
_PUT_MEMBERSHIPS = text(
    """
    INSERT INTO memberships AS known (workspace_id, segmentation_id, post_id, segment_id, strength, event_id)
    SELECT :workspace, given.segmentation_id, given.post_id,
        CASE WHEN erased.post_id IS NULL THEN given.segment_id END, given.strength, given.event_id
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given (
        segmentation_id uuid, post_id uuid, segment_id uuid, strength real, event_id uuid)
    LEFT JOIN tombstones AS erased ON erased.workspace_id = :workspace AND erased.post_id = given.post_id
    ORDER BY given.segmentation_id, given.post_id
    ON CONFLICT (workspace_id, segmentation_id, post_id) DO UPDATE SET
        segment_id = excluded.segment_id, strength = excluded.strength, event_id = excluded.event_id
    WHERE known.event_id < excluded.event_id
    """
)
_DETACH = text(
    "UPDATE memberships SET segment_id = NULL, strength = 0 WHERE workspace_id = :workspace AND post_id = ANY(:posts)"
)
_FORGET_EXEMPLARS = text(
    """
    UPDATE segments SET exemplars = ARRAY(
        SELECT exemplar FROM unnest(exemplars) WITH ORDINALITY AS kept (exemplar, place)
        WHERE exemplar <> ALL(:posts) ORDER BY place)
    WHERE workspace_id = :workspace AND exemplars && CAST(:posts AS uuid[])
    """
)
_FORGET_OLDER = text(
    """
    DELETE FROM memberships USING segmentations AS old, segmentations AS current
    WHERE memberships.workspace_id = :workspace AND memberships.segmentation_id = old.id
        AND old.workspace_id = :workspace AND current.workspace_id = :workspace AND current.id = :segmentation
        AND old.study_id = current.study_id AND old.kind = current.kind AND old.version < current.version
    """
)
_LACKS_FACTS = text(
    """
    SELECT EXISTS (
        SELECT FROM memberships AS member WHERE workspace_id = :workspace AND segmentation_id = :segmentation
            AND NOT EXISTS (SELECT FROM facts WHERE workspace_id = :workspace AND post_id = member.post_id)
            AND NOT EXISTS (SELECT FROM tombstones WHERE workspace_id = :workspace AND post_id = member.post_id)
    ) AND (SELECT received_at + CAST(:patience AS interval) > now() FROM segmentations
        WHERE workspace_id = :workspace AND id = :segmentation)
    """
)


@dataclass(frozen=True)
class MembershipRow:
    """One membership as an event told it."""

    segmentation_id: UUID
    post_id: UUID
    segment_id: UUID | None
    strength: float
    event_id: UUID


class MembershipRepository(Repository):
    """Segmentations and memberships of one workspace."""

    async def put_segmentations(self, segmentations: Sequence[Segmentation], segments: Sequence[Segment]) -> None:
        """Stores segmentations with their segments; known ones stay as they are, for versions never change."""
        for statement, rows in ((_PUT_SEGMENTATIONS, segmentations), (_PUT_SEGMENTS, segments)):
            values = [row.model_dump(mode="json", exclude={"workspace_id"}) for row in rows]
            await self.session.execute(statement, {"workspace": self.workspace, "rows": json.dumps(values)})

    async def put_memberships(self, memberships: Sequence[MembershipRow]) -> None:
        """Stores memberships unless a later event has told otherwise; at most one per segmentation and post."""
        rows = json.dumps([asdict(membership) for membership in memberships], default=str)
        await self.session.execute(_PUT_MEMBERSHIPS, {"workspace": self.workspace, "rows": rows})

    async def detach(self, posts: Sequence[UUID]) -> None:
        """Takes posts out of every segment, and out of its examples."""
        for statement in (_DETACH, _FORGET_EXEMPLARS):
            await self.session.execute(statement, {"workspace": self.workspace, "posts": list(posts)})

    async def forget_older(self, segmentation_id: UUID) -> None:
        """Drops the memberships of the versions that a segmentation replaced."""
        await self.session.execute(_FORGET_OLDER, {"workspace": self.workspace, "segmentation": segmentation_id})

    async def latest(self, study_id: UUID, kind: str) -> Segmentation | None:
        """The newest segmentation of a kind that was published for a study."""
        query = (
            select(Segmentation)
            .where(
                col(Segmentation.workspace_id) == self.workspace,
                col(Segmentation.study_id) == study_id,
                col(Segmentation.kind) == kind,
            )
            .order_by(col(Segmentation.version).desc())
            .limit(1)
        )
        return (await self.session.scalars(query)).one_or_none()

    async def count(self, segmentation_id: UUID) -> int:
        """How many memberships of a segmentation have arrived."""
        query = select(func.count()).where(
            col(Membership.workspace_id) == self.workspace, col(Membership.segmentation_id) == segmentation_id
        )
        return (await self.session.scalars(query)).one()

    async def lacks_facts(self, segmentation: Segmentation, patience: timedelta) -> bool:
        """Whether posts with a membership are still to be counted; after a while they are no longer waited for."""
        values = {"workspace": self.workspace, "segmentation": segmentation.id, "patience": patience}
        return bool(await self.session.scalar(_LACKS_FACTS, values))

    async def kinds(self, study_id: UUID) -> Sequence[str]:
        """The kinds of segmentation that a study has."""
        query = select(col(Segmentation.kind)).where(
            col(Segmentation.workspace_id) == self.workspace, col(Segmentation.study_id) == study_id
        )
        return (await self.session.scalars(query.distinct().order_by(col(Segmentation.kind)))).all()
