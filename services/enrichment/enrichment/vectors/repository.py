"""Indexes of vectors in PostgreSQL (pgvector)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from enrichment.vectors.sizing import VectorSpace
from kit.db import EVERYWHERE

_EVERYWHERE = text("SELECT set_config('pourquoi.workspace', :everywhere, false)")
_TRY_LOCK = text("SELECT pg_try_advisory_lock(hashtextextended('enrichments_vector', 3))")
_UNLOCK = text("SELECT pg_advisory_unlock_all()")
_INDEXES = text(
    "SELECT relname, indisvalid FROM pg_class JOIN pg_index ON indexrelid = pg_class.oid "
    "WHERE indrelid = 'enrichments'::regclass AND relname LIKE 'enrichments\\_vector\\_%' ORDER BY relname"
)
_ROWS = text("SELECT count(*) FROM enrichments WHERE model = :model")
_MODELS = text("SELECT DISTINCT model FROM enrichments")


class VectorIndexRepository:
    """Indexes are made beside the writing, which no transaction can do: the connection commits by itself."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def claim(self) -> bool:
        """Sees all workspaces from now on, unless another process is at it; it does not wait.

        A transaction that waits would be waited for by the making of the index.
        """
        await self._connection.execute(_EVERYWHERE, {"everywhere": EVERYWHERE})
        return bool((await self._connection.execute(_TRY_LOCK)).scalar_one())

    async def let_go(self) -> None:
        """Lets another process be at it."""
        await self._connection.execute(_UNLOCK)

    async def list_indexes(self) -> dict[str, bool]:
        """The indexes of vectors by name, and whether each is complete."""
        return {row.relname: row.indisvalid for row in await self._connection.execute(_INDEXES)}

    async def count_rows(self, space: VectorSpace) -> int:
        """How many vectors an encoder has given."""
        return int((await self._connection.execute(_ROWS, {"model": space.model})).scalar_one())

    async def list_models(self) -> Sequence[str]:
        """The encoders that vectors are stored of."""
        return (await self._connection.execute(_MODELS)).scalars().all()

    async def create(self, space: VectorSpace, lists: int) -> None:
        """Makes the index while posts are stored: by the signs of the vectors' components, one bit each.

        A new row costs next to nothing: a comparison with each list's centre in bits, and 48 bytes. With links between
        neighbours (HNSW, m = 8) it costs half as much as reading the post, and ten times the space.
        """
        quoted = space.model.replace("'", "''")
        await self._run(
            f"CREATE INDEX CONCURRENTLY {space.index(lists)} ON enrichments USING ivfflat "
            f"((binary_quantize(vector::halfvec({space.dimensions}))::bit({space.dimensions})) bit_hamming_ops) "
            f"WITH (lists = {lists}) WHERE model = '{quoted}'"
        )

    async def drop(self, index: str) -> None:
        """Removes an index while searches go on."""
        await self._run(f"DROP INDEX CONCURRENTLY IF EXISTS {index}")

    async def _run(self, statement: str) -> None:
        await self._connection.exec_driver_sql(statement)
