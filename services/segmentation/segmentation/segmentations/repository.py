"""Segmentations of one workspace."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import distinct_on
from sqlmodel import col

from kit.db import Repository
from kit.errors import NotFound
from segmentation.models import Segmentation

_TAKE_TURNS = text("SELECT pg_advisory_xact_lock(hashtextextended(:versions, 0))")


class SegmentationRepository(Repository):
    """Versions of partitions."""

    async def find(self, segmentation_id: UUID) -> Segmentation | None:
        """A segmentation, if it was published."""
        query = select(Segmentation).where(
            col(Segmentation.workspace_id) == self.workspace, col(Segmentation.id) == segmentation_id
        )
        return (await self.session.scalars(query)).one_or_none()

    async def get(self, segmentation_id: UUID) -> Segmentation:
        """A segmentation; raises `NotFound`."""
        found = await self.find(segmentation_id)
        if found is None:
            raise NotFound(f"No segmentation has the id {segmentation_id} in this workspace.")
        return found

    async def next_version(self, study_id: UUID, kind: str) -> int:
        """The version of the next publication; until the transaction ends, no other one gets a number."""
        versions = f"versions:{self.workspace}:{study_id}:{kind}"
        await self.session.execute(_TAKE_TURNS, {"versions": versions})
        query = select(func.max(Segmentation.version)).where(
            col(Segmentation.workspace_id) == self.workspace,
            col(Segmentation.study_id) == study_id,
            col(Segmentation.kind) == kind,
        )
        return ((await self.session.execute(query)).scalar_one() or 0) + 1

    async def latest(self, study_ids: Sequence[UUID], kind: str) -> Sequence[Segmentation]:
        """The newest version of each study that has one."""
        query = (
            select(Segmentation)
            .where(
                col(Segmentation.workspace_id) == self.workspace,
                col(Segmentation.study_id).in_(study_ids),
                col(Segmentation.kind) == kind,
            )
            .ext(distinct_on(col(Segmentation.study_id)))
            .order_by(col(Segmentation.study_id), col(Segmentation.version).desc())
        )
        return (await self.session.scalars(query)).all()

    async def list_of_study(self, study_id: UUID, before: UUID | None, limit: int) -> Sequence[Segmentation]:
        """The segmentations of a study, newest first."""
        query = (
            select(Segmentation)
            .where(col(Segmentation.workspace_id) == self.workspace, col(Segmentation.study_id) == study_id)
            .order_by(col(Segmentation.id).desc())
            .limit(limit)
        )
        if before is not None:
            query = query.where(col(Segmentation.id) < before)
        return (await self.session.scalars(query)).all()
