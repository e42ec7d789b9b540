"""Which heads code, and the codes of stored posts, written many at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlmodel import col, select

from enrichment.enrichments.documents import to_documents
from enrichment.enrichments.enrichment import Enrichment
from enrichment.models import HeadRow
from kit.db import Repository

_HOLD_HEADS = text("SELECT pg_advisory_xact_lock_shared(hashtextextended(:workspace, 2))")
_CHANGE_HEADS = text("SELECT pg_advisory_xact_lock(hashtextextended(:workspace, 2))")
_NEWEST = text(
    """
    SELECT book.name, book.study_id, book.is_active, head.id AS head_id, head.version, head.model,
        coalesce(version.definition ->> 'unit', 'statement') AS unit
    FROM codebooks AS book
    LEFT JOIN LATERAL (SELECT id, version, model FROM codebook_heads WHERE workspace_id = :workspace
        AND codebook_id = book.id ORDER BY id DESC LIMIT 1) AS head ON true
    LEFT JOIN codebook_versions AS version ON version.workspace_id = :workspace AND version.codebook_id = book.id
        AND version.version = head.version
    WHERE book.workspace_id = :workspace ORDER BY book.id
    """
)
_NEXT_POSTS = text(
    "SELECT post_id FROM enrichments WHERE workspace_id = :workspace "
    "AND (CAST(:after AS uuid) IS NULL OR post_id > :after) ORDER BY post_id LIMIT :limit"
)
_LOCK_POSTS = text(
    "SELECT FROM enrichments WHERE workspace_id = :workspace AND post_id = ANY(:ids) ORDER BY post_id FOR UPDATE"
)
_SET_CODES = text(
    """
    UPDATE enrichments AS post SET codes = given.codes, code_keys = given.code_keys
    FROM json_to_recordset(CAST(:rows AS json)) AS given (post_id uuid, codes jsonb, code_keys text[])
    WHERE post.workspace_id = :workspace AND post.post_id = given.post_id
    """
)
_SET_STATEMENT_CODES = text(
    """
    UPDATE statements AS statement SET codes = given.codes
    FROM json_to_recordset(CAST(:rows AS json)) AS given (post_id uuid, position integer, codes jsonb)
    WHERE statement.workspace_id = :workspace AND statement.post_id = given.post_id
        AND statement.position = given.position AND statement.codes <> given.codes
    """
)


@dataclass(frozen=True)
class CodebookHead:
    """An own codebook and its newest head, if one is trained."""

    name: str
    study_id: UUID | None
    is_active: bool
    head_id: UUID | None
    version: int | None
    model: str | None
    unit: str


class CodingRepository(Repository):
    """Codings by own codebooks in one workspace."""

    async def list_heads(self) -> list[CodebookHead]:
        """Every own codebook with its newest head, which stays the newest until this transaction ends."""
        await self.session.execute(_HOLD_HEADS, {"workspace": self.workspace})
        rows = await self.session.execute(_NEWEST, {"workspace": self.workspace})
        return [CodebookHead(**row._mapping) for row in rows]

    async def change_heads(self) -> None:
        """Waits until nobody codes in this workspace; who codes later sees what this transaction has changed."""
        await self.session.execute(_CHANGE_HEADS, {"workspace": self.workspace})

    async def load_heads(self, ids: Collection[UUID]) -> dict[UUID, bytes]:
        """Heads by id, as they were dumped."""
        rows = await self.session.execute(
            select(col(HeadRow.id), col(HeadRow.head)).where(
                col(HeadRow.workspace_id) == self.workspace, col(HeadRow.id).in_(ids)
            )
        )
        return {row.id: row.head for row in rows}

    async def list_next_posts(self, after: UUID | None, limit: int) -> Sequence[UUID]:
        """The next posts by id."""
        values = {"workspace": self.workspace, "after": after, "limit": limit}
        return (await self.session.scalars(_NEXT_POSTS, values)).all()

    async def lock_posts(self, ids: Sequence[UUID]) -> None:
        """Makes others who want to change these posts wait until this transaction ends."""
        await self.session.execute(_LOCK_POSTS, {"workspace": self.workspace, "ids": list(ids)})

    async def set_codes(self, enrichments: Sequence[Enrichment]) -> None:
        """Writes the codes of posts and of their statements."""
        posts = (
            {
                "post_id": str(each.origin.post_id),
                "codes": to_documents(each.reading.codes),
                "code_keys": each.reading.code_keys,
            }
            for each in enrichments
        )
        statements = (
            {"post_id": str(each.origin.post_id), "position": position, "codes": to_documents(statement.codes)}
            for each in enrichments
            for position, statement in enumerate(each.reading.statements)
        )
        await self.session.execute(_SET_CODES, self._document(posts))
        await self.session.execute(_SET_STATEMENT_CODES, self._document(statements))

    def _document(self, rows: Iterable[Mapping[str, object]]) -> dict[str, str]:
        return {"workspace": self.workspace, "rows": orjson.dumps(list(rows)).decode()}
