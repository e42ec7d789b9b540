"""Originals as rows."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import text

from ingest.posts.originals.compression import NEWEST_DICTIONARY, compress, decompress
from kit.db import Repository

_KEEP = text(
    """
    INSERT INTO raw_posts (workspace_id, post_id, content, dictionary, stored_at)
    SELECT :workspace, post_id, content, :dictionary, :moment
    FROM unnest(CAST(:ids AS uuid[]), CAST(:contents AS bytea[])) AS given (post_id, content)
    ON CONFLICT (workspace_id, post_id) DO UPDATE
        SET content = excluded.content, dictionary = excluded.dictionary, stored_at = excluded.stored_at
    """
)
_FIND = text("SELECT content, dictionary FROM raw_posts WHERE workspace_id = :workspace AND post_id = :id")
_REMOVE = text("DELETE FROM raw_posts WHERE workspace_id = :workspace AND post_id = ANY(:ids)")


class OriginalRepository(Repository):
    """Originals of the posts of one workspace."""

    async def keep(self, originals: Mapping[UUID, bytes]) -> None:
        """Keeps the originals of posts, in place of those before."""
        values = {
            "workspace": self.workspace,
            "ids": list(originals),
            "contents": [compress(original) for original in originals.values()],
            "dictionary": NEWEST_DICTIONARY,
            "moment": datetime.now(UTC),
        }
        await self.session.execute(_KEEP, values)

    async def find(self, post_id: UUID) -> bytes | None:
        """The original of a post, if one is kept."""
        rows = await self.session.execute(_FIND, {"workspace": self.workspace, "id": post_id})
        row = rows.one_or_none()
        return decompress(row.content, row.dictionary) if row else None

    async def remove(self, ids: Sequence[UUID]) -> None:
        """Removes the originals of posts."""
        await self.session.execute(_REMOVE, {"workspace": self.workspace, "ids": list(ids)})
