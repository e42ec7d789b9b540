"""Which stretches of a text lie close to one another, in time n log n."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence

Span = tuple[int, int]


def join(left: Sequence[Span], right: Sequence[Span], most_between: int, *, in_order: bool) -> list[Span]:
    """The stretches that a span of `left` and one of `right` make together, in ascending order.

    At most `most_between` tokens stand between the two, and they never overlap; `in_order` asks for left before right.
    Of the stretches that begin, or end, at the same token only the shortest is kept.
    """
    pairs = [*_pairs(left, right, most_between)]
    if not in_order:
        pairs += _pairs(right, left, most_between)
    return _shortest(pairs)


def _pairs(before: Sequence[Span], after: Sequence[Span], most_between: int) -> Iterator[Span]:
    """Pairs each span with its nearest neighbour on the other side: where none is near enough, none is."""
    ending = sorted(before, key=lambda span: (span[1], span[0]))
    ends = [end for _, end in ending]
    for start, end in after:
        place = bisect_right(ends, start) - 1
        if place >= 0 and start - ends[place] <= most_between:
            yield ending[place][0], end
    beginning = sorted(after)
    starts = [start for start, _ in beginning]
    for start, end in before:
        place = bisect_left(starts, end)
        if place < len(starts) and starts[place] - end <= most_between:
            yield start, beginning[place][1]


def _shortest(spans: Iterable[Span]) -> list[Span]:
    first_ends: dict[int, int] = {}
    last_starts: dict[int, int] = {}
    for start, end in spans:
        first_ends[start] = min(first_ends.get(start, end), end)
        last_starts[end] = max(last_starts.get(end, start), start)
    return sorted({*first_ends.items(), *((start, end) for end, start in last_starts.items())})
