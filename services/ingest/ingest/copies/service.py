"""Reading groups of copies."""

from collections.abc import Sequence
from uuid import UUID

from ingest.copies.repository import CopyRepository
from ingest.posts.records import PostRecord
from ingest.posts.service import PostService
from kit.db import Session


class CopyService:
    """Groups of copies in the session's workspace."""

    def __init__(self, session: Session) -> None:
        self._posts = PostService(session)
        self._copies = CopyRepository(session)

    async def list_like(self, post_id: UUID, after: UUID | None, limit: int) -> Sequence[PostRecord]:
        """The posts of the group of a post, which is among them, in the order of their arrival.

        Raises `NotFound` for a post that is not here. The first of the group is missing when it was erased.
        """
        post = await self._posts.get(post_id)
        group = await self._copies.list_group(post.copy_of or post.id, after, limit)
        return await self._posts.get_many(group)
