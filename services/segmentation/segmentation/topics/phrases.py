"""Names of segments from the keyphrases of their posts: telling, different, and said only once."""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

_MOST = 10
_CANDIDATES = 60
_LABEL_PHRASES = 3
# A longer phrase stands for its word when it carries at least this share of the word's weight.
_LONGER_WINS = 0.6
# So much more frequent than elsewhere is a phrase that may name a segment.
_TYPICAL = 1.5
# So many people of a segment must use a phrase that names it: then it is nobody's own, and stays when one is erased.
FEWEST_VOICES = 3


@dataclass(frozen=True)
class Mentions:
    """Which post mentions which phrase: posts by phrases, each phrase once per post."""

    counts: csr_array
    vocabulary: Sequence[str]

    @classmethod
    def of(cls, posts: Iterable[Iterable[str]]) -> "Mentions":
        """Collect the phrases of posts, in the order of the posts."""
        builder = MentionsBuilder()
        for phrases in posts:
            builder.add(phrases)
        return builder.build()

    def rows(self, posts: NDArray[np.intp]) -> "Mentions":
        """The mentions of some posts, in the order given."""
        return Mentions(self.counts[posts], self.vocabulary)


class MentionsBuilder:
    """Collects mentions post by post; each distinct phrase is held once."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._columns, self._ends = array("i"), array("i", [0])

    def add(self, phrases: Iterable[str]) -> None:
        """Add the next post."""
        numbers = self._numbers
        self._columns.extend(sorted({numbers.setdefault(phrase, len(numbers)) for phrase in phrases}))
        self._ends.append(len(self._columns))

    def build(self) -> Mentions:
        """The mentions of all posts so far."""
        columns, ends = np.array(self._columns, dtype=np.int32), np.array(self._ends, dtype=np.int32)
        ones = np.ones(len(columns), dtype=np.int32)
        counts = csr_array((ones, columns, ends), shape=(len(ends) - 1, len(self._numbers)))
        return Mentions(counts, list(self._numbers))


def telling_phrases(
    mentions: Mentions, segments: NDArray[np.intp], segment_count: int, authors: NDArray[np.intp]
) -> list[tuple[str, ...]]:
    """At most ten phrases of every segment that tell it from the others, without repetition, best first.

    c-TF-IDF (Grootendorst 2022, "BERTopic"): mentions in the segment times log(1 + mean mentions per segment
    / mentions overall). A phrase that is hardly more frequent here than elsewhere does not count, nor one that fewer
    than three authors of the segment use. `authors` numbers the author of each post.
    """
    inside = _mentions_by_segment(mentions.counts, segments, segment_count)
    overall = np.asarray(inside.sum(axis=0)).ravel()
    rarity = np.log1p(inside.sum() / max(segment_count, 1) / np.maximum(overall, 1))
    found = []
    for segment, (columns, counts) in enumerate(_rows(inside)):
        weights = counts * rarity[columns] * _is_typical(counts, overall[columns], int(overall.sum()))
        own = np.flatnonzero(segments == segment)
        weights[_voices(mentions.counts[own], authors[own])[columns] < FEWEST_VOICES] = 0.0
        found.append(_best(columns, weights, mentions.vocabulary))
    return found


def label_of(phrases: Sequence[str]) -> str:
    """A readable name: the first phrases, or a plain word when posts carry no phrase."""
    return ", ".join(phrases[:_LABEL_PHRASES]) or "unnamed"


def distinct_labels(phrases: Sequence[tuple[str, ...]]) -> list[str]:
    """One label per segment; equal names are told apart by a number."""
    labels: list[str] = []
    for own in phrases:
        label = label_of(own)
        same = sum(1 for other in labels if other == label or other.startswith(f"{label} ("))
        labels.append(f"{label} ({same + 1})" if same else label)
    return labels


def _mentions_by_segment(counts: csr_array, segments: NDArray[np.intp], segment_count: int) -> csr_array:
    rows = np.flatnonzero(segments >= 0)
    ones = np.ones(len(rows), dtype=np.int32)
    membership = csr_array((ones, (segments[rows], rows)), shape=(segment_count, len(segments)))
    return csr_array(membership @ counts)


def _voices(counts: csr_array, authors: NDArray[np.intp]) -> NDArray[np.int64]:
    """How many authors mention each phrase, given the mentions of posts and the author of each."""
    names, number = np.unique(authors, return_inverse=True)
    wrote = csr_array((np.ones(len(authors), np.int32), (number, np.arange(len(authors)))), (len(names), len(authors)))
    by_author = csr_array(wrote @ counts)
    voices: NDArray[np.int64] = np.bincount(by_author.indices, minlength=counts.shape[1])
    return voices


def _rows(matrix: csr_array) -> Iterator[tuple[NDArray[np.int32], NDArray[np.int32]]]:
    for start, end in pairwise(matrix.indptr):
        yield matrix.indices[start:end], matrix.data[start:end]


def _is_typical(inside: NDArray[np.int32], overall: NDArray[np.int64], total: int) -> NDArray[np.bool_]:
    """Whether phrases are enough more frequent in a segment than in the others together."""
    own = inside.sum()
    typical: NDArray[np.bool_] = inside * (total - own) >= _TYPICAL * (overall - inside) * own
    return typical


def _best(columns: NDArray[np.int32], weights: NDArray[np.float64], vocabulary: Sequence[str]) -> tuple[str, ...]:
    ranked = np.lexsort((columns, -weights))[:_CANDIDATES]
    weight_of = {vocabulary[columns[place]]: float(weights[place]) for place in ranked if weights[place] > 0}
    chosen: list[str] = []
    for phrase in weight_of:
        telling = _fullest(phrase, weight_of)
        if not any(_repeats(telling, other) for other in chosen):
            chosen.append(telling)
    return tuple(chosen[:_MOST])


def _fullest(phrase: str, weight_of: dict[str, float]) -> str:
    """The longest nearly as telling phrase that contains this one."""
    enough = weight_of[phrase] * _LONGER_WINS
    longer = [other for other in weight_of if f" {phrase} " in f" {other} " and weight_of[other] >= enough]
    return max(longer, key=lambda other: (len(other.split()), weight_of[other]))


def _repeats(phrase: str, other: str) -> bool:
    return any(_is_same_word(word, seen) for word in phrase.split() for seen in other.split())


def _is_same_word(left: str, right: str) -> bool:
    """Whether two words are forms of one, in any language that inflects at the end."""
    shared = 0
    for a, b in zip(left, right, strict=False):
        if a != b:
            break
        shared += 1
    return shared >= 3 and shared >= 0.6 * max(len(left), len(right))
