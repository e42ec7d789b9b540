"""What one query takes and another does not: counts with intervals, volume, random samples, warnings."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from ingest.experiments.estimates import Estimate, daily_rate, total
from ingest.experiments.pools import Pool, PooledPost, shuffled_key

VOLUME_DAYS = 28
FEWEST_DAYS = 7
MUCH = 3.0


class SampleKind(StrEnum):
    """What a random sample is drawn from: `search_set` is everything within the bounds of the study."""

    MATCHED = "matched"
    GAINED = "gained"
    LOST = "lost"
    SEARCH_SET = "search_set"


SAMPLE_SIZES = {
    SampleKind.MATCHED: 200,
    SampleKind.GAINED: 200,
    SampleKind.LOST: 200,
    SampleKind.SEARCH_SET: 500,
}


@dataclass(frozen=True, slots=True)
class SampledPost:
    """A post of a sample, its weight, and whether the query that the sample was drawn for matches it."""

    post_id: UUID
    weight: float
    matches: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two queries on the same posts; `before` and `after` say which of them each takes."""

    pool: Pool
    before: Sequence[bool]
    after: Sequence[bool]

    def count(self, *, before: bool | None = None, after: bool | None = None) -> Estimate:
        """How many stored posts each query takes or leaves, as asked; None asks nothing."""
        return total([post.weight for post in self._select(before, after)], self.pool.heaviest)

    def posts_per_day(self) -> Estimate | None:
        """How many posts the new query brings a day, by the last four weeks; None without a post to judge by."""
        days = _last_days(self.pool.posts)
        if not days:
            return None
        taken: Counter[date] = Counter()
        for post in self._select(None, True):
            taken[post.record.published_at.date()] += post.weight  # type: ignore[assignment]  # weights may be broken
        return daily_rate([float(taken[day]) for day in days])

    def sample(self, kind: SampleKind, study_id: UUID) -> list[SampledPost]:
        """Random posts of one kind, in the order in which they are to be judged."""
        asked: dict[SampleKind, tuple[bool | None, bool | None]] = {
            SampleKind.MATCHED: (None, True),
            SampleKind.GAINED: (False, True),
            SampleKind.LOST: (True, False),
            SampleKind.SEARCH_SET: (None, None),
        }
        taken = {post.record.id for post, after in zip(self.pool.posts, self.after, strict=True) if after}
        posts = sorted(self._select(*asked[kind]), key=lambda post: shuffled_key(study_id, post.record.id))
        return [
            SampledPost(post.record.id, post.weight, post.record.id in taken) for post in posts[: SAMPLE_SIZES[kind]]
        ]

    def warnings(self) -> list[str]:
        """What a reader should know before trusting or activating the new query, as sentences."""
        before, after = self.count(before=True), self.count(after=True)
        found = [sentence for applies, sentence in self._cautions(before, after) if applies]
        days = len(_last_days(self.pool.posts))
        if 0 < days < FEWEST_DAYS:
            found.append(f"The volume rests on {days} days only; wait for a week to trust it.")
        return found

    def _cautions(self, before: Estimate, after: Estimate) -> list[tuple[bool, str]]:
        read, stored = len(self.pool.posts), self.pool.stored
        return [
            (not stored, "No post is stored yet, so the diff says nothing: collect or import some first."),
            (bool(read) and not after.value, "The new query matches no stored post."),
            (bool(read) and list(self.before) == list(self.after), "Both queries take the same stored posts."),
            (before.value > 0 and after.value > MUCH * before.value, "The new query takes over three times as many."),
            (before.value > MUCH * after.value > 0, "The new query takes less than a third of the posts."),
            (
                self.pool.is_partial,
                "Some source drops posts that no study takes: what a wider query gains there is lost.",
            ),
            (self.pool.heaviest > 1, "Counts are estimates: some posts stand for others that were not kept or read."),
        ]

    def _select(self, before: bool | None, after: bool | None) -> list[PooledPost]:
        rows = zip(self.pool.posts, self.before, self.after, strict=True)
        return [post for post, was, now in rows if before in (None, was) and after in (None, now)]


def _last_days(posts: Sequence[PooledPost]) -> list[date]:
    """The last four weeks of the posts, or as much as they cover."""
    if not posts:
        return []
    days = [post.record.published_at.date() for post in posts]
    last = max(days)
    first = max(min(days), last - timedelta(days=VOLUME_DAYS - 1))
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]
