"""Trends, tones and claims: certain things are said, uncertain ones are not."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from insight.findings.claims import digits_that_tell_apart, state_claim
from insight.findings.findings import SegmentCounts, find
from insight.findings.periods import Period, choose
from insight.findings.tones import Sentiment, Tone, judge_tone
from insight.findings.trends import Direction, Trend, TwoPeriods, judge_trends
from insight.prevalence.clusters import AuthorSums
from insight.prevalence.intervals import Share
from kit.errors import Invalid

NOON = datetime(2015, 2, 20, 12, tzinfo=UTC)
EIGHT_DAYS = choose(NOON, NOON + timedelta(days=4))


def single_posts(hits: int, posts: int) -> AuthorSums:
    """Posts of as many authors, so that each is independent."""
    return AuthorSums.of([(1, 1)] * hits + [(0, 1)] * (posts - hits))


def trend_of(before: tuple[int, int], after: tuple[int, int], fewest_authors: int = 20) -> Trend:
    periods = TwoPeriods(single_posts(*before), single_posts(*after))
    return judge_trends([periods], fewest_authors=fewest_authors)[0]


def segment(
    hits: int, of: int, *, negative: int = 0, label: str = "hold, hours", authors: int | None = None
) -> SegmentCounts:
    half = TwoPeriods(single_posts(hits // 2, of // 2), single_posts(hits // 2, of // 2))
    return SegmentCounts(
        segment_id=uuid4(),
        label=label,
        authors=hits if authors is None else authors,
        whole=single_posts(hits, of),
        periods=half,
        sentiments={
            Sentiment.NEGATIVE: single_posts(negative, hits),
            Sentiment.NEUTRAL: single_posts(0, hits),
            Sentiment.POSITIVE: single_posts(0, hits),
        },
    )


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ((100, 1000), (200, 1000), Direction.RISING),
        ((200, 1000), (100, 1000), Direction.FALLING),
        ((0, 1000), (80, 1000), Direction.RISING),
        ((3000, 10000), (3050, 10000), Direction.STEADY),
        ((10, 100), (12, 100), Direction.NOT_ENOUGH_EVIDENCE),
        ((0, 15), (14, 15), Direction.NOT_ENOUGH_EVIDENCE),  # fewer than twenty authors in a period
    ],
)
def test_direction_follows_from_the_evidence(
    before: tuple[int, int], after: tuple[int, int], expected: Direction
) -> None:
    assert trend_of(before, after).direction is expected


def test_one_loud_author_makes_no_trend() -> None:
    quiet = [(0, 1)] * 300
    periods = TwoPeriods(AuthorSums.of(quiet), AuthorSums.of([*quiet, (100, 100)]))
    assert judge_trends([periods], fewest_authors=20)[0].direction is Direction.NOT_ENOUGH_EVIDENCE


def test_a_lone_small_difference_among_many_segments_is_not_believed() -> None:
    doubtful = TwoPeriods(single_posts(100, 1000), single_posts(130, 1000))
    calm = TwoPeriods(single_posts(30, 1000), single_posts(30, 1000))
    alone = judge_trends([doubtful], fewest_authors=20)[0]
    among_many = judge_trends([doubtful, *[calm] * 30], fewest_authors=20)[0]
    assert alone.direction is Direction.RISING
    assert among_many.direction is Direction.NOT_ENOUGH_EVIDENCE


def tone_of(negative: int, neutral: int, positive: int, posts: int = 200) -> Tone | None:
    counts = {Sentiment.NEGATIVE: negative, Sentiment.NEUTRAL: neutral, Sentiment.POSITIVE: positive}
    return judge_tone({sentiment: single_posts(hits, posts) for sentiment, hits in counts.items()})


@pytest.mark.parametrize(
    ("counts", "sentiment", "is_majority"),
    [
        ((140, 40, 20), Sentiment.NEGATIVE, True),
        ((20, 40, 140), Sentiment.POSITIVE, True),
        ((90, 100, 10), Sentiment.NEGATIVE, False),  # no majority, but nine against one
        ((10, 150, 30), Sentiment.NEUTRAL, True),  # hardly anybody takes a side
    ],
)
def test_a_certain_tone_is_named(counts: tuple[int, int, int], sentiment: Sentiment, is_majority: bool) -> None:
    tone = tone_of(*counts)
    assert tone is not None
    assert (tone.sentiment, tone.is_majority) == (sentiment, is_majority)


@pytest.mark.parametrize("counts", [(104, 50, 46), (80, 60, 60), (60, 90, 50), (0, 0, 0)])
def test_an_uncertain_tone_is_not_named(counts: tuple[int, int, int]) -> None:
    assert tone_of(*counts) is None


def test_one_loud_author_sets_no_tone() -> None:
    loud = AuthorSums.of([(40, 40), (0, 1), (0, 1)])
    quiet = AuthorSums.of([(0, 40), (0, 1), (0, 1)])
    assert judge_tone({Sentiment.NEGATIVE: loud, Sentiment.NEUTRAL: quiet, Sentiment.POSITIVE: quiet}) is None


def test_a_chosen_period_is_compared_with_as_much_time_before() -> None:
    assert choose(NOON, NOON + timedelta(days=7)).previous_start == NOON - timedelta(days=7)
    with pytest.raises(Invalid):
        choose(NOON, NOON)


def test_claim_says_all_that_is_certain() -> None:
    claim = state_claim(
        "flight cancelled, rebook",
        Share(value=0.181, low=0.162, high=0.204),
        1412,
        tone=tone_of(148, 32, 20),
        trend=trend_of((140, 1000), (220, 1000)),
        period=EIGHT_DAYS,
    )
    assert claim == (
        "18 % of posts (16–20 %), from 1,412 authors, are about “flight cancelled, rebook”; most read as"
        " negative (74 %), and the share rose from 14 % before 20 February 2015 to 22 % after that."
    )


def test_claim_leaves_out_what_is_not_certain() -> None:
    claim = state_claim(
        "legroom",
        Share(value=0.012, low=0.01, high=0.014),
        25,
        tone=None,
        trend=trend_of((10, 100), (12, 100)),
        period=EIGHT_DAYS,
    )
    assert claim == "1.2 % of posts (1.0–1.4 %), from 25 authors, are about “legroom”."


def test_claim_says_which_way_posts_lean() -> None:
    share = Share(value=0.3, low=0.25, high=0.35)
    claim = state_claim("bags", share, 90, tone=tone_of(90, 100, 10), trend=None, period=None)
    assert claim.endswith("are about “bags”; more read as negative (45 %) than as positive (5 %).")


def test_claim_passes_over_a_change_that_is_certain_but_small() -> None:
    trend = trend_of((1140, 10000), (960, 10000))
    assert trend.direction is Direction.FALLING
    share = Share(value=0.11, low=0.1, high=0.12)
    claim = state_claim("help", share, 90, tone=None, trend=trend, period=EIGHT_DAYS)
    assert claim.endswith("are about “help”.")


def test_claim_over_a_few_hours_names_the_hour() -> None:
    period = Period(previous_start=NOON - timedelta(hours=3), start=NOON, end=NOON + timedelta(hours=3))
    claim = state_claim(
        "outage",
        Share(value=0.3, low=0.25, high=0.35),
        90,
        tone=None,
        trend=trend_of((300, 1000), (100, 1000)),
        period=period,
    )
    assert "the share fell from 30 % before 12:00 UTC on 20 February 2015 to 10 % after that." in claim


@pytest.mark.parametrize(
    ("shares", "digits"), [((0.14, 0.22), 0), ((0.141, 0.138), 1), ((0.004, 0.02), 1), ((0.0, 0.02), 0)]
)
def test_numbers_are_as_short_as_they_can_be_told_apart(shares: tuple[float, ...], digits: int) -> None:
    assert digits_that_tell_apart(*shares) == digits


def test_small_groups_are_suppressed() -> None:
    large, small = segment(200, 1000, negative=180), segment(60, 1000, authors=19)
    found = find([large, small], EIGHT_DAYS, fewest_authors=20)
    assert list(found.by_segment) == [large.segment_id]
    assert found.suppressed == [small]


def test_finding_is_made_of_what_was_counted() -> None:
    counts = segment(200, 1000, negative=180)
    finding = find([counts], EIGHT_DAYS, fewest_authors=20).by_segment[counts.segment_id]
    assert (finding.posts, finding.authors, finding.share.value) == (200, 200, 0.2)
    assert finding.tone is not None
    assert finding.tone.sentiment is Sentiment.NEGATIVE
    assert finding.claim.startswith("20 % of posts (18–23 %), from 200 authors, are about “hold, hours”")


def test_a_study_without_segments_has_no_findings() -> None:
    found = find([], EIGHT_DAYS, fewest_authors=20)
    assert (found.by_segment, found.suppressed) == ({}, [])


def test_segment_ids_are_kept() -> None:
    counts = segment(30, 90)
    assert isinstance(next(iter(find([counts], EIGHT_DAYS, fewest_authors=20).by_segment)), UUID)
