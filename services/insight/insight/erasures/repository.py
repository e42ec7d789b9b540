"""Tombstones: which posts must never come back, and a fence between those who write and those who erase."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from kit.db import Repository

_FENCE = text("SELECT pg_advisory_xact_lock_shared(hashtextextended(:workspace, 1))")
_CLOSE = text("SELECT pg_advisory_xact_lock(hashtextextended(:workspace, 1))")
_BURY = text(
    "INSERT INTO tombstones (workspace_id, post_id, erased_at) "
    "SELECT :workspace, * FROM unnest(CAST(:posts AS uuid[]), CAST(:moments AS timestamptz[])) "
    "ON CONFLICT DO NOTHING"
)


class TombstoneRepository(Repository):
    """Tombstones of one workspace."""

    async def hold_off(self) -> None:
        """Lets no erasure begin before this transaction ends: what it writes, a later erasure will see.

        Whoever writes something derived from posts calls this first; writers do not hinder one another.
        """
        await self.session.execute(_FENCE, {"workspace": self.workspace})

    async def bury(self, posts: Sequence[tuple[UUID, datetime]]) -> None:
        """Marks posts as erased, once every writer at work has ended; new ones wait and then see the marks."""
        await self.session.execute(_CLOSE, {"workspace": self.workspace})
        await self.session.execute(
            _BURY,
            {
                "workspace": self.workspace,
                "posts": [post_id for post_id, _ in posts],
                "moments": [moment for _, moment in posts],
            },
        )
