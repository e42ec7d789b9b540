"""Decisions of adjudicators."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import col, select

from enrichment.models import AnnotationRow
from kit.db import Repository


class DecisionRepository(Repository):
    """Decisions of one workspace."""

    async def standing(self, item_id: UUID) -> AnnotationRow | None:
        """The decision about an item that stands."""
        found = await self.session.scalars(
            select(AnnotationRow).where(
                col(AnnotationRow.workspace_id) == self.workspace,
                col(AnnotationRow.item_id) == item_id,
                col(AnnotationRow.slot_id).is_(None),
                col(AnnotationRow.replaced_at).is_(None),
            )
        )
        return found.one_or_none()

    async def replace(self, before: AnnotationRow | None, decision: AnnotationRow) -> None:
        """Puts a decision in the place of the one before."""
        if before is not None:
            before.replaced_at = decision.created_at
            await self.session.flush()
        self.session.add(decision)
        await self.session.flush()
