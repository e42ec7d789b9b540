"""Reading and erasing posts."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from ingest.posts.messages import timestamp
from ingest.posts.records import PostRecord
from ingest.posts.repository import PostRepository
from kit.db import Session
from kit.errors import NotFound
from kit.outbox import emit
from pourquoi.ingest.v1.events_pb2 import PostErased


class PostService:
    """Posts of the session's workspace."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._posts = PostRepository(session)

    async def get(self, post_id: UUID) -> PostRecord:
        """One post; raises `NotFound`, also for an erased one."""
        found = await self._posts.find([post_id])
        if not found:
            raise NotFound(f"No post has the id {post_id} in this workspace.")
        return found[0]

    async def get_many(self, ids: Sequence[UUID]) -> list[PostRecord]:
        """Posts in the order asked for; unknown and erased ones are left out."""
        found = {post.id: post for post in await self._posts.find(ids)}
        return [found[post_id] for post_id in ids if post_id in found]

    async def list_after(self, study_id: UUID | None, after: UUID | None, limit: int) -> list[PostRecord]:
        """Posts in the order of their arrival."""
        return await self._posts.list_after(study_id, after, limit)

    async def erase(self, post_id: UUID) -> None:
        """Removes a post for good: its text goes now, and a copy that comes later is turned away.

        Erasing twice changes nothing. Raises `NotFound` for a post that was never here.
        """
        moment = datetime.now(UTC)
        if await self._posts.erase(post_id, moment):
            emit(self._session, PostErased(post_id=str(post_id), erased_at=timestamp(moment)))
        elif not await self._posts.is_erased(post_id):
            raise NotFound(f"No post has the id {post_id} in this workspace.")
