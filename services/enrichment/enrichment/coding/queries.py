"""Which coded posts are asked for, and how much there is of a study."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class Totals:
    """How much of a study is enriched."""

    posts: int
    statements: int


@dataclass(frozen=True)
class CodedQuery:
    """Which posts are asked for: of a code, and where they are given of a study and a time of publication."""

    key: str
    study_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Place:
    """A post's place in a list by time, newest first."""

    published_at: datetime
    post_id: UUID
