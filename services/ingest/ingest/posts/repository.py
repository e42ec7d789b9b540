"""Posts as rows, written many at a time."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any
from uuid import UUID

from sqlalchemy import Row, TextClause, text

from ingest.posts.records import COUNTS, Engagement, Key, PostRecord, Privacy
from ingest.queries.prefilter import Narrowing
from kit.db import Repository

_STUDY_IDS = (
    "ARRAY(SELECT study_id FROM post_studies AS tie WHERE tie.workspace_id = :workspace AND tie.post_id = posts.id "
    "ORDER BY study_id) AS study_ids"
)
# What a post is for good, and what a copy may change: columns and their types, named like the fields of the record.
_LASTING = {
    "id": "uuid",
    "platform": "text",
    "external_id": "text",
    "author_id": "uuid",
    "published_at": "timestamptz",
    "first_seen_at": "timestamptz",
    "copy_of": "uuid",
}
_CHANGING = {
    "text": "text",
    "claimed_language": "text",
    "url": "text",
    "is_repost": "boolean",
    "revision": "integer",
    "author_handle": "text",
    "followers": "bigint",
    "parent_id": "text",
    "thread_id": "text",
    "repost_of": "text",
    "quote_of": "text",
    "has_media": "boolean",
    "changed_at": "timestamptz",
    "edit_claimed": "boolean",
    "privacy": "text",
    "source_id": "uuid",
    "depth": "integer",
    **dict.fromkeys(COUNTS, "bigint"),
}
_ALL = {**_LASTING, **_CHANGING}
_CHANGE_OF = {"id": "uuid", **_CHANGING}
_COLUMNS = ", ".join(_ALL)
_PLAIN = tuple(name for name in _ALL if name not in (*COUNTS, "privacy"))


# What most posts say nothing about travels as an empty array, which `unnest` fills up with NULL.
_UNTOLD: dict[str, str | bool] = {
    **dict.fromkeys(("author_handle", "parent_id", "thread_id", "repost_of", "quote_of"), ""),
    **dict.fromkeys(("is_repost", "has_media", "edit_claimed"), False),
}


def _given(columns: Mapping[str, str]) -> str:
    arrays = ", ".join(f"CAST(:{name} AS {kind}[])" for name, kind in columns.items())
    return f"(SELECT {', '.join(map(_told, columns))} FROM unnest({arrays}) AS told ({', '.join(columns)})) AS given"


def _told(name: str) -> str:
    untold = "false" if _UNTOLD.get(name) is False else "''"
    return f"coalesce({name}, {untold}) AS {name}" if name in _UNTOLD else name


# One look into the index for each key: joined without LATERAL and LIMIT, a table that grows fast is read as a whole
# for every chunk, because nobody has told the planner yet that it is not small any more.
WANTED = "unnest(CAST(:platforms AS text[]), CAST(:external_ids AS text[])) AS wanted (platform, external_id)"
# Rows go in by the order of their keys, so that two writers of the same posts wait for one another, never in a ring.
_ADD = text(
    f"""
    INSERT INTO posts (workspace_id, {_COLUMNS}) SELECT :workspace, {_COLUMNS} FROM {_given(_ALL)}
    ON CONFLICT (workspace_id, platform, external_id) DO NOTHING RETURNING id
    """
)
_LOCK = text(
    f"""
    SELECT post.* FROM {WANTED} CROSS JOIN LATERAL (
        SELECT {_COLUMNS}, erased_at FROM posts WHERE workspace_id = :workspace AND platform = wanted.platform
            AND external_id = wanted.external_id LIMIT 1 FOR UPDATE) AS post
    """
)
_TIES = text(
    "SELECT post_id, array_agg(study_id ORDER BY study_id) AS study_ids FROM post_studies "
    "WHERE workspace_id = :workspace AND post_id = ANY(:ids) GROUP BY post_id"
)
_CHANGE = text(
    f"""
    UPDATE posts SET {", ".join(f"{name} = given.{name}" for name in _CHANGING)} FROM {_given(_CHANGE_OF)}
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
_IDS_OF_KEYS = text(
    f"""
    SELECT post.* FROM {WANTED} CROSS JOIN LATERAL (
        SELECT id, platform, external_id FROM posts WHERE workspace_id = :workspace AND platform = wanted.platform
            AND external_id = wanted.external_id AND erased_at IS NULL LIMIT 1) AS post
    """
)
_LIST_OF_THREAD = text(
    f"""
    SELECT {_COLUMNS}, {_STUDY_IDS} FROM posts
    WHERE workspace_id = :workspace AND platform = :platform AND erased_at IS NULL
        AND (thread_id = :thread AND thread_id <> '' OR external_id = :thread)
        AND (CAST(:after AS timestamptz) IS NULL OR (published_at, id) > (:after, CAST(:after_id AS uuid)))
    ORDER BY published_at, id LIMIT :limit
    """
)


@dataclass(frozen=True)
class KnownPosts:
    """Posts that were there before, locked: those that live, and the keys of those that were erased."""

    living: dict[Key, PostRecord]
    erased: frozenset[Key]


class PostRepository(Repository):
    """Posts of one workspace."""

    async def add_new(self, posts: Sequence[PostRecord]) -> set[UUID]:
        """Adds the posts whose keys are unknown and returns their ids; a writer of the same key is waited for."""
        rows = await self._ask(_ADD, **_arrays(_ALL, sorted(posts, key=lambda post: post.key)))
        return {row.id for row in rows}

    async def lock_known(self, keys: Sequence[Key]) -> KnownPosts:
        """The posts with these keys, held until the transaction ends; locked in the order in which rows are added."""
        rows = await self._ask(_LOCK, **wanted(sorted(keys)))
        # Studies are asked for once the locks are held: before, another writer may still be adding some.
        living = [row for row in rows if row.erased_at is None]
        ties = {tie.post_id: tie.study_ids for tie in await self._ask(_TIES, ids=[row.id for row in living])}
        records = (_record(row, ties.get(row.id, [])) for row in living)
        return KnownPosts(
            {record.key: record for record in records},
            frozenset((row.platform, row.external_id) for row in rows if row.erased_at is not None),
        )

    async def change(self, posts: Sequence[PostRecord]) -> None:
        """Writes what copies changed about posts that are locked."""
        await self._tell(_CHANGE, **_arrays(_CHANGE_OF, posts))

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

    async def list_of_thread(
        self, platform: str, thread_id: str, after: tuple[datetime, UUID] | None, limit: int
    ) -> list[PostRecord]:
        """Posts of a thread in the order of their publication."""
        moment, post_id = after or (None, None)
        rows = await self._ask(
            _LIST_OF_THREAD, platform=platform, thread=thread_id, after=moment, after_id=post_id, limit=limit
        )
        return [_record(row, row.study_ids) for row in rows]

    async def list_candidates(self, narrowing: Narrowing, after: UUID | None, limit: int) -> list[PostRecord]:
        """Posts that a query may take, in the order of their arrival: whoever asks has the query verify each."""
        statement = text(_CANDIDATES.format(narrowing=narrowing.sql))
        rows = await self._ask(statement, after=after, limit=limit, **narrowing.values)
        return [_record(row, row.study_ids) for row in rows]

    async def ids_of_keys(self, keys: Iterable[Key]) -> dict[Key, UUID]:
        """The ids of the posts with these keys that are here."""
        rows = await self._ask(_IDS_OF_KEYS, **wanted(keys))
        return {(row.platform, row.external_id): row.id for row in rows}

    async def _ask(self, statement: TextClause, **values: object) -> "Sequence[Row[Any]]":
        return (await self.session.execute(statement, {"workspace": self.workspace, **values})).all()

    async def _tell(self, statement: TextClause, **values: object) -> None:
        await self.session.execute(statement, {"workspace": self.workspace, **values})


def wanted(keys: Iterable[Key]) -> dict[str, list[str]]:
    """The parameters of `WANTED`."""
    listed = list(keys)
    return {
        "platforms": [platform for platform, _ in listed],
        "external_ids": [external_id for _, external_id in listed],
    }


def _arrays(columns: Iterable[str], posts: Sequence[PostRecord]) -> dict[str, list[object]]:
    return {name: _array(map(value, posts), _UNTOLD.get(name)) for name, value in _values(columns)}


def _array(values: Iterable[object], untold: object) -> list[object]:
    given = list(values)
    return given if any(value != untold for value in given) else []


def _values(columns: Iterable[str]) -> Iterator[tuple[str, Callable[[PostRecord], object]]]:
    return ((name, attrgetter(f"engagement.{name}" if name in COUNTS else name)) for name in columns)


def _record(row: "Row[Any]", study_ids: Sequence[UUID]) -> PostRecord:
    return PostRecord(
        study_ids=tuple(study_ids),
        engagement=Engagement(**{name: getattr(row, name) for name in COUNTS}),
        privacy=Privacy(row.privacy),
        **{name: getattr(row, name) for name in _PLAIN},
    )
