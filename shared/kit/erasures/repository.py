"""Records of erasures in one workspace, and what else of this process may still hold something of the posts."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from kit.db import Repository
from kit.erasures.naming import sql_naming

_NOTE = text(
    """
    WITH added AS (
        INSERT INTO erasure_posts (workspace_id, erasure_id, post_id)
        SELECT DISTINCT :workspace, given.* FROM unnest(CAST(:erasures AS uuid[]), CAST(:posts AS uuid[])) AS given
        ON CONFLICT DO NOTHING RETURNING erasure_id)
    INSERT INTO erasures AS known (workspace_id, id, posts, purged, first_applied_at, last_applied_at)
    SELECT :workspace, asked.id, count(added.erasure_id), 0, now(), now()
    FROM unnest(CAST(:asked AS uuid[])) AS asked (id) LEFT JOIN added ON added.erasure_id = asked.id
    GROUP BY asked.id ORDER BY asked.id
    ON CONFLICT (workspace_id, id) DO UPDATE SET
        posts = known.posts + excluded.posts, last_applied_at = excluded.last_applied_at
    """
)
_FORGET_UNSENT = text(
    f"DELETE FROM outbox WHERE workspace_id = :workspace AND subject = ANY(:subjects) "
    f"AND EXISTS (SELECT FROM {sql_naming('payload')} WHERE named.id[1] = ANY(:ids))"
)
_FORGET_ANSWERS = text(
    f"DELETE FROM idempotency_keys WHERE workspace_id = :workspace AND body IS NOT NULL "
    f"AND EXISTS (SELECT FROM {sql_naming('body')} WHERE named.id[1] = ANY(:ids))"
)
_FIND = text("SELECT * FROM erasures WHERE workspace_id = :workspace AND id = ANY(:ids)")
_LIST = text(
    "SELECT * FROM erasures WHERE workspace_id = :workspace AND (CAST(:before AS uuid) IS NULL OR id < :before) "
    "ORDER BY id DESC LIMIT :limit"
)


class ErasureRecordRepository(Repository):
    """What this service has erased for one workspace."""

    async def note(self, posts: Mapping[UUID, Sequence[UUID]]) -> None:
        """Counts the posts of each erasure, each post once; an erasure without any is recorded as well."""
        pairs = [(erasure_id, post_id) for erasure_id, ids in posts.items() for post_id in ids]
        await self.session.execute(
            _NOTE,
            {
                "workspace": self.workspace,
                "erasures": [erasure_id for erasure_id, _ in pairs],
                "posts": [post_id for _, post_id in pairs],
                "asked": list(posts),
            },
        )

    async def forget_unsent(self, posts: Sequence[UUID], subjects: Sequence[str]) -> None:
        """Takes events of these subjects that name one of the posts out of the outbox.

        One that is just being relayed is waited for: it is in its stream then, where the purge finds it.
        """
        values = {"workspace": self.workspace, "subjects": list(subjects), "ids": [str(post_id) for post_id in posts]}
        await self.session.execute(_FORGET_UNSENT, values)

    async def forget_answers(self, posts: Sequence[UUID]) -> None:
        """Drops answers that are kept for a repetition of their request and name one of the posts."""
        values = {"workspace": self.workspace, "ids": [str(post_id) for post_id in posts]}
        await self.session.execute(_FORGET_ANSWERS, values)

    async def find(self, ids: Sequence[UUID]) -> "Sequence[Row[Any]]":
        """The records of these erasures, in no particular order; those that did not arrive here are left out."""
        rows = await self.session.execute(_FIND, {"workspace": self.workspace, "ids": list(ids)})
        return rows.all()

    async def list_newest(self, before: UUID | None, limit: int) -> "Sequence[Row[Any]]":
        """The newest records, older than `before` when it is given."""
        rows = await self.session.execute(_LIST, {"workspace": self.workspace, "before": before, "limit": limit})
        return rows.all()
