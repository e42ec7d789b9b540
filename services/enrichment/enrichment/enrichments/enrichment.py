"""An enrichment as the service holds it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

from enrichment.readings.reading import ReaderVersion, Reading
from enrichment.texts.layout import Layout, laid_out
from pourquoi.ingest.v1.events_pb2 import Post


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a post comes from and where it belongs, as ingest says."""

    post_id: UUID
    author_id: UUID
    platform: str
    published_at: datetime
    study_ids: tuple[UUID, ...]
    is_repost: bool
    copy_of: UUID | None = None

    @classmethod
    def of(cls, post: Post) -> Origin:
        """Reads a post of an event; raises `ValueError` when an id is none."""
        return cls(
            UUID(post.id),
            UUID(post.author_id),
            post.platform,
            post.published_at.ToDatetime(UTC),
            tuple(sorted(map(UUID, post.study_ids))),
            post.is_repost,
            UUID(post.copy_of) if post.copy_of else None,
        )


@dataclass(frozen=True, slots=True)
class Wording:
    """Tells texts apart without keeping them: the text by its every character, and what it says however laid out."""

    text_digest: bytes
    spoken_digest: bytes
    layout: Layout

    @classmethod
    def of(cls, text: str) -> Wording:
        """The wording of a text."""
        words, layout = laid_out(text)
        return cls(digest(text), digest(words), layout)


@dataclass(frozen=True, slots=True)
class Enrichment:
    """What is known of one post."""

    origin: Origin
    revision: int
    wording: Wording
    version: ReaderVersion
    reading: Reading

    @classmethod
    def of(cls, post: Post, version: ReaderVersion, reading: Reading) -> Enrichment:
        """What was read in a post; raises `ValueError` when one of its ids is none."""
        return cls(Origin.of(post), post.revision, Wording.of(post.text), version, reading)

    def is_of(self, text: str) -> bool:
        """True when this is what was read in exactly this text."""
        return self.wording.text_digest == digest(text)

    def with_reading(self, reading: Reading) -> Enrichment:
        """The enrichment with another reading of the same text."""
        return replace(self, reading=reading)

    def moved_to(self, post: Post) -> Enrichment:
        """The enrichment of a later revision with the same text."""
        return replace(self, origin=Origin.of(post), revision=post.revision)


def digest(text: str) -> bytes:
    """Tells texts apart without keeping them."""
    return hashlib.blake2b(text.encode(), digest_size=16).digest()
