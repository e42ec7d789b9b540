"""The stored posts that experiments look at, and what queries say of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import blake2b
from uuid import UUID

from ingest.posts.records import PostRecord
from ingest.queries.documents import Document
from ingest.queries.parser import parse_query
from ingest.studies.scopes import Scope


@dataclass(frozen=True)
class PooledPost:
    """A stored post and how many it stands for: `weight` is 1 over the probability that it was kept and read."""

    record: PostRecord
    weight: float = 1.0

    @cached_property
    def document(self) -> Document:
        """What a query may ask of it."""
        return Document.of(self.record)


@dataclass(frozen=True, slots=True)
class Pool:
    """Posts that were read out of `stored`; `heaviest` is the largest weight that a post may have had.

    `is_partial` says that some source drops posts that no study takes, so that nobody can tell what they were.
    """

    posts: Sequence[PooledPost]
    stored: int
    heaviest: float
    is_partial: bool = False

    def within(self, scope: Scope) -> "Pool":
        """The posts that the bounds of the scope admit, whatever its query."""
        bounds = replace(scope, query="").compile()
        return replace(self, posts=[post for post in self.posts if bounds.matches(post.document)])


def takes(query: str, posts: Sequence[PooledPost]) -> list[bool]:
    """Whether the query matches each post; the empty one matches all."""
    parsed = parse_query(query)
    return [parsed.matches(post.document) for post in posts]


def belong(scope: Scope, posts: Sequence[PooledPost]) -> list[bool]:
    """Whether the study takes each post; one without a query has what was sent to it."""
    if not scope.query.strip():
        return [scope.study_id in post.record.study_ids for post in posts]
    asked = scope.compile()
    return [asked.matches(post.document) for post in posts]


def shuffled_key(study_id: UUID, post_id: UUID) -> bytes:
    """Sorts posts at random, in the same order every time.

    Permanent random numbers (E. Ohlsson, in Business Survey Methods, 1995): the samples of two versions share as many
    posts as they can, so that a judgement serves both.
    """
    return blake2b(study_id.bytes + post_id.bytes, digest_size=8).digest()
