"""Which arriving posts must stay away, because they or their authors were erased."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from ingest.authors.pseudonyms import Pseudonyms
from ingest.erasures.repository import TombstoneRepository
from ingest.posts.records import PostRecord
from kit.db import Session

ERASED = "This post was erased and is not taken again."
AUTHOR_ERASED = "The author of this post was erased: nothing of theirs is taken any more."


@dataclass(frozen=True)
class Barred:
    """What was erased among arriving posts and their authors."""

    posts: frozenset[tuple[str, str]]
    authors: frozenset[UUID]

    def reason(self, post: PostRecord) -> str | None:
        """Why a post must stay away; None when it may come in."""
        if post.author_id in self.authors:
            return AUTHOR_ERASED
        return ERASED if post.key in self.posts else None


async def barred(session: Session, pseudonyms: Pseudonyms, posts: Sequence[PostRecord]) -> Barred:
    """What was erased among these posts and authors.

    No erasure begins until the transaction ends, so that what is stored in it will be seen by the next one.
    """
    tombstones = TombstoneRepository(session)
    await tombstones.hold_off()
    digests = {pseudonyms.of_post(session.workspace, *key): key for key in {post.key for post in posts}}
    authors = {post.author_id for post in posts}
    found = await tombstones.among([*digests, *authors])
    return Barred(frozenset(digests[each] for each in found & digests.keys()), frozenset(found & authors))
