"""Which findings make the headlines, and how much of the conversation they leave out."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from math import log2
from uuid import UUID

from insight.findings.findings import Finding
from insight.findings.trends import Trend

TONE_BONUS = 0.25
CHANGE_BONUS = 0.25


@dataclass(frozen=True)
class Remainder:
    """Posts that no headline speaks of, as shares of all posts read; the parts add up to `share`."""

    share: float
    abstained: float  # posts that fit no segment
    suppressed: float  # segments with too few authors, or without two posts that may be quoted
    rejected: float  # segments whose insight a reviewer rejected
    beyond_limit: float  # segments that rank below the headlines


def rank(findings: Sequence[tuple[UUID, Finding]]) -> list[UUID]:
    """Insight ids, the most telling finding first; ties in the order of the ids."""
    return [insight_id for insight_id, _ in sorted(findings, key=lambda each: (-weight(each[1]), each[0]))]


def weight(finding: Finding) -> float:
    """How much a finding tells: the share that is certain, more for a clear tone and for a certain change.

    The lower bound of the share rewards both size and certainty. A unanimous tone, or a share that at least
    doubled or halved, adds a quarter of it; a neutral tone adds nothing.
    """
    tone = finding.tone.strength if finding.tone else 0.0
    return finding.share.low * (1 + TONE_BONUS * tone + CHANGE_BONUS * _change(finding.trend))


def remainder(
    posts: int, segment_posts: Mapping[UUID, int], *, shown: Set[UUID], ranked: Set[UUID], rejected: Set[UUID]
) -> Remainder:
    """What the headlines on the segments `shown`, out of those `ranked`, leave out of so many posts.

    `segment_posts` counts every segment, also those that nothing is said about; segments do not overlap.
    """
    base = max(1, posts)
    suppressed = segment_posts.keys() - ranked - rejected

    def share_of(segments: Set[UUID]) -> float:
        return sum(segment_posts.get(segment, 0) for segment in segments) / base

    return Remainder(
        share=(posts - sum(segment_posts.get(segment, 0) for segment in shown)) / base,
        abstained=(posts - sum(segment_posts.values())) / base,
        suppressed=share_of(suppressed),
        rejected=share_of(rejected),
        beyond_limit=share_of(ranked - shown),
    )


def _change(trend: Trend) -> float:
    if not trend.is_certain:
        return 0.0
    return min(1.0, abs(log2(trend.ratio))) if trend.ratio else 1.0
