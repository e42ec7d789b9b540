"""Own codebooks and their versions as rows."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from enrichment.codebooks.definition import Definition
from enrichment.codebooks.records import CodebookRecord, CodebookVersion
from enrichment.models import CodebookRow, CodebookVersionRow
from kit.db import Repository

_SAME = ("id", "name", "study_id", "is_active", "version", "revision", "created_by", "created_at", "updated_at")


class CodebookRepository(Repository):
    """Own codebooks of one workspace."""

    async def add(self, record: CodebookRecord) -> bool:
        """Keeps a new codebook, whose first version is added apart; false when its name is taken."""
        values = {name: getattr(record, name) for name in _SAME}
        added = insert(CodebookRow).values(workspace_id=self.workspace, **values).on_conflict_do_nothing()
        return (await self.session.execute(added.returning(col(CodebookRow.id)))).one_or_none() is not None

    async def save(self, record: CodebookRecord) -> None:
        """Keeps what has changed of a codebook beside its versions."""
        row = await self.session.get_one(CodebookRow, {"workspace_id": self.workspace, "id": record.id})
        row.sqlmodel_update({name: getattr(record, name) for name in _SAME})

    def add_version(self, codebook_id: UUID, version: CodebookVersion) -> None:
        """Keeps a new version of a codebook."""
        row = CodebookVersionRow(
            workspace_id=self.workspace,
            codebook_id=codebook_id,
            version=version.version,
            definition=version.definition.model_dump(mode="json", exclude_defaults=True),
            created_by=version.created_by,
            created_at=version.created_at,
        )
        self.session.add(row)

    async def find(self, codebook_id: UUID, *, for_update: bool = False) -> CodebookRecord | None:
        """One codebook; `for_update` makes others who want to change it wait."""
        query = self._codebooks().where(col(CodebookRow.id) == codebook_id)
        query = query.with_for_update(of=CodebookRow) if for_update else query
        row = (await self.session.execute(query)).one_or_none()
        return _record(*row) if row else None

    async def find_named(self, name: str) -> CodebookRecord | None:
        """The codebook with this name."""
        row = (await self.session.execute(self._codebooks().where(col(CodebookRow.name) == name))).one_or_none()
        return _record(*row) if row else None

    async def list_after(self, after: UUID | None, study_id: UUID | None, limit: int) -> list[CodebookRecord]:
        """Codebooks in the order they were made, later than `after`; of a study those for all of them too."""
        query = self._codebooks().order_by(col(CodebookRow.id)).limit(limit)
        if after is not None:
            query = query.where(col(CodebookRow.id) > after)
        if study_id is not None:
            query = query.where(col(CodebookRow.study_id).is_(None) | (col(CodebookRow.study_id) == study_id))
        return [_record(*row) for row in await self.session.execute(query)]

    async def find_version(self, codebook_id: UUID, version: int) -> CodebookVersion | None:
        """One version of a codebook."""
        query = self._versions(codebook_id).where(col(CodebookVersionRow.version) == version)
        row = await self.session.scalar(query)
        return _version(row) if row else None

    async def list_versions(self, codebook_id: UUID, before: int | None, limit: int) -> Sequence[CodebookVersion]:
        """The versions of a codebook, newest first, older than `before` when it is given."""
        query = self._versions(codebook_id).order_by(col(CodebookVersionRow.version).desc()).limit(limit)
        if before is not None:
            query = query.where(col(CodebookVersionRow.version) < before)
        return [_version(row) for row in await self.session.scalars(query)]

    def _codebooks(self) -> Select[CodebookRow, CodebookVersionRow]:
        is_newest = (
            (col(CodebookVersionRow.workspace_id) == col(CodebookRow.workspace_id))
            & (col(CodebookVersionRow.codebook_id) == col(CodebookRow.id))
            & (col(CodebookVersionRow.version) == col(CodebookRow.version))
        )
        return (
            select(CodebookRow, CodebookVersionRow)
            .join(CodebookVersionRow, is_newest)
            .where(col(CodebookRow.workspace_id) == self.workspace)
            .execution_options(populate_existing=True)
        )

    def _versions(self, codebook_id: UUID) -> Select[CodebookVersionRow]:
        return select(CodebookVersionRow).where(
            col(CodebookVersionRow.workspace_id) == self.workspace, col(CodebookVersionRow.codebook_id) == codebook_id
        )


def _record(codebook: CodebookRow, version: CodebookVersionRow) -> CodebookRecord:
    definition = Definition.model_validate(version.definition)
    return CodebookRecord(definition=definition, **{name: getattr(codebook, name) for name in _SAME})


def _version(row: CodebookVersionRow) -> CodebookVersion:
    return CodebookVersion(row.version, Definition.model_validate(row.definition), row.created_by, row.created_at)
