"""How a source does is told from what it did, with the sentence why."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ingest.collection.outcomes import LONGEST_PATIENCE_SECONDS, LONGEST_WAIT_SECONDS, wait_seconds
from ingest.sources.health import Course, health_of, usual_gap
from ingest.sources.states import HealthStatus, SourceState

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


FINE = Course(
    state=SourceState.ACTIVE,
    failures=0,
    last_error="",
    next_due_at=NOW + timedelta(minutes=5),
    last_success_at=ago(minutes=1),
    last_post_at=ago(minutes=100),
    usual_gap_seconds=3_600.0,
)


@pytest.mark.parametrize(
    ("course", "status", "reason"),
    [
        (FINE, HealthStatus.OK, "The last post came 100 min ago."),
        (replace(FINE, last_post_at=None), HealthStatus.OK, "It is reached, and has brought no post yet."),
        (
            replace(FINE, last_post_at=ago(hours=3, seconds=1)),
            HealthStatus.LATE,
            "No post for 3 h, more than 3 times its usual gap of 60 min.",
        ),
        (replace(FINE, last_post_at=ago(hours=3)), HealthStatus.OK, "The last post came 3 h ago."),
        (
            replace(FINE, failures=2, last_error="The server answered 500."),
            HealthStatus.FAILING,
            "It failed 2 times in a row: The server answered 500. The next try is in 5 min.",
        ),
        (
            replace(FINE, state=SourceState.REFUSED, last_error="The token was revoked."),
            HealthStatus.FAILING,
            "The token was revoked. Change its settings, or resume it.",
        ),
        (
            replace(FINE, state=SourceState.PAUSED, failures=3),
            HealthStatus.PAUSED,
            "It is paused; resume it to collect",
        ),
        (replace(FINE, last_success_at=None, last_post_at=None), HealthStatus.NEVER_RUN, "Nothing has come of it yet."),
    ],
)
def test_health_has_a_word_and_a_reason(course: Course, status: HealthStatus, reason: str) -> None:
    health = health_of(course, NOW)

    assert health.status is status
    assert health.reason.startswith(reason)


def test_the_usual_gap_follows_the_gaps_and_never_counts_one_shorter_than_the_interval() -> None:
    assert usual_gap(None, None, NOW, 60) is None
    assert usual_gap(None, ago(minutes=10), NOW, 60) == 600
    assert usual_gap(600, ago(minutes=20), NOW, 60) == 720
    assert usual_gap(None, ago(seconds=1), NOW, 300) == 300
    assert usual_gap(None, ago(seconds=1), NOW, None) == 60


@pytest.mark.parametrize("luck", [0.0, 0.5, 1.0])
def test_waits_double_up_to_an_hour_and_spread(luck: float) -> None:
    waits = [wait_seconds(failures, None, luck) for failures in (1, 2, 3, 50, 5_000)]

    assert waits[:3] == [5 + 5 * luck, 10 + 10 * luck, 20 + 20 * luck]
    assert waits[3] == waits[4] == LONGEST_WAIT_SECONDS * (0.5 + luck / 2)


def test_the_patience_that_a_source_asks_for_is_a_minimum_within_reason() -> None:
    assert wait_seconds(1, 120, 0.0) == 120
    assert 120 < wait_seconds(9, 120, 1.0) <= 132
    assert wait_seconds(1, 10**9, 0.0) == LONGEST_PATIENCE_SECONDS
