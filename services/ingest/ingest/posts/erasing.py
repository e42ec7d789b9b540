"""Erasing posts for good, whatever the reason."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from ingest.posts.messages import timestamp
from ingest.posts.repository import PostRepository
from kit.db import Session
from kit.events import LIVE
from kit.outbox import emit
from pourquoi.ingest.v1.events_pb2 import PostErased

_BATCH = 1_000


async def erase_posts(session: Session, ids: Sequence[UUID], lane: str = LIVE) -> list[UUID]:
    """Removes the posts within the session's transaction and announces each; returns those that were there.

    A tombstone of platform and external id stays of each, so that a late copy cannot bring it back.
    """
    moment = datetime.now(UTC)
    erased = await PostRepository(session).erase(ids, moment)
    for post_id in erased:
        emit(session, PostErased(post_id=str(post_id), erased_at=timestamp(moment)), lane=lane)
    return erased


async def erase_author(session: Session, author_id: UUID, lane: str = LIVE) -> int:
    """Removes every post of an author within the session's transaction; returns how many there were."""
    posts, count = PostRepository(session), 0
    while ids := await posts.ids_of_author(author_id, _BATCH):
        count += len(await erase_posts(session, ids, lane))
    return count
