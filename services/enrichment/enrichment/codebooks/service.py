"""Making, changing, cloning and reading codebooks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from enrichment.codebooks import library
from enrichment.codebooks.definition import Definition
from enrichment.codebooks.queue import CodebookQueue
from enrichment.codebooks.records import CodebookRecord, CodebookVersion
from enrichment.codebooks.repository import CodebookRepository
from enrichment.codebooks.schemas import CodebookChange, CodebookClone, NewCodebook
from enrichment.codebooks.shelf import SHIPPED
from kit.db import Session, new_id
from kit.errors import Conflict, NotFound
from kit.rest import check_revision


class CodebookService:
    """Codebooks of the session's workspace, and the shipped ones."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._codebooks = CodebookRepository(session)
        self._queue = CodebookQueue(session)

    async def create(self, new: NewCodebook, created_by: str) -> CodebookRecord:
        """Keeps a codebook, which codes as soon as its prototypes are made; raises `Conflict` for a taken name."""
        return await self._add(new.name, new.study_id, new.definition, created_by)

    async def clone(self, codebook_id: UUID, clone: CodebookClone, created_by: str) -> CodebookRecord:
        """Copies the newest version of any codebook under another name; labels stay with the original."""
        original = await self.get(codebook_id)
        title = clone.title or original.definition.title
        definition = original.definition.model_copy(update={"title": title})
        return await self._add(clone.name, clone.study_id, definition, created_by)

    async def add_version(
        self, codebook_id: UUID, definition: Definition, expected: int | None, created_by: str
    ) -> CodebookRecord:
        """Makes contents that differ from the newest version the next one; the versions before stay as they are."""
        before = await self._own(codebook_id)
        check_revision(expected, before.revision)
        if before.definition == definition:
            return before
        record = replace(_changed(before), version=before.version + 1, definition=definition)
        await self._codebooks.save(record)
        await self._begin(record, created_by)
        return record

    async def change(self, codebook_id: UUID, change: CodebookChange, expected: int | None) -> CodebookRecord:
        """Changes what is coded; posts that are stored are coded anew or freed of its codes."""
        before = await self._own(codebook_id)
        check_revision(expected, before.revision)
        given = {name: getattr(change, name) for name in change.model_fields_set}
        if all(getattr(before, name) == value for name, value in given.items()):
            return before
        record = replace(_changed(before), **given)
        await self._codebooks.save(record)
        await self._queue.recode()
        return record

    async def get(self, codebook_id: UUID) -> CodebookRecord:
        """One codebook in its newest version; raises `NotFound`."""
        shipped = library.find(codebook_id)
        found = CodebookRecord.of(shipped) if shipped else await self._codebooks.find(codebook_id)
        return found or _missing(codebook_id)

    async def own(self, codebook_id: UUID) -> CodebookRecord:
        """One codebook of the workspace; raises `NotFound`, and `Conflict` for a shipped one."""
        return await self._own(codebook_id, for_update=False)

    async def list_after(self, after: UUID | None, study_id: UUID | None, limit: int) -> list[CodebookRecord]:
        """The shipped codebooks by name, then those of the workspace in the order they were made."""
        shipped = [CodebookRecord.of(each) for each in library.library()]
        places = [each.id for each in shipped]
        if after in places:
            shipped, after = shipped[places.index(after) + 1 :], None
        elif after is not None:
            shipped = []
        own = await self._codebooks.list_after(after, study_id, limit)
        return [*shipped, *own][:limit]

    async def list_versions(self, codebook_id: UUID, before: int | None, limit: int) -> Sequence[CodebookVersion]:
        """The versions of an own codebook, newest first."""
        await self.own(codebook_id)
        return await self._codebooks.list_versions(codebook_id, before, limit)

    async def version(self, codebook_id: UUID, version: int) -> CodebookVersion:
        """One version of an own codebook; raises `NotFound`."""
        await self.own(codebook_id)
        found = await self._codebooks.find_version(codebook_id, version)
        if found is None:
            raise NotFound(f"The codebook has no version {version}; its list of versions shows which it has.")
        return found

    async def named(self, name: str, version: int) -> CodebookVersion:
        """One version of an own codebook by its name; raises `NotFound`."""
        found = await self._codebooks.find_named(name)
        if found is None:
            raise NotFound(f"No codebook is called {name}; `GET /v1/codebooks` shows those there are.")
        return await self.version(found.id, version)

    async def _add(self, name: str, study_id: UUID | None, definition: Definition, created_by: str) -> CodebookRecord:
        now = datetime.now(UTC)
        record = CodebookRecord(new_id(), name, study_id, True, 1, 1, definition, False, created_by, now, now)
        if name in SHIPPED or not await self._codebooks.add(record):
            raise Conflict(f"A codebook is called {name} already; choose another name.")
        await self._begin(record, created_by)
        return record

    async def _begin(self, record: CodebookRecord, created_by: str) -> None:
        version = CodebookVersion(record.version, record.definition, created_by, datetime.now(UTC))
        self._codebooks.add_version(record.id, version)
        await self._queue.train(record.id)

    async def _own(self, codebook_id: UUID, *, for_update: bool = True) -> CodebookRecord:
        if library.find(codebook_id):
            raise Conflict("A shipped codebook is changed by a release only: clone it, and change the clone.")
        found = await self._codebooks.find(codebook_id, for_update=for_update)
        return found or _missing(codebook_id)


def _changed(record: CodebookRecord) -> CodebookRecord:
    return replace(record, revision=record.revision + 1, updated_at=datetime.now(UTC))


def _missing(codebook_id: UUID) -> CodebookRecord:
    raise NotFound(f"No codebook has the id {codebook_id} in this workspace.")
