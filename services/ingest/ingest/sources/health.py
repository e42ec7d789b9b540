"""How a source does, told from what it did; and its usual gap, by which silence is judged."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from ingest.sources.states import HealthStatus, SourceState

LATE_GAPS = 3
SHORTEST_GAP_SECONDS = 60.0
_WEIGHT = 0.2


@dataclass(frozen=True, slots=True)
class Course:
    """What is known of a source: its state, its failures in a row, and when it last brought something."""

    state: SourceState
    failures: int
    last_error: str
    next_due_at: datetime | None
    last_success_at: datetime | None
    last_post_at: datetime | None
    usual_gap_seconds: float | None


@dataclass(frozen=True, slots=True)
class Health:
    """A word on a source, and the sentence that says why."""

    status: HealthStatus
    reason: str


def health_of(course: Course, now: datetime) -> Health:
    """How the source does; a state that somebody chose goes before what it did."""
    if course.state is SourceState.PAUSED:
        return Health(HealthStatus.PAUSED, "It is paused; resume it to collect again.")
    if course.state is SourceState.REFUSED:
        return Health(HealthStatus.FAILING, f"{course.last_error} Change its settings, or resume it.")
    if course.failures:
        return Health(HealthStatus.FAILING, _failing(course, now))
    if course.last_success_at is None and course.last_post_at is None:
        return Health(HealthStatus.NEVER_RUN, "Nothing has come of it yet.")
    return _judged_by_silence(course, now)


def usual_gap(known: float | None, last_post_at: datetime | None, now: datetime, every: int | None) -> float | None:
    """The running estimate of the seconds between arrivals, after one `now`; None before there are two.

    A source that is looked at every `every` seconds cannot tell shorter gaps, so they count as that long.
    """
    if last_post_at is None:
        return known
    gap = max((now - last_post_at).total_seconds(), every or SHORTEST_GAP_SECONDS, SHORTEST_GAP_SECONDS)
    return gap if known is None else known + _WEIGHT * (gap - known)


def _failing(course: Course, now: datetime) -> str:
    times = "once" if course.failures == 1 else f"{course.failures} times in a row"
    wait = (course.next_due_at - now).total_seconds() if course.next_due_at else 0.0
    again = f" The next try is in {span(wait)}." if wait > 0 else " The next try is due."
    return f"It failed {times}: {course.last_error}{again}"


def _judged_by_silence(course: Course, now: datetime) -> Health:
    if course.last_post_at is None:
        return Health(HealthStatus.OK, "It is reached, and has brought no post yet.")
    silence = now - course.last_post_at
    gap = course.usual_gap_seconds
    if gap is not None and silence > timedelta(seconds=LATE_GAPS * gap):
        usual = f"more than {LATE_GAPS} times its usual gap of {span(gap)}"
        return Health(HealthStatus.LATE, f"No post for {span(silence.total_seconds())}, {usual}.")
    return Health(HealthStatus.OK, f"The last post came {span(silence.total_seconds())} ago.")


def span(seconds: float) -> str:
    """A span of time as people say it: 40 s, 12 min, 3 h, 2 days."""
    if seconds < 120:
        return f"{max(seconds, 0):.0f} s"
    if seconds < 7_200:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3_600:.0f} h" if seconds < 172_800 else f"{seconds / 86_400:.0f} days"
