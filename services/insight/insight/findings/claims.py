"""One English sentence that a person may quote, made of nothing but what was counted."""

from datetime import datetime, timedelta

from insight.findings.periods import Period
from insight.findings.tones import OPPOSITES, Tone
from insight.findings.trends import Direction, Trend
from insight.prevalence.intervals import Share

MOST_DIGITS = 2
VERBS = {Direction.RISING: "rose", Direction.FALLING: "fell"}


def state_claim(
    label: str, share: Share, authors: int, *, tone: Tone | None, trend: Trend | None, period: Period | None
) -> str:
    """The claim about a segment; a tone that is not certain and a trend that is not notable are left out."""
    subject = f"{_quoted_share(share)}, from {authors:,} authors, are about “{label}”"
    details = [_tone_phrase(tone), _trend_phrase(trend, period)]
    rest = ", and ".join(phrase for phrase in details if phrase)
    return f"{subject}; {rest}." if rest else f"{subject}."


def percent(share: float, digits: int) -> str:
    """A share as a number of per cent, without the sign."""
    return f"{100 * share:.{digits}f}"


def digits_that_tell_apart(*shares: float) -> int:
    """The fewest decimals with which different shares read differently and none reads as a false zero."""
    for digits in range(MOST_DIGITS):
        readings = {percent(share, digits) for share in shares}
        if len(readings) == len(set(shares)) and not any(
            share > 0 and float(percent(share, digits)) == 0 for share in shares
        ):
            return digits
    return MOST_DIGITS


def _quoted_share(share: Share) -> str:
    digits = digits_that_tell_apart(share.low, share.value, share.high)
    low, value, high = (percent(each, digits) for each in (share.low, share.value, share.high))
    return f"{value} % of posts ({low}–{high} %)"


def _tone_phrase(tone: Tone | None) -> str:
    if tone is None:
        return ""
    share = percent(tone.share.value, 0)
    if tone.is_majority or tone.opposite is None:
        return f"most read as {tone.sentiment} ({share} %)"
    fewer = f"{OPPOSITES[tone.sentiment]} ({percent(tone.opposite.value, 0)} %)"
    return f"more read as {tone.sentiment} ({share} %) than as {fewer}"


def _trend_phrase(trend: Trend | None, period: Period | None) -> str:
    if trend is None or period is None or not trend.is_notable:
        return ""
    before, after = trend.previous.value, trend.current.value
    digits = digits_that_tell_apart(before, after)
    return (
        f"the share {VERBS[trend.direction]} from {percent(before, digits)} % {_before(period)}"
        f" to {percent(after, digits)} % after that"
    )


def _before(period: Period) -> str:
    is_short = period.end - period.previous_start < timedelta(days=4)
    return f"before {_clock(period.start)}{_day(period.start)}" if is_short else f"before {_day(period.start)}"


def _clock(moment: datetime) -> str:
    return f"{moment:%H:%M} UTC on "


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%B %Y}"
