"""Single posts: what a time may look like, what an id is made of, what is wrong with the rest."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.authors.pseudonyms import Pseudonyms
from ingest.posts.submissions import Submission, check_row, read_json_line
from ingest.posts.timestamps import parse_timestamp
from ingest.sources.files.records import Rejection

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
EXPECTED = datetime(2015, 2, 24, 11, 35, 52, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "2015-02-24T11:35:52Z",
        "2015-02-24T11:35:52+00:00",
        "2015-02-24T03:35:52-08:00",
        "2015-02-24 03:35:52 -0800",
        "2015-02-24T11:35:52",
        "2015-02-24 11:35:52 UTC",
        "20150224T113552Z",
        " 2015-02-24T11:35:52Z ",
        "Tue Feb 24 11:35:52 +0000 2015",
        "Tue, 24 Feb 2015 11:35:52 GMT",
        "24/02/2015 11:35:52",
        "02/24/2015 11:35:52",
        "24.02.2015 11:35:52",
        "02/24/2015 11:35:52 AM",
        "1424777752",
        "1424777752.0",
        "1424777752000",
        "1424777752000000",
        1424777752,
        1424777752.0,
        1424777752000,
        datetime(2015, 2, 24, 11, 35, 52),
    ],
)
def test_times_are_read_in_their_usual_forms(written: object) -> None:
    assert parse_timestamp(written, NOW) == EXPECTED


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("yesterday", "no date that can be read"),
        ("", "no date that can be read"),
        ("2015", "no date that can be read"),
        ("2015-13-45", "no date that can be read"),
        ("99/99/2015", "no date that can be read"),
        ("03/04/2015", "day or its month first"),
        ("0000-01-01", "no date that can be read"),
        ("0001-01-01T00:00:00+14:00", "outside of the years"),
        ("1969-12-31T23:59:59Z", "before 1970"),
        ("9999-12-31T23:59:59Z", "future"),
        (NOW + timedelta(days=1, seconds=1), "future"),
        (-1, "before 1970"),
        (float("inf"), "seconds since 1970"),
        (float("nan"), "seconds since 1970"),
        (10**400, "seconds since 1970"),
        (True, "no date"),
        (None, "no date"),
        (["2015"], "no date"),
    ],
)
def test_other_times_are_refused_with_a_reason(written: object, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        parse_timestamp(written, NOW)


@pytest.mark.parametrize(("day_first", "month"), [(True, 4), (False, 3)])
def test_the_caller_may_say_what_a_numbered_date_means(day_first: bool, month: int) -> None:
    assert parse_timestamp("03/04/2015", NOW, day_first).month == month


@given(st.one_of(st.text(), st.floats(), st.integers(), st.booleans(), st.none()))
def test_any_value_is_a_time_or_a_reason(value: object) -> None:
    try:
        moment = parse_timestamp(value, NOW)
    except ValueError as error:
        reason = str(error)
    else:
        reason = ""
        assert datetime(1970, 1, 1, tzinfo=UTC) <= moment <= NOW + timedelta(days=1)
    assert reason or moment.tzinfo is UTC


@given(
    st.one_of(st.binary(), st.dictionaries(st.text(), st.integers() | st.text()).map(lambda v: json.dumps(v).encode()))
)
def test_any_line_is_a_post_or_a_reason(line: bytes) -> None:
    outcome = read_json_line(3, line)

    assert outcome.line == 3
    assert isinstance(outcome, Submission) or outcome.reason


def test_a_row_without_an_id_gets_the_same_one_whenever_it_comes_again() -> None:
    row = {"text": "hello", "author": "me", "published_at": "2015-02-24"}

    def identity(**changes: str) -> str:
        outcome = check_row(1, {**row, **changes})
        assert isinstance(outcome, Submission)
        return outcome.post.external_id

    assert identity() == identity()
    assert len({identity(), identity(text="other"), identity(author="you"), identity(published_at="2016-01-01")}) == 4


def test_every_problem_of_a_post_is_named() -> None:
    row = {"external_id": "1", "text": "x" * 20_001, "url": "nowhere", "language": "English", "platform": "my site"}

    outcome = check_row(7, row)

    assert isinstance(outcome, Rejection)
    assert [part.split(":")[0] for part in outcome.reason.split("; ")] == ["text", "platform", "language", "url"]


def test_pseudonyms_depend_on_every_part_and_on_the_key() -> None:
    pseudonyms, others = Pseudonyms(b"key"), Pseudonyms(b"another key")

    made = {
        pseudonyms.of("alpha", "x", "me"),
        pseudonyms.of("beta", "x", "me"),
        pseudonyms.of("alpha", "forum", "me"),
        pseudonyms.of("alpha", "x", "you"),
        pseudonyms.of("alphax", "", "me"),
        pseudonyms.of_unnamed("alpha", "x", "me"),
        others.of("alpha", "x", "me"),
    }

    assert len(made) == 7
    assert pseudonyms.of("alpha", "x", "me") == Pseudonyms(b"key").of("alpha", "x", "me")
    assert {identity.version for identity in made} == {8}
    assert {identity.variant for identity in made} == {"specified in RFC 4122"}


def test_the_key_is_not_shown_with_the_pseudonyms() -> None:
    assert "secret" not in repr(Pseudonyms(b"secret"))
