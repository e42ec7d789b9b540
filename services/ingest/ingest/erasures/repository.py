"""Erasures as rows: who asked for what, the posts that go, and tombstones that keep them away."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, TextClause, select, text
from sqlmodel import col

from ingest.models import Erasure
from kit.db import Repository

_STORES_POSTS = "stores posts"
_HOLD_OFF = text("SELECT pg_advisory_xact_lock_shared(hashtextextended('erasures:' || :workspace, 0))")
_FENCE = text("SELECT pg_advisory_xact_lock(hashtextextended('erasures:' || :workspace, 0))")
_FIND_TOMBSTONES = text("SELECT id FROM tombstones WHERE workspace_id = :workspace AND id = ANY(:ids)")
_BURY = text(
    "INSERT INTO tombstones (workspace_id, id, erased_at) SELECT :workspace, id, :moment "
    "FROM unnest(CAST(:ids AS uuid[])) AS given (id) ON CONFLICT DO NOTHING"
)
_IDENTITY = "SELECT id, platform, external_id, erased_at IS NOT NULL AS is_erased FROM posts"
_BY_ID = text(f"{_IDENTITY} WHERE workspace_id = :workspace AND id = ANY(:ids) ORDER BY id FOR UPDATE")
_BY_KEY = text(
    f"""
    {_IDENTITY} JOIN unnest(CAST(:platforms AS text[]), CAST(:external_ids AS text[]))
        AS wanted (platform, external_id) USING (platform, external_id)
    WHERE workspace_id = :workspace AND erased_at IS NULL ORDER BY id FOR UPDATE OF posts
    """
)
_BY_AUTHOR = text(
    f"{_IDENTITY} WHERE workspace_id = :workspace AND author_id = :author ORDER BY id LIMIT :most FOR UPDATE"
)
_KNOWN_AUTHORS = text("SELECT id FROM authors WHERE workspace_id = :workspace AND id = ANY(:ids)")
_REMOVE_AUTHOR = text("DELETE FROM authors WHERE workspace_id = :workspace AND id = :author")

# What stays is the id, by which the services downstream know the post, and a digest where its public id was, which
# often names the author.
_ERASE = text(
    """
    UPDATE posts SET external_id = given.tombstone, text = NULL, author_id = NULL, published_at = NULL,
        claimed_language = '', url = '', author_handle = '', followers = NULL, parent_id = '', thread_id = '',
        repost_of = '', quote_of = '', has_media = false, changed_at = NULL, copy_of = NULL, depth = NULL,
        likes = NULL, reposts = NULL, replies = NULL, quotes = NULL, views = NULL,
        revision = revision + 1, erased_at = :moment
    FROM unnest(CAST(:ids AS uuid[]), CAST(:tombstones AS text[])) AS given (id, tombstone)
    WHERE workspace_id = :workspace AND posts.id = given.id AND erased_at IS NULL
    """
)
# Whatever is kept of single posts, table by table.
FORGET = tuple(
    text(f"DELETE FROM {table} WHERE workspace_id = :workspace AND post_id = ANY(:ids)")
    for table in (
        "post_studies",
        "raw_posts",
        "engagement_observations",
        "post_signatures",
        "judgements",
        "query_samples",
    )
)


@dataclass(frozen=True, slots=True)
class Identity:
    """What is left to know of a post that goes, or went before."""

    id: UUID
    platform: str
    external_id: str
    is_erased: bool


class TombstoneRepository(Repository):
    """Digests of posts and pseudonyms of authors that must stay away."""

    async def hold_off(self) -> None:
        """Lets no erasure begin before this transaction ends; whoever stores posts calls it first."""
        self.session.info[_STORES_POSTS] = True
        await self.session.execute(_HOLD_OFF, {"workspace": self.workspace})

    async def among(self, ids: Collection[UUID]) -> set[UUID]:
        """Which of these are buried; true until the transaction ends, once erasures are held off."""
        return set(await self.session.scalars(_FIND_TOMBSTONES, {"workspace": self.workspace, "ids": list(ids)}))

    async def fence(self) -> None:
        """Waits for those who are storing posts, and lets no other begin until the transaction ends.

        Raises `RuntimeError` in a transaction that stores posts itself: two of them would wait for one another.
        """
        if self.session.info.get(_STORES_POSTS):
            raise RuntimeError("Posts are stored and erased in transactions of their own, one after the other.")
        await self.session.execute(_FENCE, {"workspace": self.workspace})

    async def bury(self, ids: Iterable[UUID], moment: datetime) -> None:
        """Keeps posts and authors away from now on."""
        await self.session.execute(_BURY, {"workspace": self.workspace, "ids": list(ids), "moment": moment})


class ErasureRepository(Repository):
    """Erasures of one workspace and the posts that they take away."""

    def add(self, erasure: Erasure) -> None:
        """Stores an erasure with the transaction."""
        self.session.add(erasure)

    async def find(self, erasure_id: UUID) -> Erasure | None:
        """One erasure, if the workspace has it."""
        query = select(Erasure).where(col(Erasure.workspace_id) == self.workspace, col(Erasure.id) == erasure_id)
        return (await self.session.scalars(query)).one_or_none()

    async def list_newest(self, before: UUID | None, limit: int) -> Sequence[Erasure]:
        """The newest erasures, older than `before` when it is given."""
        query = select(Erasure).where(col(Erasure.workspace_id) == self.workspace)
        if before is not None:
            query = query.where(col(Erasure.id) < before)
        return (await self.session.scalars(query.order_by(col(Erasure.id).desc()).limit(limit))).all()

    async def lock_by_id(self, ids: Sequence[UUID]) -> list[Identity]:
        """Posts by id, held until the transaction ends; those that were erased before are among them."""
        return _identities(await self._ask(_BY_ID, ids=list(ids)))

    async def lock_by_key(self, keys: Sequence[tuple[str, str]]) -> list[Identity]:
        """Living posts by platform and external id."""
        platforms, external_ids = [platform for platform, _ in keys], [external_id for _, external_id in keys]
        return _identities(await self._ask(_BY_KEY, platforms=platforms, external_ids=external_ids))

    async def lock_of_author(self, author_id: UUID, most: int) -> list[Identity]:
        """Living posts of an author, at most so many."""
        return _identities(await self._ask(_BY_AUTHOR, author=author_id, most=most))

    async def known_authors(self, ids: Sequence[UUID]) -> set[UUID]:
        """Which of these have or had posts here."""
        return {row.id for row in await self._ask(_KNOWN_AUTHORS, ids=list(ids))}

    async def erase(self, tombstones: Mapping[UUID, UUID], moment: datetime) -> None:
        """Removes all but the ids of locked posts, each of which keeps its tombstone as its external id."""
        ids = list(tombstones)
        names = [str(tombstones[post_id]) for post_id in ids]
        await self._tell(_ERASE, ids=ids, tombstones=names, moment=moment)
        for statement in FORGET:
            await self._tell(statement, ids=ids)

    async def remove_author(self, author_id: UUID) -> None:
        """Forgets an author whose posts are gone."""
        await self._tell(_REMOVE_AUTHOR, author=author_id)

    async def _ask(self, statement: TextClause, **values: object) -> "Sequence[Row[Any]]":
        return (await self.session.execute(statement, {"workspace": self.workspace, **values})).all()

    async def _tell(self, statement: TextClause, **values: object) -> None:
        await self.session.execute(statement, {"workspace": self.workspace, **values})


def _identities(rows: "Iterable[Row[Any]]") -> list[Identity]:
    return [Identity(row.id, row.platform, row.external_id, row.is_erased) for row in rows]
