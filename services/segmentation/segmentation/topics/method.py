"""The choices of the topic method in one place, each with the reason for its value."""

from dataclasses import dataclass
from math import ceil


@dataclass(frozen=True)
class Method:
    """How topics are found; what the defaults achieve stands in the service's README."""

    # The nearest neighbours that tie a post to the others.
    neighbours: int = 15
    # Above this many vectors an approximate index replaces the exact search.
    exact_up_to: int = 20_000
    # Leiden runs with different seeds, and optimisation passes within each.
    runs: int = 8
    iterations: int = 5
    # A fixed resolution; None takes the finest one that stays readable.
    resolution: float | None = None
    segments_at_most: int = 25
    # A coarser resolution that puts more than this share of the texts into one community lumps topics together.
    largest_share: float = 1 / 3
    # A topic holds at least this many distinct texts, and at least this share of all of them.
    smallest_segment: int = 5
    smallest_share: float = 0.005
    posts_at_least: int = 30
    # Members that are kept to vote on new posts.
    reference_at_most: int = 20_000
    # Posts less similar to their neighbours than this percentile of the members get no segment.
    floor_percentile: float = 3.0
    # A segment needs more than this share of a post's neighbours.
    smallest_vote: float = 1 / 3
    # Segments that come back less than this in other runs dissolve (Hennig 2007 calls such clusters dissolved).
    smallest_recurrence: float = 0.5

    def neighbours_of(self, posts: int) -> int:
        """Neighbours to link in a set of that size."""
        return max(1, min(self.neighbours, posts - 1))

    def smallest_of(self, posts: int) -> int:
        """Distinct texts that make a topic in a set of that size."""
        return max(self.smallest_segment, ceil(self.smallest_share * posts))
