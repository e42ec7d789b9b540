"""Headlines: what tells most comes first, and what is left out adds up."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insight.findings.findings import Finding
from insight.findings.periods import choose
from insight.findings.tones import Sentiment, Tone
from insight.findings.trends import Direction, Trend
from insight.headlines.ranking import rank, remainder
from insight.prevalence.intervals import Share

START = datetime(2026, 1, 1, tzinfo=UTC)


def finding(low: float, *, tone: Tone | None = None, ratio: float | None = None) -> Finding:
    share = Share(value=low, low=low, high=low)
    direction = Direction.NOT_ENOUGH_EVIDENCE if ratio is None else Direction.RISING
    trend = Trend(
        direction=direction,
        previous=share,
        current=share,
        ratio=ratio,
        ratio_low=None,
        ratio_high=None,
        adjusted_p_value=1,
    )
    return Finding(
        claim="",
        label="",
        share=share,
        posts=1,
        authors=1,
        sentiments={},
        tone=tone,
        trend=trend,
        period=choose(START, START + timedelta(days=2)),
    )


def tone(sentiment: Sentiment, low: float) -> Tone:
    nobody = None if sentiment is Sentiment.NEUTRAL else Share(value=0, low=0, high=0)
    return Tone(sentiment=sentiment, share=Share(value=low, low=low, high=1), opposite=nobody, is_majority=True)


def ranked(*findings: Finding) -> list[int]:
    return [int(each) for each in rank([(UUID(int=number), each) for number, each in enumerate(findings)])]


def test_a_larger_certain_share_comes_first() -> None:
    assert ranked(finding(0.1), finding(0.3), finding(0.2)) == [1, 2, 0]


def test_tone_and_change_lift_a_finding() -> None:
    plain = finding(0.12)
    angry = finding(0.10, tone=tone(Sentiment.NEGATIVE, 0.9))
    changed = finding(0.10, ratio=2.0)
    assert ranked(plain, angry, changed) == [2, 1, 0]


def test_a_neutral_tone_lifts_nothing() -> None:
    assert ranked(finding(0.1, tone=tone(Sentiment.NEUTRAL, 0.99)), finding(0.11)) == [1, 0]


def test_nothing_read_leaves_nothing_out() -> None:
    assert remainder(0, {}, shown=set(), ranked=set(), rejected=set()).share == 0


@given(st.lists(st.integers(0, 1000), min_size=5, max_size=5))
def test_parts_of_the_remainder_add_up(counts: list[int]) -> None:
    shown, beyond, rejected, suppressed = (UUID(int=number) for number in range(4))
    segment_posts = dict(zip((shown, beyond, rejected, suppressed), counts, strict=False))
    posts = sum(counts)
    rest = remainder(posts, segment_posts, shown={shown}, ranked={shown, beyond}, rejected={rejected})
    assert rest.share == pytest.approx(rest.abstained + rest.suppressed + rest.rejected + rest.beyond_limit)
    assert rest.abstained * posts == pytest.approx(counts[4])
    assert rest.suppressed * posts == pytest.approx(counts[3])
