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


@dataclass(frozen=True)
class Voices:
    """Who wrote each post, by number, and which phrases it mentions."""

    authors: NDArray[np.intp]
    mentions: Mentions


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


def find_topics(stored: Stored, voices: Voices, method: Method) -> Topics:
    """Find, name and freeze the topics of posts given by their vectors and voices, row by row."""
    landscape = Landscape.of(stored, method)
    return describe(landscape, readable_partition(landscape.neighbours, method), voices, method)


def describe(landscape: Landscape, partition: Partition, voices: Voices, method: Method) -> Topics:
    """Name the segments of a partition, let every text confirm its own, and choose what is frozen."""
    rows = reference_rows(partition.segments, method.reference_at_most)
    found = _reference(landscape, partition, rows, method)
    votes = _settle(landscape, partition, found)
    confirmed = votes.segments[rows] != NONE
    texts = landscape.texts
    return Topics(
        topics=_topics(landscape, partition, votes.segments, voices),
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
    landscape: Landscape, partition: Partition, segments: NDArray[np.intp], voices: Voices
) -> tuple[Topic, ...]:
    texts = landscape.texts
    authors = voices.authors[texts.posts]
    phrases = telling_phrases(voices.mentions.rows(texts.posts), segments, partition.count, authors)
    sizes = np.bincount(segments[texts.text_of_post] + 1, minlength=partition.count + 1)[1:]
    found = []
    for number, label in enumerate(distinct_labels(phrases)):
        rows = np.flatnonzero(segments == number)
        nearest = texts.posts[rows[exemplars(landscape.vectors[rows], authors[rows])]]
        recurrence = partition.recurrences[number]
        found.append(Topic(label, phrases[number], tuple(nearest.tolist()), int(sizes[number]), recurrence))
    return tuple(found)
