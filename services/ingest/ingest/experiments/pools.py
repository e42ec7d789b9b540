"""The stored posts that experiments look at, each with what two queries say of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from uuid import UUID

from ingest.posts.records import PostRecord
from ingest.studies.scopes import Candidate, Scope, Scopes


@dataclass(frozen=True, slots=True)
class PooledPost:
    """A stored post and how many it stands for: `weight` is 1 over the probability that it was kept and read."""

    record: PostRecord
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Pool:
    """Posts that were read out of `stored`; `heaviest` is the largest weight that a post may have had."""

    posts: Sequence[PooledPost]
    stored: int
    heaviest: float

    def within(self, scope: Scope) -> "Pool":
        """The posts that the bounds of the scope admit, whatever its query."""
        return replace(self, posts=[post for post in self.posts if scope.admits(candidate_of(post.record))])


def candidate_of(record: PostRecord) -> Candidate:
    """What a study may ask of a stored post."""
    return Candidate(record.text, record.platform, record.claimed_language, record.published_at)


def matches(scope: Scope, records: Sequence[PostRecord]) -> list[bool]:
    """Whether the study takes each post; one without a query has what was sent to it."""
    if not scope.query.strip():
        return [scope.study_id in record.study_ids for record in records]
    scopes = Scopes([scope])
    return [bool(scopes.matching(candidate_of(record), scope.study_id)) for record in records]


def shuffled_key(study_id: UUID, post_id: UUID) -> bytes:
    """Sorts posts at random, in the same order every time.

    Permanent random numbers (E. Ohlsson, in Business Survey Methods, 1995): the samples of two versions share as many
    posts as they can, so that a judgement serves both.
    """
    return blake2b(study_id.bytes + post_id.bytes, digest_size=8).digest()
