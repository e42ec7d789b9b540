"""Enriched posts of one workspace."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Row, Text, Uuid, and_, cast, func, literal, or_, select, text
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.sql import ColumnElement
from sqlmodel import col

from kit.db import Repository
from segmentation.models import Post

_ERASE = text(
    """
    INSERT INTO posts (workspace_id, id, revision, study_ids, model, vector, keyphrases, erased_at)
    SELECT :workspace, id, 0, '{}', '', '', '{}', erased_at
    FROM unnest(CAST(:ids AS uuid[]), CAST(:moments AS timestamptz[])) AS erased (id, erased_at)
    ON CONFLICT (workspace_id, id) DO UPDATE SET
        author_id = NULL, published_at = NULL, study_ids = '{}', model = '', vector = '', keyphrases = '{}',
        erased_at = excluded.erased_at
    """
)
_LOTS = 1 << 30


@dataclass(frozen=True)
class Coverage:
    """How many posts of a study are held, and of which time."""

    posts: int
    first_published_at: datetime | None
    last_published_at: datetime | None


@dataclass(frozen=True)
class Comparable:
    """The posts of a study whose vectors can be compared: one encoder, one length."""

    study_id: UUID
    model: str
    vector_bytes: int
    posts: int


class PostRepository(Repository):
    """Posts with their vectors."""

    async def put(self, posts: Sequence[Post]) -> set[UUID]:
        """Stores posts and returns the ids of those that are news.

        No news: an older or known revision, unless another encoder read it, and whatever was erased.
        """
        given = insert(Post)
        newer = or_(
            col(Post.revision) < given.excluded.revision,
            and_(col(Post.revision) == given.excluded.revision, col(Post.model) != given.excluded.model),
        )
        changing = set(Post.model_fields) - {"workspace_id", "id", "erased_at"}
        statement = given.on_conflict_do_update(
            index_elements=["workspace_id", "id"],
            set_={name: given.excluded[name] for name in changing},
            where=and_(col(Post.erased_at).is_(None), newer),
        ).returning(col(Post.id))
        rows = [post.model_dump() for post in sorted(posts, key=lambda post: post.id)]
        return set(await self.session.scalars(statement, rows)) if rows else set()

    async def erase(self, moments: Mapping[UUID, datetime]) -> None:
        """Leaves nothing of posts but the mark that they were erased, and when."""
        ids = sorted(moments)
        values = {"workspace": self.workspace, "ids": ids, "moments": [moments[post_id] for post_id in ids]}
        await self.session.execute(_ERASE, values)

    async def coverage(self, study_id: UUID) -> Coverage:
        """How many distinct posts of a study are held."""
        moments = func.min(Post.published_at), func.max(Post.published_at)
        query = select(func.count(), *moments).select_from(Post).where(self._belongs_to(study_id))
        count, first, last = (await self.session.execute(query)).one()
        return Coverage(count, first, last)

    async def comparable(self, study_id: UUID) -> Comparable:
        """The largest set of a study's posts that one encoder has read."""
        size = func.octet_length(Post.vector)
        query = (
            select(col(Post.model), size, func.count())
            .where(self._belongs_to(study_id), size > 0)
            .group_by(col(Post.model), size)
            .order_by(func.count().desc(), col(Post.model))
            .limit(1)
        )
        found = (await self.session.execute(query)).one_or_none()
        return Comparable(study_id, *found) if found else Comparable(study_id, "", 0, 0)

    async def stream(
        self, comparable: Comparable, at_most: int, chunk: int
    ) -> AsyncIterator[Sequence[Row[UUID, int, UUID | None, bytes, list[str]]]]:
        """Id, revision, author, vector and keyphrases of posts, in chunks; of too many, a random sample.

        The sample depends on nothing but the ids, so a job that runs again reads the same posts.
        """
        columns = (col(Post.id), col(Post.revision), col(Post.author_id), col(Post.vector), col(Post.keyphrases))
        query = select(*columns).where(
            self._belongs_to(comparable.study_id),
            col(Post.model) == comparable.model,
            func.octet_length(Post.vector) == comparable.vector_bytes,
        )
        if comparable.posts > at_most:
            lot = func.hashtextextended(cast(col(Post.id), Text), 0).op("&")(_LOTS - 1)
            query = query.where(lot < int(_LOTS * at_most / comparable.posts))
        result = await self.session.stream(query.order_by(col(Post.id)).limit(at_most))
        async for rows in result.partitions(chunk):
            yield rows

    def _belongs_to(self, study_id: UUID) -> ColumnElement[bool]:
        return and_(
            col(Post.workspace_id) == self.workspace,
            col(Post.study_ids).contains(literal([study_id], ARRAY(Uuid))),
            col(Post.erased_at).is_(None),
        )
