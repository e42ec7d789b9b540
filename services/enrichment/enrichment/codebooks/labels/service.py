"""Giving, reading and taking back labels."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from uuid import UUID

from enrichment.codebooks.labels.repository import LabelRepository
from enrichment.codebooks.labels.schemas import LabelReport, NewLabel
from enrichment.codebooks.queue import PAUSE_SECONDS, CodebookQueue
from enrichment.codebooks.records import CodebookRecord
from enrichment.codebooks.service import CodebookService
from enrichment.enrichments.repository import EnrichmentRepository
from enrichment.models import LabelRow
from kit.db import Session, new_id
from kit.errors import FieldError, Invalid, NotFound


class LabelService:
    """Labels of the session's workspace."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._labels = LabelRepository(session)
        self._queue = CodebookQueue(session)

    async def add(self, codebook_id: UUID, new: Sequence[NewLabel], created_by: str) -> LabelReport:
        """Keeps labels, the last one of each passage, and has the head learn from them before long."""
        codebook = await CodebookService(self._session).own(codebook_id)
        _check_codes(codebook, new)
        await self._check_passages(codebook, new)
        rows = {row.digest: row for row in (_row(codebook, self._session.workspace, each, created_by) for each in new)}
        added = await self._labels.put(list(rows.values()))
        job = await self._queue.train(codebook_id, PAUSE_SECONDS)
        return LabelReport(added=added, replaced=len(rows) - added, training_job_id=job.id)

    async def list_after(
        self, codebook_id: UUID, code: str | None, after: UUID | None, limit: int
    ) -> Sequence[LabelRow]:
        """Labels of a codebook, oldest first."""
        await CodebookService(self._session).own(codebook_id)
        return await self._labels.list_after(codebook_id, code, after, limit)

    async def remove(self, codebook_id: UUID, label_id: UUID) -> None:
        """Takes a label back; raises `NotFound`."""
        await CodebookService(self._session).own(codebook_id)
        if not await self._labels.remove(codebook_id, label_id):
            raise NotFound(f"The codebook has no label with the id {label_id}.")
        await self._queue.train(codebook_id, PAUSE_SECONDS)

    async def erase(self, post_ids: Collection[UUID]) -> None:
        """Removes the labels of erased posts; heads that learnt from them are trained again without."""
        for codebook_id in await self._labels.erase(post_ids):
            await self._queue.train(codebook_id, PAUSE_SECONDS)

    async def _check_passages(self, codebook: CodebookRecord, new: Sequence[NewLabel]) -> None:
        """Raises where a post is not here, and where its passage is none of those that the codebook codes."""
        named = [each for each in new if each.post_id]
        if not named:
            return
        posts = EnrichmentRepository(self._session)
        await posts.hold_off_erasures()
        found = await posts.list_by_ids([each.post_id for each in named if each.post_id])
        statements = {each.origin.post_id: len(each.reading.statements) for each in found}
        is_whole = codebook.definition.unit == "post"
        for place, each in enumerate(new):
            if each.post_id is None:
                continue
            if each.post_id not in statements:
                raise NotFound(f"No post with the id {each.post_id} is enriched in this workspace.")
            if each.text is None and is_whole != (each.position is None):
                passage = "posts as a whole: leave position out" if is_whole else "statements: give a position"
                raise Invalid(f"This codebook codes {passage}.", (_at(place, "position", "does not fit"),))
            if each.position is not None and each.position >= statements[each.post_id]:
                raise NotFound(f"The post {each.post_id} has only {statements[each.post_id]} statements.")


def _check_codes(codebook: CodebookRecord, new: Sequence[NewLabel]) -> None:
    errors = list(_wrong_codes(codebook, new))
    if errors:
        raise Invalid(f"Labels must be by version {codebook.version} of the codebook: {errors[0].message}.", (*errors,))


def _wrong_codes(codebook: CodebookRecord, new: Sequence[NewLabel]) -> Iterable[FieldError]:
    known, is_single = set(codebook.definition.names), codebook.definition.choice == "one"
    for place, each in enumerate(new):
        if unknown := [code for code in each.codes if code not in known]:
            yield _at(place, "codes", f"it has no code {unknown[0]}")
        if is_single and len(set(each.codes)) > 1:
            yield _at(place, "codes", "a passage has at most one code")


def _at(place: int, field: str, message: str) -> FieldError:
    return FieldError(f"body.labels.{place}.{field}", message)


def _row(codebook: CodebookRecord, workspace: str, new: NewLabel, created_by: str) -> LabelRow:
    return LabelRow(
        workspace_id=workspace,
        id=new_id(),
        codebook_id=codebook.id,
        version=codebook.version,
        digest=_digest(new),
        text=new.text,
        post_id=new.post_id,
        position=new.position,
        codes=list(dict.fromkeys(new.codes)),
        considered=codebook.definition.names,
        vector=None,
        model="",
        created_by=created_by,
        created_at=datetime.now(UTC),
    )


def _digest(new: NewLabel) -> bytes:
    """Tells passages apart: the same text is one, and so is the same statement of a post."""
    passage = f"{new.post_id} {new.position}" if new.text is None else f"text {new.text}"
    return hashlib.blake2b(passage.encode(), digest_size=16).digest()
