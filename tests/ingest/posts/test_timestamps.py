"""Dates as people and programs write them: read as meant, or refused with a sentence."""

from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ingest.posts.timestamps import parse_timestamp

NOW = datetime(2026, 11, 25, tzinfo=UTC)
HALF_PAST_THREE = datetime(2025, 2, 24, 15, 30, tzinfo=UTC)
MIDNIGHT = datetime(2025, 2, 24, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "2025-02-24T15:30:00Z",
        "2025-02-24T15:30:00.000Z",
        "2025-02-24T15:30:00,000Z",
        "2025-02-24T15:30:00.000000+00:00",
        "2025-02-24T16:30:00+01:00",
        "2025-02-24T16:30:00+0100",
        "2025-02-24 15:30:00",
        "2025-02-24 15:30",
        "2025-02-24 15:30:00 UTC",
        "2025-02-24 16:30:00 +0100",
        "2025-02-24 15:30:00.0",
        "2025-02-24 3:30 PM",
        "2025-2-24 15:30",
        "20250224T153000Z",
        "2025/02/24 15:30:00",
        "24/02/2025 15:30",
        "24/02/2025, 15:30:00",
        "24/02/2025 15h30",
        "02/24/2025 3:30 PM",
        "2/24/2025 03:30:00 PM",
        "24.02.2025 15:30:00",
        "24-02-2025 15:30",
        "Mon, 24 Feb 2025 15:30:00 +0000",
        "Mon, 24 Feb 2025 15:30:00 GMT",
        "Mon, 24 Feb 2025 10:30:00 EST",
        "Mon Feb 24 15:30:00 +0000 2025",
        "Mon Feb 24 15:30:00 2025",
        "24 Feb 2025 15:30",
        "Feb 24, 2025 3:30 PM",
        "Feb 24, 2025, 3:30:00 p.m.",
        "February 24, 2025 at 3:30 PM",
        "Monday, February 24, 2025 15:30",
        "24 février 2025 à 15:30",
        "lundi 24 févr. 2025 15h30",
        "24-Feb-2025 03:30PM",
        "1740411000",
        "1740411000.0",
        1740411000,
        1740411000000,
        "1740411000000000",
    ],
)
def test_a_moment_is_read_however_it_is_written(written: object) -> None:
    assert parse_timestamp(written, NOW) == HALF_PAST_THREE


@pytest.mark.parametrize(
    "written",
    [
        "2025-02-24",
        "20250224",
        "2025-W09-1",
        "2025/02/24",
        "24/02/2025",
        "24.02.2025",
        "24 Feb 2025",
        "24th February 2025",
        "Feb 24, 2025",
        "24 février 2025",
        "2025-02-24 12:00 AM",
    ],
)
def test_a_day_without_a_time_begins_at_midnight(written: str) -> None:
    assert parse_timestamp(written, NOW) == MIDNIGHT


@pytest.mark.parametrize(
    ("written", "day_first", "moment"),
    [
        ("03/04/2025", True, datetime(2025, 4, 3, tzinfo=UTC)),
        ("03/04/2025", False, datetime(2025, 3, 4, tzinfo=UTC)),
        ("03-04-2025 1:05 am", True, datetime(2025, 4, 3, 1, 5, tzinfo=UTC)),
        ("1er juin 2025", None, datetime(2025, 6, 1, tzinfo=UTC)),
        ("14 juillet 2025 12:00 PM", None, datetime(2025, 7, 14, 12, tzinfo=UTC)),
        ("31 août 2025", None, datetime(2025, 8, 31, tzinfo=UTC)),
        ("1 déc. 2025", None, datetime(2025, 12, 1, tzinfo=UTC)),
    ],
)
def test_day_and_month_are_told_apart(written: str, day_first: bool | None, moment: datetime) -> None:
    assert parse_timestamp(written, NOW, day_first) == moment


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("03/04/2025", "day_first"),
        ("0000-01-01T00:00:00Z", "no date"),
        ("0001-01-01T00:00:00Z", "before 1970"),
        ("0001-01-01T00:00:00+14:00", "outside of the years"),
        ("01/01/0000", "no date"),
        ("9999-12-31T23:59:59Z", "in the future"),
        ("9999-12-31T23:59:59-14:00", "outside of the years"),
        ("31/12/9999", "in the future"),
        ("1969-12-31", "before 1970"),
        ("2025-02-30", "no date"),
        ("30/02/2025", "no date"),
        ("24/02/25", "no date"),
        ("24/02/2025 25:00", "no date"),
        ("24/02/2025 13:00 PM", "no date"),
        ("24 Foo 2025", "no date"),
        ("Feb 24, 2025 3:30 PM EST", "no date"),
        ("yesterday", "no date"),
        ("", "no date"),
        ("9" * 100_000, "no date"),
        ("24 " * 50_000, "no date"),
        (10**30, "no number of seconds"),
        (float("nan"), "no number of seconds"),
        (float("inf"), "no number of seconds"),
        (True, "no date"),
        ([2025], "no date"),
        (None, "no date"),
    ],
)
def test_anything_else_is_refused_with_a_sentence(written: object, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        parse_timestamp(written, NOW)


@given(st.one_of(st.text(max_size=60), st.from_regex(r"[0-9a-z/.: ,+-]{1,40}"), st.integers(), st.floats()))
@example("0000000000000000")
@example("24 mars 2025 99h99")
def test_nothing_but_a_sentence_comes_of_any_value(written: object) -> None:
    sentence = ""
    try:
        moment = parse_timestamp(written, NOW)
    except ValueError as error:
        sentence = str(error)

    assert sentence or moment.tzinfo is UTC
