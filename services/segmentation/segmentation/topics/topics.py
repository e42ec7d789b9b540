"""Topics of a set of posts: named segments, the segment of every post, and what votes on later posts."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segmentation.topics.exemplars import exemplars
from segmentation.topics.frozen import FrozenTopics
from segmentation.topics.landscape import Landscape
from segmentation.topics.method import Method
from segmentation.topics.partition import NONE, Partition, readable_partition
from segmentation.topics.phrases import Mentions, distinct_labels, telling_phrases
from segmentation.topics.reference import Reference, Votes, reference_rows, similarity_floor, vote_shares
from segmentation.topics.space import Stored

Authors = NDArray[np.intp]


@dataclass(frozen=True)
class Topic:
    """One segment: its name, its phrases, the rows of its example posts, its size and how often it recurs."""

    label: str
    keyphrases: tuple[str, ...]
    exemplars: tuple[int, ...]
    size: int
    stability: float


@dataclass(frozen=True)
class Topics:
    """The outcome for all posts; `frozen` assigns later ones, `reference` holds the rows of those that vote."""

    topics: tuple[Topic, ...]
    votes: Votes
    frozen: FrozenTopics
    reference: NDArray[np.intp]
    resolution: float
    stability: float


def find_topics(stored: Stored, authors: Authors, mentions: Mentions, method: Method) -> Topics:
    """Find, name and freeze the topics of posts given by vector, author number and keyphrases, row by row."""
    landscape = Landscape.of(stored, method)
    partition = readable_partition(landscape.neighbours, method)
    return describe(landscape, partition, authors, mentions, method)


def describe(
    landscape: Landscape, partition: Partition, authors: Authors, mentions: Mentions, method: Method
) -> Topics:
    """Name the segments of a partition, let every text confirm its own, and choose what is frozen."""
    rows = reference_rows(partition.segments, method.reference_at_most)
    found = _reference(landscape, partition, rows, method)
    votes = _settle(landscape, partition, found)
    confirmed = votes.segments[rows] != NONE
    texts = landscape.texts
    return Topics(
        topics=_topics(landscape, partition, votes.segments, authors, mentions, method),
        votes=Votes(votes.segments[texts.text_of_post], votes.strengths[texts.text_of_post]),
        frozen=FrozenTopics(landscape.space, found.only(confirmed)),
        reference=texts.posts[rows[confirmed]],
        resolution=partition.resolution,
        stability=partition.stability,
    )


def _reference(landscape: Landscape, partition: Partition, rows: NDArray[np.intp], method: Method) -> Reference:
    vectors, neighbours = landscape.vectors[rows], landscape.neighbours.rows.shape[1]
    floor = similarity_floor(vectors, method)
    return Reference(vectors, partition.segments[rows], neighbours, floor, method.smallest_vote)


def _settle(landscape: Landscape, partition: Partition, reference: Reference) -> Votes:
    """Members keep the segment that was found if their neighbours confirm it; the other texts vote for one.

    The same rule holds for posts that arrive later, so that shares do not drift between old and new posts.
    """
    segments, rows = partition.segments, np.arange(len(partition.segments))
    own = vote_shares(landscape.neighbours, segments)[rows, segments]
    votes = reference.accept(landscape.neighbours, segments, own)
    left = np.flatnonzero(segments == NONE)
    late = reference.vote(landscape.vectors[left])
    votes.segments[left], votes.strengths[left] = late.segments, late.strengths
    return votes


def _topics(
    landscape: Landscape,
    partition: Partition,
    segments: NDArray[np.intp],
    authors: Authors,
    mentions: Mentions,
    method: Method,
) -> tuple[Topic, ...]:
    texts = landscape.texts
    phrases = telling_phrases(mentions.rows(texts.posts), segments, partition.count, method.keyphrases)
    sizes = np.bincount(segments[texts.text_of_post] + 1, minlength=partition.count + 1)[1:]
    found = []
    for number, label in enumerate(distinct_labels(phrases)):
        rows = np.flatnonzero(segments == number)
        nearest = rows[exemplars(landscape.vectors[rows], authors[texts.posts[rows]], method.exemplars)]
        found.append(
            Topic(
                label=label,
                keyphrases=phrases[number],
                exemplars=tuple(texts.posts[nearest].tolist()),
                size=int(sizes[number]),
                stability=partition.recurrences[number],
            )
        )
    return tuple(found)
