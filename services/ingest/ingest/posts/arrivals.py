"""A post as it arrives: what a source gave, in the form in which it would be stored."""

from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from uuid import UUID

from ingest.authors.pseudonyms import Pseudonyms
from ingest.posts.destinations import Destination
from ingest.posts.originals.masking import mask
from ingest.posts.records import COUNTS, Engagement, PostRecord
from ingest.posts.schemas import NewPost
from ingest.posts.submissions import Submission
from ingest.sources.files.records import Rejection
from kit.db import new_id

_counts = attrgetter(*COUNTS)


@dataclass(slots=True)
class Arrival:
    """A post as it came, its original, and whether it is kept if nobody has it yet."""

    line: int
    post: PostRecord
    original: bytes = b""
    is_kept: bool = True


@dataclass(frozen=True, slots=True)
class Entrance:
    """What every post goes through on its way into a workspace: the author becomes a pseudonym, terms are applied."""

    workspace: str
    pseudonyms: Pseudonyms
    destination: Destination
    now: datetime

    def admit(self, entry: Submission | Arrival | Rejection) -> Arrival | Rejection:
        """The post as it would be stored, in no study and no thread yet; what came in or was refused stays as it is."""
        return self._admitted(entry) if isinstance(entry, Submission) else entry

    def _admitted(self, submission: Submission) -> Arrival:
        given, post = submission.post, self._record(submission.post)
        dropped_handle = "" if post.author_handle else given.author_handle
        original = mask(submission.raw, given.author, post.author_id, dropped_handle) if submission.raw else b""
        return Arrival(submission.line, post, original)

    def _record(self, post: NewPost) -> PostRecord:
        # Some sources write that the first post of a thread answers itself.
        parent_id = post.parent_id if post.parent_id != post.external_id else ""
        post_id = new_id()
        return PostRecord(
            id=post_id,
            # Its own first, until it is found to be a copy.
            copy_of=post_id,
            platform=post.platform,
            external_id=post.external_id,
            author_id=self._author(post),
            text=post.text,
            claimed_language=post.language,
            published_at=post.published_at or self.now,
            first_seen_at=self.now,
            url=post.url,
            is_repost=post.is_repost or bool(post.repost_of),
            study_ids=(),
            author_handle=post.author_handle if self.destination.keeps_handles else "",
            followers=post.followers,
            parent_id=parent_id,
            thread_id=post.thread_id,
            repost_of=post.repost_of,
            quote_of=post.quote_of,
            has_media=post.has_media,
            engagement=Engagement(*_counts(post.engagement)),
            changed_at=post.changed_at,
            edit_claimed=post.changed_at is not None,
            privacy=self.destination.privacy,
            source_id=self.destination.source_id,
            depth=None if parent_id else 0,
        )

    def _author(self, post: NewPost) -> UUID:
        if post.author:
            return self.pseudonyms.of(self.workspace, post.platform, post.author)
        return self.pseudonyms.of_unnamed(self.workspace, post.platform, post.external_id)
