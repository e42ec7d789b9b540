"""Whether a text is a copy of another one: word by word, because a number or a name makes another message."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.copies.forms import Form

LEAST_SHARE = 0.6
LEAST_SHARE_OF_CUT = 0.4
SHORTEST_MISSPELT = 4
# "So not ready for this" is said by many, before and after other words.
FEWEST_WORDS_ADDED_TO = 6
# How far a word may have moved: more words than these, put in between, make another text.
_FURTHEST = 6

Words = Sequence[str]


@dataclass(frozen=True, slots=True)
class _Difference:
    """Words of one text in whose place the other has others, or none."""

    left: Words
    right: Words
    at_start: bool
    at_end: bool


def is_copy(one: Form, other: Form) -> bool:
    """True when the two differ only by misspellings, by words added before or after, or by where they were cut off.

    Both must share most of the longer one. Any other word in the middle, and any other number, makes two texts.
    """
    if one.digest == other.digest:
        return True
    if one.is_short or other.is_short:
        return False
    longer = max(_signs(one.words), _signs(other.words))
    least = LEAST_SHARE_OF_CUT if _is_shorter_cut(one, other) or _is_shorter_cut(other, one) else LEAST_SHARE
    spared = longer * (1 - least)
    for difference in _differences(one.words, other.words):
        spared -= max(_signs(difference.left), _signs(difference.right))
        if spared < 0 or not _is_harmless(difference, one, other):
            return False
    return True


def _is_shorter_cut(one: Form, other: Form) -> bool:
    return one.is_cut and len(one.words) <= len(other.words)


def _is_harmless(difference: _Difference, one: Form, other: Form) -> bool:
    left, right = difference.left, difference.right
    if not left or not right:
        is_long = min(len(one.words), len(other.words)) >= FEWEST_WORDS_ADDED_TO
        return is_long and (difference.at_start or difference.at_end)
    if difference.at_end and (_is_cut_from(one, left, right) or _is_cut_from(other, right, left)):
        return True
    return _is_misspelling("".join(left), "".join(right))


def _is_cut_from(cut: Form, rest: Words, whole: Words) -> bool:
    return cut.is_cut and "".join(whole).startswith("".join(rest))


def _is_misspelling(one: str, other: str) -> bool:
    """True when one letter was added, dropped, changed or swapped with its neighbour (Damerau, 1964)."""
    if one == other:
        return True
    if min(len(one), len(other)) < SHORTEST_MISSPELT or not (one + other).isalpha():
        return False
    start = _shared(one, other)
    one, other = one[start:], other[start:]
    end = _shared(one[::-1], other[::-1])
    one, other = one[: len(one) - end], other[: len(other) - end]
    return max(len(one), len(other)) <= 1 or (len(one) == 2 and one == other[::-1])


def _differences(left: Words, right: Words) -> Iterator[_Difference]:
    """Where two texts part, in order; in linear time, because a text may be made to be slow."""
    start = _shared(left, right)
    end = _shared(left[start:][::-1], right[start:][::-1])
    at, place = start, start
    last, final = len(left) - end, len(right) - end
    while at < last or place < final:
        width, height = _next_meeting(left[at:last], right[place:final])
        is_last = at + width == last and place + height == final
        yield _Difference(
            left[at : at + width], right[place : place + height], at == 0 and place == 0, is_last and end == 0
        )
        at, place = at + width, place + height
        same = _shared(left[at:last], right[place:final])
        at, place = at + same, place + same


def _next_meeting(left: Words, right: Words) -> tuple[int, int]:
    """How many words to leave out on both sides until they agree again; all of them when they do not soon."""
    for skipped in range(1, 2 * _FURTHEST):
        for width in range(max(0, skipped - _FURTHEST), min(skipped, _FURTHEST) + 1):
            height = skipped - width
            if width < len(left) and height < len(right) and left[width] == right[height]:
                return width, height
    return len(left), len(right)


def _shared(left: Sequence[str], right: Sequence[str]) -> int:
    """How many words, or signs, both begin with."""
    count = 0
    for one, other in zip(left, right, strict=False):
        if one != other:
            break
        count += 1
    return count


def _signs(words: Words) -> int:
    return sum(map(len, words))
