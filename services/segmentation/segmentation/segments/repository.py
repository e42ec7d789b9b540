"""Segments of one workspace."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select, text
from sqlmodel import col

from kit.db import Repository
from kit.errors import NotFound
from segmentation.models import Segment

_FORGET_EXEMPLARS = text(
    """
    UPDATE segments SET exemplar_post_ids = ARRAY(
        SELECT exemplar FROM unnest(exemplar_post_ids) WITH ORDINALITY AS kept (exemplar, place)
        WHERE exemplar <> ALL(:posts) ORDER BY place)
    WHERE workspace_id = :workspace AND exemplar_post_ids && CAST(:posts AS uuid[])
    """
)


class SegmentRepository(Repository):
    """Named groups."""

    async def get(self, segment_id: UUID) -> Segment:
        """A segment; raises `NotFound`."""
        query = select(Segment).where(col(Segment.workspace_id) == self.workspace, col(Segment.id) == segment_id)
        found = (await self.session.scalars(query)).one_or_none()
        if found is None:
            raise NotFound(f"No segment has the id {segment_id} in this workspace.")
        return found

    async def list_of(self, segmentation_id: UUID, after: int, limit: int | None = None) -> Sequence[Segment]:
        """The segments of a segmentation with numbers above `after`, largest first."""
        query = (
            select(Segment)
            .where(
                col(Segment.workspace_id) == self.workspace,
                col(Segment.segmentation_id) == segmentation_id,
                col(Segment.number) > after,
            )
            .order_by(col(Segment.number))
            .limit(limit)
        )
        return (await self.session.scalars(query)).all()

    async def forget_exemplars(self, post_ids: Sequence[UUID]) -> None:
        """Takes erased posts out of the examples of every segment."""
        await self.session.execute(_FORGET_EXEMPLARS, {"workspace": self.workspace, "posts": list(post_ids)})
