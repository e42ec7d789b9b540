"""What training keeps and looks up: heads, and which posts are recent."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, delete, select, text
from sqlmodel import col

from enrichment.models import EnrichmentRow, HeadRow
from kit.db import Repository

_KEPT_HEADS = 10
_NEWEST = text(
    "SELECT DISTINCT ON (workspace_id, codebook_id) workspace_id, codebook_id, model FROM codebook_heads "
    "ORDER BY workspace_id, codebook_id, id DESC"
)


class HeadRepository(Repository):
    """Heads of one workspace."""

    async def add(self, head: HeadRow) -> None:
        """Keeps a head; of the codebook's older ones only a few stay."""
        self.session.add(head)
        await self.session.flush()
        newest = self._ids(head.codebook_id).limit(_KEPT_HEADS)
        await self.session.execute(
            delete(HeadRow).where(
                col(HeadRow.workspace_id) == self.workspace,
                col(HeadRow.codebook_id) == head.codebook_id,
                col(HeadRow.id).not_in(newest),
            )
        )

    async def find_newest(self, codebook_id: UUID) -> HeadRow | None:
        """The head that codes now."""
        newest = self._ids(codebook_id).limit(1)
        query = select(HeadRow).where(col(HeadRow.workspace_id) == self.workspace, col(HeadRow.id).in_(newest))
        return await self.session.scalar(query)

    async def list_recent_posts(self, study_id: UUID | None, limit: int) -> Sequence[UUID]:
        """The posts that were published last."""
        query = select(col(EnrichmentRow.post_id)).where(col(EnrichmentRow.workspace_id) == self.workspace)
        if study_id is not None:
            query = query.where(col(EnrichmentRow.study_ids).contains([study_id]))
        return (await self.session.scalars(query.order_by(col(EnrichmentRow.published_at).desc()).limit(limit))).all()

    async def list_of_other_models(self, model: str) -> list[tuple[str, UUID]]:
        """Workspace and id of codebooks whose newest head reads the vectors of another model, everywhere."""
        rows = await self.session.execute(_NEWEST)
        return [(row.workspace_id, row.codebook_id) for row in rows if row.model != model]

    def _ids(self, codebook_id: UUID) -> Select[UUID]:
        return (
            select(col(HeadRow.id))
            .where(col(HeadRow.workspace_id) == self.workspace, col(HeadRow.codebook_id) == codebook_id)
            .order_by(col(HeadRow.id).desc())
        )
