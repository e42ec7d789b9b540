"""A post as ingest holds it, and how a newer copy changes it."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID


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
    def actions(self) -> int:
        """How often somebody did something: likes, reposts, replies and quotes, without views."""
        return sum(count or 0 for count in (self.likes, self.reposts, self.replies, self.quotes))


@dataclass(frozen=True, slots=True)
class PostRecord:
    """A post at one revision."""

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
    privacy: Privacy = Privacy.PUBLIC
    copy_of: UUID | None = None
    source_id: UUID | None = None

    @property
    def key(self) -> tuple[str, str]:
        """What makes two copies the same post within a workspace."""
        return self.platform, self.external_id

    def revised(self, copy: "PostRecord") -> "PostRecord | None":
        """The next revision if `copy` brings another text or a further study, otherwise None.

        A post stays in the studies that it was in: who has counted it once must be able to find it again.
        """
        further = tuple(study_id for study_id in copy.study_ids if study_id not in self.study_ids)
        if copy.text == self.text and not further:
            return None
        return replace(self, text=copy.text, study_ids=self.study_ids + further, revision=self.revision + 1)
