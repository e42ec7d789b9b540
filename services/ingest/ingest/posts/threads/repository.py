"""Places in threads as rows."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from sqlalchemy import text

from ingest.posts.records import Key, PostRecord
from ingest.posts.repository import WANTED, wanted
from ingest.posts.threads.places import Place
from kit.db import Repository

# A post that was missing for long may have a crowd of answers waiting; more than this many stay without a place.
MOST_PLACED = 10_000
_FIND = text(
    f"""
    SELECT post.* FROM {WANTED} CROSS JOIN LATERAL (
        SELECT platform, external_id, depth, thread_id FROM posts WHERE workspace_id = :workspace
            AND platform = wanted.platform AND external_id = wanted.external_id AND depth IS NOT NULL LIMIT 1) AS post
    """
)
# An answer that somebody else changes at this moment is passed over, so that no two writers wait in a ring.
_PLACE_WAITING = text(
    """
    WITH RECURSIVE placed AS (
        SELECT answer.id, answer.platform, answer.external_id, given.depth + 1 AS depth,
            coalesce(nullif(answer.thread_id, ''), given.thread_id) AS thread_id
        FROM unnest(CAST(:platforms AS text[]), CAST(:external_ids AS text[]), CAST(:depths AS integer[]),
            CAST(:thread_ids AS text[])) AS given (platform, external_id, depth, thread_id)
        JOIN posts AS answer ON answer.workspace_id = :workspace AND answer.platform = given.platform
            AND answer.parent_id = given.external_id AND answer.parent_id <> '' AND answer.depth IS NULL
        UNION ALL
        SELECT answer.id, answer.platform, answer.external_id, placed.depth + 1,
            coalesce(nullif(answer.thread_id, ''), placed.thread_id)
        FROM placed JOIN posts AS answer ON answer.workspace_id = :workspace AND answer.platform = placed.platform
            AND answer.parent_id = placed.external_id AND answer.parent_id <> '' AND answer.depth IS NULL
    ), held AS (
        SELECT few.*, posts.thread_id <> few.thread_id AS is_moved
        FROM posts JOIN (SELECT id, depth, thread_id FROM placed LIMIT :most) AS few USING (id)
        WHERE posts.workspace_id = :workspace FOR UPDATE OF posts SKIP LOCKED
    )
    UPDATE posts SET depth = held.depth, thread_id = held.thread_id FROM held
    WHERE posts.workspace_id = :workspace AND posts.id = held.id AND posts.depth IS NULL
    RETURNING posts.id, held.is_moved
    """
)


class ThreadRepository(Repository):
    """Threads of one workspace."""

    async def places(self, keys: Iterable[Key]) -> Mapping[Key, Place]:
        """The places of those posts that are here and have one."""
        rows = await self.session.execute(_FIND, {"workspace": self.workspace, **wanted(keys)})
        return {(row.platform, row.external_id): Place(row.depth, row.thread_id or row.external_id) for row in rows}

    async def place_waiting(self, posts: Sequence[PostRecord]) -> list[UUID]:
        """Gives a place to the answers that waited for these posts, and to all below them.

        Returns those whose thread nobody knew before; they are held until the transaction ends.
        """
        values = {
            "workspace": self.workspace,
            "most": MOST_PLACED,
            "platforms": [post.platform for post in posts],
            "external_ids": [post.external_id for post in posts],
            "depths": [post.depth for post in posts],
            "thread_ids": [post.thread_id or post.external_id for post in posts],
        }
        rows = await self.session.execute(_PLACE_WAITING, values)
        return [row.id for row in rows if row.is_moved]
