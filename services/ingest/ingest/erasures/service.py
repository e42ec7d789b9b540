"""Erasing posts and authors: gone here within the transaction, announced to the services downstream."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from ingest.authors.pseudonyms import Pseudonyms
from ingest.erasures.repository import ErasureRepository, Identity, TombstoneRepository
from ingest.erasures.requests import SEEN, Wish
from ingest.erasures.schemas import ErasureView
from ingest.models import Erasure
from ingest.posts.messages import timestamp
from ingest.posts.submissions import Deletion
from kit.db import Session, new_id
from kit.erasures.service import ErasedPosts, ErasureRecords
from kit.errors import NotFound
from kit.events import LIVE
from kit.jobs import enqueue
from kit.outbox import emit
from pourquoi.ingest.v1.events_pb2 import AuthorErased, PostCollected, PostErased, PostUpdated

JOB = "erase-author"
POSTS_AT_ONCE = 500
# The events of this service that tell of a single post: unsent ones go with it.
_OWN_EVENTS = (PostCollected, PostUpdated)


class ErasureService:
    """Erasures of the session's workspace; what is to be erased is locked before anything else is touched."""

    def __init__(self, session: Session, pseudonyms: Pseudonyms) -> None:
        self._session = session
        self._pseudonyms = pseudonyms
        self._erasures = ErasureRepository(session)
        self._tombstones = TombstoneRepository(session)
        self._records = ErasureRecords(session)

    async def hold_off_intake(self) -> None:
        """Waits for those who are storing posts, and lets no other begin until the transaction ends.

        Whoever locks posts in order to erase them calls it first, or both would wait for one another.
        """
        await self._tombstones.fence()

    async def erase_posts(self, ids: Sequence[UUID], wish: Wish) -> ErasureView:
        """Erases posts; those that were erased before are announced anew, so that they are confirmed anew.

        Raises `NotFound`, and erases nothing, when one of them was never here.
        """
        await self._tombstones.fence()
        posts = await self._erasures.lock_by_id(ids)
        if unknown := set(ids) - {post.id for post in posts}:
            raise NotFound(f"No post has the id {min(unknown)} in this workspace; nothing was erased.")
        erasure = self._begin(wish, None)
        await self._erase(erasure, posts, wish.lane)
        return await self._show(erasure)

    async def erase_post(self, post_id: UUID, wish: Wish) -> None:
        """Erases one post; erasing it twice changes nothing. Raises `NotFound` for one that was never here."""
        await self._tombstones.fence()
        posts = await self._erasures.lock_by_id([post_id])
        if not posts:
            raise NotFound(f"No post has the id {post_id} in this workspace.")
        if not posts[0].is_erased:
            await self._erase(self._begin(wish, None), posts, wish.lane)

    async def erase_named_author(self, platform: str, external_id: str, wish: Wish) -> ErasureView:
        """Erases an author by the id that the platform gave them, whether or not a post of theirs was ever here."""
        return await self._erase_author(self._pseudonyms.of(self._session.workspace, platform, external_id), wish)

    async def erase_author(self, author_id: UUID, wish: Wish) -> ErasureView:
        """Erases an author by pseudonym; raises `NotFound` for one who is not, and was not, known here."""
        known = await self._erasures.known_authors([author_id]) | await self._tombstones.among([author_id])
        if not known:
            raise NotFound(f"No author has the id {author_id} in this workspace.")
        return await self._erase_author(author_id, wish)

    async def erase_seen(self, deletions: Sequence[Deletion]) -> int:
        """Erases what a source says was deleted there, and returns how many posts went at once.

        What was never here is kept away, too: a replay or a second source may still bring it.
        """
        await self._tombstones.fence()
        keys = list(dict.fromkeys((each.platform, each.external_id) for each in deletions if each.external_id))
        posts = await self._erasures.lock_by_key(keys) if keys else []
        if posts:
            await self._erase(self._begin(SEEN, None), posts)
        gone = [each for each in deletions if each.author and not each.external_id]
        authors = {self._pseudonyms.of(self._session.workspace, each.platform, each.author) for each in gone}
        known = await self._erasures.known_authors(list(authors)) if authors else set()
        erased = [await self._erase_author(author_id, SEEN) for author_id in sorted(known)]
        strangers = [self._pseudonyms.of_post(self._session.workspace, *key) for key in keys]
        await self._tombstones.bury([*strangers, *(authors - known)], datetime.now(UTC))
        return len(posts) + sum(each.posts for each in erased)

    async def go_on(self, erasure_id: UUID) -> tuple[int, bool]:
        """Erases the next posts of an author; returns how many, and whether there may be more."""
        await self._tombstones.fence()
        erasure = await self._get(erasure_id)
        count = await self._erase_some(erasure)
        return count, erasure.applied_at is None

    async def get(self, erasure_id: UUID) -> ErasureView:
        """One erasure; raises `NotFound`."""
        return await self._show(await self._get(erasure_id))

    async def list_newest(self, before: UUID | None, limit: int) -> list[ErasureView]:
        """The newest erasures, older than `before` when it is given."""
        erasures = await self._erasures.list_newest(before, limit)
        records = await self._records.find([each.id for each in erasures])
        return [ErasureView.of(each, records[each.id]) for each in erasures]

    async def _get(self, erasure_id: UUID) -> Erasure:
        erasure = await self._erasures.find(erasure_id)
        if erasure is None:
            raise NotFound(f"No erasure has the id {erasure_id} in this workspace.")
        return erasure

    def _begin(self, wish: Wish, author_id: UUID | None) -> Erasure:
        """Puts an erasure on record; one of posts is applied within this transaction."""
        now = datetime.now(UTC)
        erasure = Erasure(
            workspace_id=self._session.workspace,
            id=new_id(),
            author_id=author_id,
            reason=wish.reason,
            requested_by=wish.requested_by,
            requested_at=now,
            applied_at=None if author_id else now,
        )
        self._erasures.add(erasure)
        return erasure

    async def _erase_author(self, author_id: UUID, wish: Wish) -> ErasureView:
        """Keeps the author away from now on and erases the first posts; a job goes on where there are more."""
        await self._tombstones.fence()
        erasure = self._begin(wish, author_id)
        await self._tombstones.bury([author_id], erasure.requested_at)
        await self._session.flush()
        await self._erase_some(erasure)
        if erasure.applied_at is None:
            await enqueue(self._session, JOB, {"erasure_id": str(erasure.id)})
        return await self._show(erasure)

    async def _erase_some(self, erasure: Erasure) -> int:
        """Erases the next posts of the erasure's author; with the last of them, the author goes as well."""
        assert erasure.author_id is not None
        posts = await self._erasures.lock_of_author(erasure.author_id, POSTS_AT_ONCE)
        await self._erase(erasure, posts)
        if len(posts) < POSTS_AT_ONCE and erasure.applied_at is None:
            erasure.applied_at = datetime.now(UTC)
            await self._erasures.remove_author(erasure.author_id)
            gone = AuthorErased(author_id=str(erasure.author_id), erasure_id=str(erasure.id))
            gone.erased_at.CopyFrom(timestamp(erasure.applied_at))
            emit(self._session, gone)
        return len(posts)

    async def _erase(self, erasure: Erasure, posts: Sequence[Identity], lane: str = LIVE) -> None:
        """Removes posts, buries them, takes unsent events about them back, and announces that they are gone."""
        moment = datetime.now(UTC)
        living = {post.id: self._tombstone_of(post) for post in posts if not post.is_erased}
        if living:
            await self._erasures.erase(living, moment)
            await self._tombstones.bury(living.values(), moment)
        moments = {post.id: moment for post in posts}
        await self._records.apply(ErasedPosts(moments, {erasure.id: list(moments)}), _OWN_EVENTS)
        for post in posts:
            event = PostErased(post_id=str(post.id), erased_at=timestamp(moment), erasure_id=str(erasure.id))
            emit(self._session, event, lane=lane)

    def _tombstone_of(self, post: Identity) -> UUID:
        return self._pseudonyms.of_post(self._session.workspace, post.platform, post.external_id)

    async def _show(self, erasure: Erasure) -> ErasureView:
        return ErasureView.of(erasure, await self._records.get(erasure.id))
