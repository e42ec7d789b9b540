"""Erased posts that messages may still name, over all workspaces: the streams belong to all of them together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import text

from kit.db import EVERYWHERE, Repository
from kit.erasures.naming import sql_naming

LEASE_SECONDS = 60.0
MOST_AT_ONCE = 20_000
# Clocks of this service and of NATS may differ.
_CLOCK_SKEW = timedelta(minutes=15)
_HAS_WAITING = text("SELECT EXISTS (SELECT FROM erasure_posts WHERE purged_at IS NULL)")
_CLAIM = text(
    """
    INSERT INTO stream_purges AS known (workspace_id, stream, holder, lease_until)
    VALUES (:everywhere, :stream, :holder, now() + make_interval(secs => :lease))
    ON CONFLICT (workspace_id, stream) DO UPDATE SET holder = excluded.holder, lease_until = excluded.lease_until
    WHERE known.lease_until <= now() OR known.holder = excluded.holder RETURNING holder
    """
)
_LET_GO = text("UPDATE stream_purges SET lease_until = now() WHERE stream = :stream AND holder = :holder")
# A row that is just being relayed still counts: it may yet be put back.
_LIST_UNNAMED = text(
    f"""
    SELECT DISTINCT post_id FROM erasure_posts WHERE purged_at IS NULL AND bound IS NULL AND post_id NOT IN (
        SELECT CAST(named.id[1] AS uuid) FROM outbox, {sql_naming("payload")})
    """
)
_BIND = text(
    "UPDATE erasure_posts SET bound = :last WHERE purged_at IS NULL AND bound IS NULL AND post_id = ANY(:posts)"
)
_LIST = text(
    "SELECT post_id, max(bound) AS bound, min(swept_to) AS swept_to, bool_or(swept_to IS NULL) AS is_new "
    "FROM erasure_posts WHERE purged_at IS NULL AND bound IS NOT NULL GROUP BY post_id ORDER BY post_id LIMIT :most"
)
_SWEPT = text(
    "UPDATE erasure_posts SET swept_to = greatest(swept_to, :sequence) WHERE purged_at IS NULL "
    "AND post_id = ANY(:posts)"
)
# Records are locked in the order in which consumers lock them.
_LOCK_RECORDS = text(
    """
    SELECT id FROM erasures WHERE (workspace_id, id) IN (
        SELECT workspace_id, erasure_id FROM erasure_posts
        WHERE purged_at IS NULL AND bound IS NOT NULL AND post_id = ANY(:posts))
    ORDER BY id FOR UPDATE
    """
)
_CLEAN = text(
    """
    WITH cleaned AS (
        UPDATE erasure_posts SET purged_at = now()
        WHERE purged_at IS NULL AND bound IS NOT NULL AND post_id = ANY(:posts) RETURNING workspace_id, erasure_id)
    UPDATE erasures SET purged = purged + counted.posts
    FROM (SELECT workspace_id, erasure_id, count(*) AS posts FROM cleaned GROUP BY workspace_id, erasure_id) AS counted
    WHERE erasures.workspace_id = counted.workspace_id AND erasures.id = counted.erasure_id
    """
)


@dataclass(frozen=True)
class WaitingPost:
    """An erased post: no message after `bound` names it, and none up to `swept_to` does so any more."""

    id: UUID
    bound: int
    swept_to: int | None

    @property
    def known_since(self) -> datetime | None:
        """When the post was first stored, from its id (UUIDv7); messages before that cannot name it."""
        if self.id.version != 7:
            return None
        return datetime.fromtimestamp((self.id.int >> 80) / 1000, UTC) - _CLOCK_SKEW


class WaitingPostRepository(Repository):
    """Posts that the streams are still to be rid of; use it in a session of all workspaces."""

    async def exist(self) -> bool:
        """Whether any post waits."""
        return bool(await self.session.scalar(_HAS_WAITING))

    async def claim(self, stream: str, holder: UUID) -> bool:
        """Takes, or keeps, the right to purge a stream for a minute; false while another process has it."""
        values = {"everywhere": EVERYWHERE, "stream": stream, "holder": holder, "lease": LEASE_SECONDS}
        return await self.session.scalar(_CLAIM, values) is not None

    async def let_go(self, stream: str, holder: UUID) -> None:
        """Gives the right back."""
        await self.session.execute(_LET_GO, {"stream": stream, "holder": holder})

    async def list_unnamed(self) -> list[UUID]:
        """Posts that no unsent event names any more, and whose last message is still to be noted."""
        return list(await self.session.scalars(_LIST_UNNAMED))

    async def bind(self, posts: Sequence[UUID], last: int) -> None:
        """Notes that no message after `last` names the posts; ask for `last` after `list_unnamed`.

        Nothing is emitted about an erased post, so that this holds for good.
        """
        await self.session.execute(_BIND, {"posts": list(posts), "last": last})

    async def list_bound(self) -> list[WaitingPost]:
        """Posts whose last message is known, those that were stored first in front; at most so many at once."""
        rows = await self.session.execute(_LIST, {"most": MOST_AT_ONCE})
        return [WaitingPost(row.post_id, row.bound, None if row.is_new else row.swept_to) for row in rows]

    async def swept(self, posts: Sequence[UUID], sequence: int) -> None:
        """Notes how far the messages were looked through for these posts."""
        await self.session.execute(_SWEPT, {"posts": list(posts), "sequence": sequence})

    async def clean(self, posts: Sequence[UUID]) -> None:
        """Confirms posts that no message names any more."""
        for statement in (_LOCK_RECORDS, _CLEAN):
            await self.session.execute(statement, {"posts": list(posts)})
