"""Counts and lists of codes."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, TextClause, select, text
from sqlmodel import col

from enrichment.coding.queries import CodedQuery, Place, Totals
from enrichment.models import CodePostRow, EnrichmentRow
from kit.db import Repository

_POSTS = text(
    """
    SELECT key, count(*) AS number FROM enrichments, unnest(code_keys) AS key
    WHERE workspace_id = :workspace AND study_ids @> ARRAY[CAST(:study AS uuid)] GROUP BY key
    """
)
_STATEMENTS = text(
    """
    SELECT (code ->> 'codebook') || '/' || (code ->> 'code') AS key,
        count(DISTINCT (statement.post_id, position)) AS number
    FROM enrichments AS post JOIN statements AS statement USING (workspace_id, post_id),
        jsonb_array_elements(statement.codes) AS code
    WHERE post.workspace_id = :workspace AND post.study_ids @> ARRAY[CAST(:study AS uuid)]
        AND (code ->> 'study' IS NULL OR code ->> 'study' = CAST(:study AS text)) GROUP BY key
    """
)
_TOTALS = text(
    """
    SELECT count(DISTINCT post.post_id) AS posts, count(statement.position) AS statements
    FROM enrichments AS post LEFT JOIN statements AS statement USING (workspace_id, post_id)
    WHERE post.workspace_id = :workspace AND post.study_ids @> ARRAY[CAST(:study AS uuid)]
    """
)


class CodeRepository(Repository):
    """Codes of one workspace."""

    async def count_posts(self, study_id: UUID) -> dict[str, int]:
        """Posts of a study by code."""
        return await self._counts(_POSTS, study_id)

    async def count_statements(self, study_id: UUID) -> dict[str, int]:
        """Statements of a study by code."""
        return await self._counts(_STATEMENTS, study_id)

    async def totals(self, study_id: UUID) -> Totals:
        """Posts and statements of a study."""
        rows = await self.session.execute(_TOTALS, {"workspace": self.workspace, "study": study_id})
        return Totals(**rows.one()._mapping)

    async def list_posts(self, query: CodedQuery, after: Place | None, limit: int) -> Sequence[UUID]:
        """Posts with a code, newest first, behind a place when it is given."""
        row = EnrichmentRow
        chosen = select(col(row.post_id)).where(
            col(row.workspace_id) == self.workspace, col(row.post_id).in_(self._coded(query.key))
        )
        if query.study_id:
            chosen = chosen.where(col(row.study_ids).contains([query.study_id]))
        if query.since:
            chosen = chosen.where(col(row.published_at) >= query.since)
        if query.until:
            chosen = chosen.where(col(row.published_at) < query.until)
        if after:
            is_older = col(row.published_at) < after.published_at
            is_twin = (col(row.published_at) == after.published_at) & (col(row.post_id) < after.post_id)
            chosen = chosen.where(is_older | is_twin)
        chosen = chosen.order_by(col(row.published_at).desc(), col(row.post_id).desc()).limit(limit)
        return (await self.session.scalars(chosen)).all()

    def _coded(self, key: str) -> Select[UUID]:
        coded = CodePostRow
        return select(col(coded.post_id)).where(col(coded.workspace_id) == self.workspace, col(coded.code_key) == key)

    async def _counts(self, statement: TextClause, study_id: UUID) -> dict[str, int]:
        rows = await self.session.execute(statement, {"workspace": self.workspace, "study": study_id})
        return {row.key: row.number for row in rows}
