"""Brands and products of studies as rows."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col, delete, select

from enrichment.entities.entity import EntityKind
from enrichment.entities.naming import StudyName
from enrichment.models import StudyNameRow
from kit.db import Repository


class StudyNameRepository(Repository):
    """Names in one workspace."""

    async def list_all(self) -> tuple[StudyName, ...]:
        """Those of every study."""
        found = await self.session.execute(
            select(StudyNameRow).where(col(StudyNameRow.workspace_id) == self.workspace).order_by(*_ORDER)
        )
        return tuple(map(_name, found.scalars()))

    async def list_by_study(self, study_id: UUID) -> tuple[StudyName, ...]:
        """Those of one study, by kind and name."""
        found = await self.session.execute(
            select(StudyNameRow)
            .where(col(StudyNameRow.workspace_id) == self.workspace, col(StudyNameRow.study_id) == study_id)
            .order_by(*_ORDER)
        )
        return tuple(map(_name, found.scalars()))

    async def replace(self, study_id: UUID, names: Sequence[StudyName]) -> None:
        """Puts these in the place of what the study had."""
        await self.session.execute(
            delete(StudyNameRow).where(
                col(StudyNameRow.workspace_id) == self.workspace, col(StudyNameRow.study_id) == study_id
            )
        )
        self.session.add_all(
            StudyNameRow(
                workspace_id=self.workspace,
                study_id=study_id,
                kind=each.kind,
                name=each.name,
                spellings=list(each.spellings),
            )
            for each in names
        )


_ORDER = (col(StudyNameRow.study_id), col(StudyNameRow.kind), col(StudyNameRow.name))


def _name(row: StudyNameRow) -> StudyName:
    return StudyName(row.study_id, EntityKind(row.kind), row.name, tuple(row.spellings))
