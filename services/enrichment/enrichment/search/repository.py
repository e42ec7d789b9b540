"""Nearest neighbours of a vector in PostgreSQL (pgvector)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
import orjson
from sqlalchemy import text

from kit.db import Repository

# More candidates than the index was built with, and further rounds until enough of them pass the filters.
_PREPARE = text(
    "SELECT set_config('hnsw.ef_search', '200', true), set_config('hnsw.iterative_scan', 'relaxed_order', true)"
)
_NEAREST = text(
    """
    SELECT post_id, 1 - distance AS similarity FROM (
        SELECT post_id, vector <=> CAST(:vector AS halfvec) AS distance FROM enrichments
        WHERE workspace_id = :workspace AND model = :model
            AND (CAST(:study_id AS uuid) IS NULL OR study_ids @> ARRAY[CAST(:study_id AS uuid)])
        ORDER BY distance LIMIT :limit
    ) AS nearest ORDER BY similarity DESC, post_id
    """
)


@dataclass(frozen=True)
class Hit:
    """A post and its cosine similarity to what was asked."""

    post_id: UUID
    similarity: float


class SearchRepository(Repository):
    """Vectors of one workspace."""

    async def list_nearest(self, vector: bytes, model: str, study_id: UUID | None, limit: int) -> Sequence[Hit]:
        """The posts nearest to a float16 vector of the same model, nearest first."""
        await self.session.execute(_PREPARE)
        literal = orjson.dumps(np.frombuffer(vector, "<f2"), option=orjson.OPT_SERIALIZE_NUMPY).decode()
        found = await self.session.execute(
            _NEAREST,
            {
                "workspace": self.workspace,
                "vector": literal,
                "model": model,
                "study_id": study_id,
                "limit": limit,
            },
        )
        return [Hit(row.post_id, row.similarity) for row in found]
