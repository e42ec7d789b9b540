"""Reading posts."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from ingest.posts.engagement.repository import EngagementRepository, Observation
from ingest.posts.originals.repository import OriginalRepository
from ingest.posts.records import PostRecord
from ingest.posts.repository import PostRepository
from kit.db import Session
from kit.errors import NotFound


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

    async def list_of_thread(self, post_id: UUID, after: tuple[datetime, UUID] | None, limit: int) -> list[PostRecord]:
        """The posts of the thread that a post belongs to, in the order of their publication; raises `NotFound`."""
        post = await self.get(post_id)
        return await self._posts.list_of_thread(post.platform, post.thread_id or post.external_id, after, limit)

    async def list_observations(self, post_id: UUID, after: datetime | None, limit: int) -> list[Observation]:
        """What was observed of a post's engagement, oldest first; raises `NotFound`."""
        await self.get(post_id)
        return await EngagementRepository(self._session).list_after(post_id, after, limit)

    async def original(self, post_id: UUID) -> bytes:
        """The original of a post as its source gave it; raises `NotFound` also where none is kept."""
        original = await OriginalRepository(self._session).find(post_id)
        if original is None:
            raise NotFound(f"No original is kept of a post with the id {post_id} in this workspace.")
        return original

    async def targets(self, posts: Sequence[PostRecord]) -> dict[tuple[str, str], UUID]:
        """The ids of the posts that these answer, repeat or quote, as far as they are here, by platform and id."""
        keys = {
            (post.platform, external_id)
            for post in posts
            for external_id in (post.parent_id, post.repost_of, post.quote_of)
            if external_id
        }
        return await self._posts.ids_of_keys(keys) if keys else {}
