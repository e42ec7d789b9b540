"""Nearest neighbours of a vector in PostgreSQL (pgvector)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

import numpy as np
import orjson
from sqlalchemy import Row, text

from enrichment.search.filters import SearchFilters
from enrichment.vectors.sizing import VectorSpace, lists_of, probes_for
from kit.db import Repository

# Among so many an exact search is no slower than one by the index, which a filter makes look further and further.
MOST_EXACT = 16_000
# So many that are nearest by the signs of their components are then compared in full.
_CANDIDATES = 1_000
_CONDITIONS = {
    "study_id": "study_ids @> ARRAY[CAST(:study_id AS uuid)]",
    "since": "published_at >= :since",
    "until": "published_at < :until",
    "language": "language = :language",
    "code": "code_keys @> ARRAY[CAST(:code AS text)]",
}
# The same of few posts, by an index: where rows are kept apart by workspace, there can be none of arrays.
_CONDITIONS_OF_FEW = _CONDITIONS | {
    "study_id": "post_id IN (SELECT post_id FROM study_posts WHERE workspace_id = :workspace "
    "AND study_id = CAST(:study_id AS uuid))",
    "code": "post_id IN (SELECT post_id FROM code_posts WHERE workspace_id = :workspace "
    "AND code_key = CAST(:code AS text))",
}
_INDEX = text(
    "SELECT relname FROM pg_class JOIN pg_index ON indexrelid = pg_class.oid WHERE indisvalid "
    "AND starts_with(relname, :prefix)"
)
# The plan must see the encoder's name, which tells the index, and how rare what is asked for is.
_PREPARE = text(
    "SELECT set_config('ivfflat.probes', :probes, true), set_config('ivfflat.iterative_scan', 'relaxed_order', true), "
    "set_config('plan_cache_mode', 'force_custom_plan', true)"
)


@dataclass(frozen=True)
class Hit:
    """A post and its cosine similarity to what was asked."""

    post_id: UUID
    similarity: float


class SearchRepository(Repository):
    """Vectors of one workspace."""

    async def list_nearest(
        self, vector: bytes, space: VectorSpace, filters: SearchFilters, limit: int
    ) -> Sequence[Hit]:
        """The posts nearest to a float16 vector of the same encoder, nearest first.

        Exact where few posts are in question or there is no index; otherwise 98 of 100 of the ten nearest are found.
        """
        given = {name: value for name, value in asdict(filters).items() if value is not None}
        literal = orjson.dumps(np.frombuffer(vector, "<f2"), option=orjson.OPT_SERIALIZE_NUMPY).decode()
        asked = {"workspace": self.workspace, "model": space.model, **given, "vector": literal, "limit": limit}
        if await self._prepare(space):
            few = await self._list_of_few(given, asked)
            found = await self._list_of_many(given, asked, space) if few is None else few
        else:
            found = await self._list(_exact(given), {**asked, "most": None})
        return [Hit(row.post_id, row.similarity) for row in found]

    async def _list_of_few(self, given: Iterable[str], asked: Mapping[str, object]) -> Sequence[Row[Any]] | None:
        """The nearest where few posts are in question; None where they are many."""
        if await self._estimate(given, asked) > MOST_EXACT:
            return None
        found = await self._list(_exact(given), {**asked, "most": MOST_EXACT + 1})
        return None if found and found[0].posts > MOST_EXACT else found

    async def _list_of_many(
        self, given: Iterable[str], asked: Mapping[str, object], space: VectorSpace
    ) -> Sequence[Row[Any]]:
        return await self._list(_by_index(given, space.dimensions), {**asked, "candidates": _CANDIDATES})

    async def _estimate(self, given: Iterable[str], values: Mapping[str, object]) -> int:
        """About how many posts there are to search, as PostgreSQL's statistics have it; counting takes longer."""
        plan = await self.session.execute(text(f"EXPLAIN SELECT FROM enrichments WHERE {_where(given)}"), values)
        return int(str(plan.scalars().first()).partition("rows=")[2].split()[0])

    async def _prepare(self, space: VectorSpace) -> bool:
        """Sets the transaction up for the index; false while there is none."""
        indexes = await self.session.execute(_INDEX, {"prefix": space.prefix})
        lists = max(map(lists_of, indexes.scalars()), default=0)
        await self.session.execute(_PREPARE, {"probes": str(probes_for(lists))})
        return lists > 0

    async def _list(self, statement: str, values: Mapping[str, object]) -> Sequence[Row[Any]]:
        return (await self.session.execute(text(statement), values)).all()


def _where(given: Iterable[str], conditions: Mapping[str, str] = _CONDITIONS) -> str:
    return " AND ".join(["workspace_id = :workspace", "model = :model", *(conditions[name] for name in given)])


def _exact(given: Iterable[str]) -> str:
    """The nearest of the first `most` posts, and how many these are: all there are, unless there are too many."""
    return f"""
    SELECT post_id, similarity, count(*) OVER () AS posts FROM (
        SELECT post_id, 1 - (vector <=> CAST(:vector AS halfvec)) AS similarity FROM enrichments
        WHERE {_where(given, _CONDITIONS_OF_FEW)} LIMIT CAST(:most AS bigint)
    ) AS first ORDER BY similarity DESC, post_id LIMIT :limit
    """


def _by_index(given: Iterable[str], dimensions: int) -> str:
    def signs(of: str) -> str:
        return f"CAST(binary_quantize(CAST({of} AS halfvec({dimensions}))) AS bit({dimensions}))"

    return f"""
    SELECT post_id, 1 - (vector <=> CAST(:vector AS halfvec)) AS similarity FROM (
        SELECT post_id, vector FROM enrichments WHERE {_where(given)}
        ORDER BY {signs("vector")} <~> {signs(":vector")} LIMIT :candidates
    ) AS candidates ORDER BY similarity DESC, post_id LIMIT :limit
    """
