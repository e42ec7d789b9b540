"""What a change of facts does to the hourly counts: the old post is taken out, the new one put in."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from insight.findings.tones import Sentiment


@dataclass(frozen=True)
class Counted:
    """The part of a fact that the hourly counts depend on."""

    study_ids: tuple[UUID, ...]
    published_at: datetime
    sentiment: Sentiment | None


@dataclass(frozen=True)
class FactChange:
    """A post before and after; None where it was not counted before, or is not any more."""

    before: Counted | None
    after: Counted | None


@dataclass(frozen=True)
class HourlyDelta:
    """What to add to the counts of one study in one hour; negative where posts left."""

    study_id: UUID
    hour: datetime
    posts: int
    negative: int
    neutral: int
    positive: int


@dataclass(frozen=True)
class HourRange:
    """Hours from `start` to before `end`; None leaves a side open."""

    start: datetime | None
    end: datetime | None


def deltas(changes: Iterable[FactChange]) -> list[HourlyDelta]:
    """The deltas that a set of changes amounts to, in a fixed order so that writers never wait crosswise."""
    posts: Counter[tuple[UUID, datetime]] = Counter()
    tones: Counter[tuple[UUID, datetime, Sentiment | None]] = Counter()
    for change in changes:
        for counted, sign in ((change.before, -1), (change.after, 1)):
            if counted is None:
                continue
            for study_id in set(counted.study_ids):
                hour = counted.published_at.replace(minute=0, second=0, microsecond=0)
                posts[study_id, hour] += sign
                tones[study_id, hour, counted.sentiment] += sign
    found = [
        HourlyDelta(
            study_id,
            hour,
            posts=posts[study_id, hour],
            negative=tones[study_id, hour, Sentiment.NEGATIVE],
            neutral=tones[study_id, hour, Sentiment.NEUTRAL],
            positive=tones[study_id, hour, Sentiment.POSITIVE],
        )
        for study_id, hour in sorted(posts)
    ]
    return [delta for delta in found if delta.posts or delta.negative or delta.neutral or delta.positive]


def touched_studies(changes: Iterable[FactChange]) -> set[UUID]:
    """Every study that a change concerns."""
    sides = (side for change in changes for side in (change.before, change.after) if side)
    return {study_id for side in sides for study_id in side.study_ids}
