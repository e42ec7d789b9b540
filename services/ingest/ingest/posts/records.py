"""A post as ingest holds it, and how a newer copy changes it."""

from dataclasses import dataclass, fields, replace
from datetime import datetime
from enum import StrEnum
from operator import attrgetter
from typing import TypedDict
from uuid import UUID

# Platform and external id.
Key = tuple[str, str]


class Privacy(StrEnum):
    """How far a post may travel: a private one is never quoted word by word and never leaves the workspace."""

    PUBLIC = "public"
    PRIVATE = "private"


@dataclass(frozen=True, slots=True)
class Engagement:
    """Counts of what others did with a post, as its source last told; None where it does not tell."""

    likes: int | None = None
    reposts: int | None = None
    replies: int | None = None
    quotes: int | None = None
    views: int | None = None

    @property
    def is_known(self) -> bool:
        """True when the source told anything."""
        return self != _UNTOLD

    def updated(self, newer: "Engagement") -> "Engagement":
        """The newer counts, and these where the source tells none any more."""
        if newer == self or not newer.is_known:
            return self
        return Engagement(**{name: _first_told(getattr(newer, name), getattr(self, name)) for name in COUNTS})

    @property
    def actions(self) -> int:
        """How often somebody did something: likes, reposts, replies and quotes, without views."""
        return sum(count or 0 for count in (self.likes, self.reposts, self.replies, self.quotes))


COUNTS = tuple(count.name for count in fields(Engagement))
_UNTOLD = Engagement()
_DETAILS = ("claimed_language", "url", "parent_id", "thread_id", "repost_of", "quote_of")


_details_of = attrgetter(*_DETAILS)


def _first_told(*counts: int | None) -> int | None:
    return next((count for count in counts if count is not None), None)


class _LastChange(TypedDict):
    changed_at: datetime | None
    edit_claimed: bool


@dataclass(frozen=True, slots=True)
class PostRecord:
    """A post at one revision.

    `changed_at` is the last change that its author claims (then `edit_claimed`), or else when another text was first
    seen. `depth` counts the answers above it: 0 for the first post of a thread, None while its parent is unknown.
    """

    id: UUID
    platform: str
    external_id: str
    author_id: UUID
    text: str
    claimed_language: str
    published_at: datetime
    first_seen_at: datetime
    url: str
    is_repost: bool
    study_ids: tuple[UUID, ...]
    revision: int = 1
    author_handle: str = ""
    followers: int | None = None
    parent_id: str = ""
    thread_id: str = ""
    repost_of: str = ""
    quote_of: str = ""
    has_media: bool = False
    engagement: Engagement = Engagement()
    changed_at: datetime | None = None
    edit_claimed: bool = False
    privacy: Privacy = Privacy.PUBLIC
    copy_of: UUID | None = None
    source_id: UUID | None = None
    depth: int | None = None

    @property
    def key(self) -> Key:
        """What makes two copies the same post within a workspace."""
        return self.platform, self.external_id

    @property
    def _published(self) -> tuple[object, ...]:
        """What a new revision tells to others."""
        return (self.text, self.study_ids, self.has_media, self.is_repost, self.privacy, *_details_of(self))

    def revised(self, copy: "PostRecord") -> "PostRecord | None":
        """This post after a copy of it came; None when that changes nothing.

        The revision grows with what is published: another text, a further study, a detail that was unknown, or a
        stricter privacy. Counts, handle and time of change are taken as they are last told, without a new revision.
        A copy that is older than the text that stands here never overwrites it. A post stays in the studies that it
        was in: who has counted it once must be able to find it again.
        """
        further = tuple(study_id for study_id in copy.study_ids if study_id not in self.study_ids)
        fresh = self if self._outdates(copy) else self._edited(copy)
        merged = replace(fresh, study_ids=self.study_ids + further)
        if merged._published != self._published:
            return replace(merged, revision=self.revision + 1)
        return None if merged == self else merged

    def _outdates(self, copy: "PostRecord") -> bool:
        """True when the copy is older than this one, as far as they say.

        Where an author's edit is dated, a copy without a date is the original: streams send it again after a restart.
        """
        if copy.text == self.text or self.changed_at is None:
            return False
        return self.edit_claimed if copy.changed_at is None else copy.changed_at < self.changed_at

    def _edited(self, copy: "PostRecord") -> "PostRecord":
        is_edit = copy.text != self.text
        # Two sources that disagree about a detail must not overwrite one another for ever: the first word stands.
        first, second = (copy, self) if is_edit else (self, copy)
        told = zip(_DETAILS, _details_of(first), _details_of(second), strict=True)
        details = {name: value or other for name, value, other in told}
        return replace(
            self,
            **details,
            text=copy.text,
            has_media=copy.has_media if is_edit else self.has_media or copy.has_media,
            is_repost=self.is_repost or copy.is_repost,
            author_handle=copy.author_handle or self.author_handle,
            followers=self.followers if copy.followers is None else copy.followers,
            engagement=self.engagement.updated(copy.engagement),
            privacy=Privacy.PRIVATE if Privacy.PRIVATE in (self.privacy, copy.privacy) else Privacy.PUBLIC,
            source_id=self.source_id or copy.source_id,
            depth=copy.depth if self.depth is None else self.depth,
            **self._last_change(copy, is_edit),
        )

    def _last_change(self, copy: "PostRecord", is_edit: bool) -> "_LastChange":
        """What the author claims; without a claim, an edit happened when it was first seen."""
        if copy.changed_at is None:
            changed_at, claimed = (copy.first_seen_at, False) if is_edit else (self.changed_at, self.edit_claimed)
        elif self.edit_claimed and self.changed_at is not None:
            changed_at, claimed = max(self.changed_at, copy.changed_at), True
        else:
            changed_at, claimed = copy.changed_at, True
        return {"changed_at": changed_at, "edit_claimed": claimed}
