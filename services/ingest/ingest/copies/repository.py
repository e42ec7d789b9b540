"""Signatures of texts, and groups of copies, as rows."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, TextClause, text

from kit.db import Repository

# A plan that was made while the tables were empty reads all of them for as long as it is kept. And without statistics,
# as after a burst into a new database, a workspace is taken for a few rows: so keys are given as arrays, because a
# join with them can be turned round, and no table is read as a whole.
_BY_KEYS = text(
    "SELECT set_config('plan_cache_mode', 'force_custom_plan', true), set_config('enable_seqscan', 'off', true)"
)
_FIRSTS = text(
    "SELECT DISTINCT ON (digest) digest, copy_of FROM post_signatures "
    "WHERE workspace_id = :workspace AND digest = ANY(CAST(:digests AS bytea[])) ORDER BY digest, copy_of"
)
_TEXTS = text(
    "SELECT id, text FROM posts "
    "WHERE workspace_id = :workspace AND id = ANY(CAST(:ids AS uuid[])) AND copy_of = id AND text IS NOT NULL"
)
# All rows of a transaction have one number, so that what is still to come from others is few numbers.
_ADD = text(
    """
    WITH ticket AS MATERIALIZED (SELECT nextval('post_signature_chunks') AS chunk), added AS (
        INSERT INTO post_signatures (workspace_id, post_id, copy_of, digest, keys, chunk)
        SELECT :workspace, given.*, ticket.chunk FROM ticket, unnest(CAST(:ids AS uuid[]), CAST(:firsts AS uuid[]),
            CAST(:digests AS bytea[]), CAST(:keys AS bytea[])) AS given
    ) SELECT chunk FROM ticket
    """
)
_FORGET = text("DELETE FROM post_signatures WHERE workspace_id = :workspace AND post_id = ANY(CAST(:ids AS uuid[]))")
_MARK = text(
    """
    UPDATE posts SET copy_of = (CAST(:firsts AS uuid[]))[array_position(CAST(:ids AS uuid[]), id)]
    WHERE workspace_id = :workspace AND id = ANY(CAST(:ids AS uuid[]))
    """
)
_GROUP = text(
    """
    SELECT id FROM posts WHERE workspace_id = :workspace AND erased_at IS NULL
        AND (id = :first OR (copy_of = :first AND copy_of <> id)) AND (CAST(:after AS uuid) IS NULL OR id > :after)
    ORDER BY id LIMIT :limit
    """
)
_NEWEST = text("SELECT max(chunk) FROM post_signatures")
_CHUNK_BEFORE = text("SELECT chunk FROM post_signatures ORDER BY chunk DESC OFFSET :texts LIMIT 1")
_FOLLOW = text(
    """
    SELECT chunk, workspace_id, post_id, keys FROM post_signatures
    WHERE (chunk > :after AND chunk <= :last OR chunk = ANY(CAST(:missing AS bigint[])))
        AND chunk <> ALL(CAST(:own AS bigint[]))
    ORDER BY chunk
    """
)


@dataclass(frozen=True, slots=True)
class Signature:
    """A text that is no exact copy of an earlier one: whose it is, whose copy, and its keys where it is a first."""

    post_id: UUID
    copy_of: UUID
    digest: bytes
    keys: bytes | None


@dataclass(frozen=True, slots=True)
class Followed:
    """A signature that some replica wrote."""

    chunk: int
    workspace: str
    post_id: UUID
    keys: bytes | None


class CopyRepository(Repository):
    """Copies of one workspace; the questions of a replica that follows the others are about all of them."""

    async def look_up_by_keys(self) -> None:
        """Has this transaction look rows up in indexes, however little PostgreSQL knows of its tables."""
        await self.session.execute(_BY_KEYS)

    async def firsts_of(self, digests: Collection[bytes]) -> dict[bytes, UUID]:
        """The first post of the group of each digest that is known."""
        rows = await self._ask(_FIRSTS, digests=list(digests))
        return {row.digest: row.copy_of for row in rows}

    async def texts_of_firsts(self, ids: Collection[UUID]) -> dict[UUID, str]:
        """The texts of those posts that are here, not erased, and the first of their group."""
        return {row.id: row.text for row in await self._ask(_TEXTS, ids=list(ids))}

    async def add(self, signatures: Sequence[Signature]) -> int:
        """Keeps signatures of posts that have none; returns the number under which others will find them."""
        rows = await self._ask(
            _ADD,
            ids=[each.post_id for each in signatures],
            firsts=[each.copy_of for each in signatures],
            digests=[each.digest for each in signatures],
            keys=[each.keys for each in signatures],
        )
        return int(rows[0].chunk)

    async def forget(self, post_ids: Iterable[UUID]) -> None:
        """Removes what was derived from the texts of posts: to be called where they change or go."""
        await self.session.execute(_FORGET, {"workspace": self.workspace, "ids": list(post_ids)})

    async def mark(self, firsts: Mapping[UUID, UUID]) -> None:
        """Writes of which post each is a copy."""
        values = {"ids": list(firsts), "firsts": list(firsts.values())}
        await self.session.execute(_MARK, {"workspace": self.workspace, **values})

    async def list_group(self, first: UUID, after: UUID | None, limit: int) -> list[UUID]:
        """The posts of a group in the order of their arrival."""
        return [row.id for row in await self._ask(_GROUP, first=first, after=after, limit=limit)]

    async def newest_chunk(self) -> int:
        """The highest number given so far; 0 when there is none."""
        return int((await self.session.execute(_NEWEST)).scalar() or 0)

    async def chunk_before(self, texts: int) -> int:
        """The number after which about so many texts follow; 0 when there are fewer."""
        return int((await self.session.execute(_CHUNK_BEFORE, {"texts": texts})).scalar() or 0)

    async def follow(self, after: int, last: int, missing: Collection[int], own: Collection[int]) -> list[Followed]:
        """Signatures with numbers above `after` up to `last`, and of those that were missing, but for one's own."""
        values = {"after": after, "last": last, "missing": list(missing), "own": list(own)}
        rows = (await self.session.execute(_FOLLOW, values)).all()
        return [Followed(row.chunk, row.workspace_id, row.post_id, row.keys) for row in rows]

    async def _ask(self, statement: TextClause, **values: object) -> "Sequence[Row[Any]]":
        return (await self.session.execute(statement, {"workspace": self.workspace, **values})).all()
