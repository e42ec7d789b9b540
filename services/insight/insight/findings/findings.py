"""What is found in every segment of a study: counted, judged together and stated."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from insight.findings.claims import state_claim
from insight.findings.periods import Period
from insight.findings.tones import Sentiment, Tone, judge_tone
from insight.findings.trends import Trend, TwoPeriods, judge_trends
from insight.prevalence.clusters import AuthorSums
from insight.prevalence.intervals import Share, estimate_share


@dataclass(frozen=True)
class SegmentCounts:
    """What was counted in one segment: the base of `whole` and `periods` is every post of the study."""

    segment_id: UUID
    label: str
    authors: int
    whole: AuthorSums
    periods: TwoPeriods
    sentiments: Mapping[Sentiment, AuthorSums]


class Finding(BaseModel):
    """What is known of a segment at one time."""

    model_config = ConfigDict(frozen=True)

    claim: str
    label: str
    share: Share
    posts: int
    authors: int
    sentiments: dict[Sentiment, Share]
    tone: Tone | None
    trend: Trend
    period: Period


@dataclass(frozen=True)
class Findings:
    """The findings of a study by segment, and the segments that are too small to speak of."""

    by_segment: dict[UUID, Finding]
    suppressed: list[SegmentCounts]


def find(segments: Sequence[SegmentCounts], period: Period, *, fewest_authors: int) -> Findings:
    """A finding for each segment that at least `fewest_authors` distinct authors wrote in."""
    large = [segment for segment in segments if segment.authors >= fewest_authors]
    trends = judge_trends([segment.periods for segment in large], fewest_authors=fewest_authors)
    return Findings(
        by_segment={
            segment.segment_id: _finding(segment, trend, period) for segment, trend in zip(large, trends, strict=True)
        },
        suppressed=[segment for segment in segments if segment.authors < fewest_authors],
    )


def _finding(segment: SegmentCounts, trend: Trend, period: Period) -> Finding:
    share = estimate_share(segment.whole)
    tone = judge_tone(segment.sentiments)
    return Finding(
        claim=state_claim(segment.label, share, segment.authors, tone=tone, trend=trend, period=period),
        label=segment.label,
        share=share,
        posts=segment.whole.hits,
        authors=segment.authors,
        sentiments={sentiment: estimate_share(sums) for sentiment, sums in segment.sentiments.items()},
        tone=tone,
        trend=trend,
        period=period,
    )
