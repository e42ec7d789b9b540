"""Made-up conversations: groups of vectors around directions of their own, as enrichment would publish them."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from kit.db import new_id
from pourquoi.enrichment.v1.events_pb2 import PostEnriched, PostEnrichment

DIMENSIONS = 32
MODEL = "test-encoder@1"
THEMES = ("lost luggage", "late flight", "rude staff", "slow website", "cheap ticket", "cold coffee")
START = datetime(2026, 3, 1, tzinfo=UTC)


def directions(count: int, seed: int = 0) -> NDArray[np.float64]:
    """Unit vectors that are orthogonal to one another."""
    basis, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(DIMENSIONS, DIMENSIONS)))
    return basis[:count]


def blobs(sizes: Sequence[int], noise: float = 0.5, seed: int = 0) -> tuple[NDArray[np.float16], NDArray[np.intp]]:
    """Unit vectors around one direction per group, in random order, and the group of each; `noise` is its length."""
    random = np.random.default_rng(seed)
    groups = random.permutation(np.repeat(np.arange(len(sizes)), sizes))
    vectors = directions(len(sizes))[groups]
    vectors = vectors + random.normal(scale=noise / np.sqrt(DIMENSIONS), size=vectors.shape)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors.astype(np.float16), groups


@dataclass
class Conversation:
    """Posts of one study; `groups` says which theme each is about."""

    sizes: Sequence[int] = (60, 40, 30)
    study_id: UUID = field(default_factory=new_id)
    noise: float = 0.5
    seed: int = 0
    model: str = MODEL
    enrichments: list[PostEnrichment] = field(init=False)
    groups: list[int] = field(init=False)

    def __post_init__(self) -> None:
        vectors, groups = blobs(self.sizes, self.noise, self.seed)
        self.groups = groups.tolist()
        self.enrichments = [
            self.enrichment(vector, THEMES[group]) for vector, group in zip(vectors, self.groups, strict=True)
        ]

    def enrichment(self, vector: NDArray[np.float16], theme: str = "small talk", revision: int = 1) -> PostEnrichment:
        """A new post of the study."""
        post_id = new_id()
        number = post_id.int % 100_000
        enrichment = PostEnrichment(
            post_id=str(post_id),
            author_id=str(uuid.uuid5(uuid.NAMESPACE_URL, f"author {number}")),
            platform="x",
            study_ids=[str(self.study_id)],
            revision=revision,
            vector=vector.astype("<f2").tobytes(),
            keyphrases=[theme, theme.split()[-1], "monday"],
            model=self.model,
        )
        enrichment.published_at.FromDatetime(START + timedelta(minutes=number))
        return enrichment

    def copy_of(self, original: PostEnrichment) -> PostEnrichment:
        """A new post of another author that says the same."""
        copy = self.enrichment(np.frombuffer(original.vector, dtype="<f2"))
        copy.keyphrases[:] = original.keyphrases
        return copy

    def near(self, group: int, noise: float = 0.3, seed: int = 1) -> PostEnrichment:
        """A new post about the theme of a group."""
        random = np.random.default_rng(seed)
        vector = directions(len(self.sizes))[group] + random.normal(scale=noise / np.sqrt(DIMENSIONS), size=DIMENSIONS)
        return self.enrichment((vector / np.linalg.norm(vector)).astype(np.float16), THEMES[group])

    def far(self) -> PostEnrichment:
        """A new post about nothing that the study speaks of."""
        return self.enrichment(directions(DIMENSIONS)[-1].astype(np.float16))

    def events(self) -> Iterator[PostEnriched]:
        """What enrichment publishes of every post."""
        return (PostEnriched(enrichment=enrichment) for enrichment in self.enrichments)

    def group_of(self) -> dict[str, int]:
        """The group of each post, by its id."""
        return {each.post_id: group for each, group in zip(self.enrichments, self.groups, strict=True)}
