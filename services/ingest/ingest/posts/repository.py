"""Posts as rows, written many at a time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, TextClause, text

from ingest.posts.records import PostRecord
from ingest.queries.prefilter import Narrowing
from kit.db import Repository

_STUDY_IDS = (
    "ARRAY(SELECT study_id FROM post_studies AS tie WHERE tie.workspace_id = :workspace AND tie.post_id = posts.id "
    "ORDER BY study_id) AS study_ids"
)
_COLUMNS = (
    "id, platform, external_id, author_id, text, claimed_language, published_at, first_seen_at, url, is_repost, "
    "revision"
)
# Rows go in by the order of their keys, so that two writers of the same posts wait for one another, never in a ring.
_ADD = text(
    """
    INSERT INTO posts (workspace_id, id, platform, external_id, author_id, text, claimed_language, published_at,
        first_seen_at, url, is_repost, revision)
    SELECT :workspace, given.*, 1 FROM unnest(
        CAST(:ids AS uuid[]), CAST(:platforms AS text[]), CAST(:external_ids AS text[]), CAST(:author_ids AS uuid[]),
        CAST(:texts AS text[]), CAST(:languages AS text[]), CAST(:published AS timestamptz[]),
        CAST(:seen AS timestamptz[]), CAST(:urls AS text[]), CAST(:reposts AS boolean[])) AS given
    ON CONFLICT (workspace_id, platform, external_id) DO NOTHING RETURNING id
    """
)
_LOCK = text(
    f"""
    SELECT {_COLUMNS}, erased_at
    FROM posts JOIN unnest(CAST(:platforms AS text[]), CAST(:external_ids AS text[])) AS wanted (platform, external_id)
        USING (platform, external_id)
    WHERE workspace_id = :workspace ORDER BY platform, external_id FOR UPDATE OF posts
    """
)
_TIES = text(
    "SELECT post_id, array_agg(study_id ORDER BY study_id) AS study_ids FROM post_studies "
    "WHERE workspace_id = :workspace AND post_id = ANY(:ids) GROUP BY post_id"
)
_CHANGE = text(
    """
    UPDATE posts SET text = given.text, revision = given.revision
    FROM unnest(CAST(:ids AS uuid[]), CAST(:texts AS text[]), CAST(:revisions AS integer[]))
        AS given (id, text, revision)
    WHERE workspace_id = :workspace AND posts.id = given.id
    """
)
_TIE = text(
    """
    INSERT INTO post_studies (workspace_id, study_id, post_id, published_at)
    SELECT :workspace, given.* FROM unnest(
        CAST(:study_ids AS uuid[]), CAST(:post_ids AS uuid[]), CAST(:published AS timestamptz[])) AS given
    ON CONFLICT DO NOTHING
    """
)
_ADD_AUTHORS = text(
    """
    INSERT INTO authors (workspace_id, id, platform, first_seen_at)
    SELECT :workspace, given.*, now() FROM unnest(CAST(:ids AS uuid[]), CAST(:platforms AS text[])) AS given
    ON CONFLICT DO NOTHING
    """
)
_FIND = text(
    f"SELECT {_COLUMNS}, {_STUDY_IDS} FROM posts "
    "WHERE workspace_id = :workspace AND id = ANY(:ids) AND erased_at IS NULL"
)
_LIST = text(
    f"""
    SELECT {_COLUMNS}, {_STUDY_IDS} FROM posts
    WHERE workspace_id = :workspace AND erased_at IS NULL AND (CAST(:after AS uuid) IS NULL OR id > :after)
    ORDER BY id LIMIT :limit
    """
)
_LIST_OF_STUDY = text(
    f"""
    SELECT {_COLUMNS}, {_STUDY_IDS} FROM posts WHERE workspace_id = :workspace AND id IN (
        SELECT post_id FROM post_studies WHERE workspace_id = :workspace AND study_id = :study
            AND (CAST(:after AS uuid) IS NULL OR post_id > :after) ORDER BY post_id LIMIT :limit)
    ORDER BY id
    """
)
_CANDIDATES = f"""
    SELECT {_COLUMNS}, {_STUDY_IDS} FROM posts
    WHERE workspace_id = :workspace AND erased_at IS NULL AND (CAST(:after AS uuid) IS NULL OR id > :after)
        AND ({{narrowing}})
    ORDER BY id LIMIT :limit
    """
_ERASE = text(
    """
    UPDATE posts SET text = NULL, author_id = NULL, published_at = NULL, claimed_language = '', url = '',
        revision = revision + 1, erased_at = :moment
    WHERE workspace_id = :workspace AND id = :id AND erased_at IS NULL RETURNING id
    """
)
_UNTIE = text("DELETE FROM post_studies WHERE workspace_id = :workspace AND post_id = :id")
_IS_ERASED = text("SELECT erased_at IS NOT NULL FROM posts WHERE workspace_id = :workspace AND id = :id")


@dataclass(frozen=True)
class KnownPosts:
    """Posts that were there before, locked: those that live, and the keys of those that were erased."""

    living: dict[tuple[str, str], PostRecord]
    erased: frozenset[tuple[str, str]]


class PostRepository(Repository):
    """Posts of one workspace."""

    async def add_new(self, posts: Sequence[PostRecord]) -> set[UUID]:
        """Adds the posts whose keys are unknown and returns their ids; a writer of the same key is waited for."""
        ordered = sorted(posts, key=lambda post: post.key)
        rows = await self._ask(
            _ADD,
            ids=[post.id for post in ordered],
            platforms=[post.platform for post in ordered],
            external_ids=[post.external_id for post in ordered],
            author_ids=[post.author_id for post in ordered],
            texts=[post.text for post in ordered],
            languages=[post.claimed_language for post in ordered],
            published=[post.published_at for post in ordered],
            seen=[post.first_seen_at for post in ordered],
            urls=[post.url for post in ordered],
            reposts=[post.is_repost for post in ordered],
        )
        return {row.id for row in rows}

    async def lock_known(self, keys: Sequence[tuple[str, str]]) -> KnownPosts:
        """The posts with these keys, held until the transaction ends."""
        rows = await self._ask(
            _LOCK, platforms=[platform for platform, _ in keys], external_ids=[external_id for _, external_id in keys]
        )
        # Studies are asked for once the locks are held: before, another writer may still be adding some.
        living = [row for row in rows if row.erased_at is None]
        ties = {tie.post_id: tie.study_ids for tie in await self._ask(_TIES, ids=[row.id for row in living])}
        records = (_record(row, ties.get(row.id, [])) for row in living)
        return KnownPosts(
            {record.key: record for record in records},
            frozenset((row.platform, row.external_id) for row in rows if row.erased_at is not None),
        )

    async def change(self, posts: Sequence[PostRecord]) -> None:
        """Writes text and revision of posts that are locked."""
        await self._tell(
            _CHANGE,
            ids=[post.id for post in posts],
            texts=[post.text for post in posts],
            revisions=[post.revision for post in posts],
        )

    async def tie(self, posts: Iterable[PostRecord]) -> None:
        """Puts posts into their studies."""
        ties = sorted((study_id, post.id, post.published_at) for post in posts for study_id in post.study_ids)
        await self._tell(
            _TIE,
            study_ids=[study_id for study_id, _, _ in ties],
            post_ids=[post_id for _, post_id, _ in ties],
            published=[published_at for _, _, published_at in ties],
        )

    async def add_authors(self, posts: Iterable[PostRecord]) -> None:
        """Keeps who wrote the posts."""
        authors = sorted({(post.author_id, post.platform) for post in posts})
        await self._tell(
            _ADD_AUTHORS, ids=[author for author, _ in authors], platforms=[platform for _, platform in authors]
        )

    async def find(self, ids: Sequence[UUID]) -> list[PostRecord]:
        """Posts by id, in no particular order; unknown and erased ones are left out."""
        return [_record(row, row.study_ids) for row in await self._ask(_FIND, ids=list(ids))]

    async def list_after(self, study_id: UUID | None, after: UUID | None, limit: int) -> list[PostRecord]:
        """Posts in the order of their arrival, of one study when it is given."""
        if study_id is None:
            rows = await self._ask(_LIST, after=after, limit=limit)
        else:
            rows = await self._ask(_LIST_OF_STUDY, study=study_id, after=after, limit=limit)
        return [_record(row, row.study_ids) for row in rows]

    async def list_candidates(self, narrowing: Narrowing, after: UUID | None, limit: int) -> list[PostRecord]:
        """Posts that a query may take, in the order of their arrival: whoever asks has the query verify each."""
        statement = text(_CANDIDATES.format(narrowing=narrowing.sql))
        rows = await self._ask(statement, after=after, limit=limit, **narrowing.values)
        return [_record(row, row.study_ids) for row in rows]

    async def erase(self, post_id: UUID, moment: datetime) -> bool:
        """Removes all but the identity of a post; false when it is unknown or was erased before."""
        if not await self._ask(_ERASE, id=post_id, moment=moment):
            return False
        await self._tell(_UNTIE, id=post_id)
        return True

    async def is_erased(self, post_id: UUID) -> bool:
        """True when the post was here and was erased."""
        return any(row[0] for row in await self._ask(_IS_ERASED, id=post_id))

    async def _ask(self, statement: TextClause, **values: object) -> "Sequence[Row[Any]]":
        return (await self.session.execute(statement, {"workspace": self.workspace, **values})).all()

    async def _tell(self, statement: TextClause, **values: object) -> None:
        await self.session.execute(statement, {"workspace": self.workspace, **values})


def _record(row: "Row[Any]", study_ids: Sequence[UUID]) -> PostRecord:
    return PostRecord(
        id=row.id,
        platform=row.platform,
        external_id=row.external_id,
        author_id=row.author_id,
        text=row.text,
        claimed_language=row.claimed_language,
        published_at=row.published_at,
        first_seen_at=row.first_seen_at,
        url=row.url,
        is_repost=row.is_repost,
        study_ids=tuple(study_ids),
        revision=row.revision,
    )
