"""The attempts of one delivery as a state machine: pending, dispatched, then succeeded or failed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from http import HTTPStatus

LONGEST_WAIT = timedelta(hours=24)


class DeliveryStatus(StrEnum):
    """Where a delivery stands."""

    PENDING = "pending"
    DISPATCHED = "dispatched"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True)
class Pending:
    """Waits for its next attempt; `attempts` were made."""

    attempts: int
    due_at: datetime


@dataclass(frozen=True)
class Dispatched:
    """One replica holds it, until the lease ends, to make attempt number `attempts`."""

    attempts: int
    lease_until: datetime


@dataclass(frozen=True)
class Succeeded:
    """The partner took it."""

    attempts: int
    ended_at: datetime


@dataclass(frozen=True)
class Failed:
    """No further attempt is made unless somebody replays it."""

    attempts: int
    ended_at: datetime
    reason: str


@dataclass(frozen=True)
class Answer:
    """What came of one attempt: the partner's status, or None with the reason why there is none."""

    status: int | None
    reason: str = ""
    retry_after: timedelta | None = None

    @property
    def is_success(self) -> bool:
        """Whether the partner took the delivery; a redirect is not followed and is a failure."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_gone(self) -> bool:
        """Whether the partner wants no further delivery at all (410)."""
        return self.status == HTTPStatus.GONE


def dispatch(delivery: Pending, now: datetime, lease: timedelta) -> Dispatched:
    """Hand a due delivery to the replica that claims it."""
    return Dispatched(attempts=delivery.attempts + 1, lease_until=now + lease)


def release(delivery: Dispatched, now: datetime) -> Pending:
    """Make a delivery due again whose replica died: the attempt may or may not have arrived."""
    return Pending(attempts=delivery.attempts, due_at=now)


def settle(
    delivery: Dispatched, answer: Answer, now: datetime, *, waits: Sequence[timedelta], jitter: float
) -> Pending | Succeeded | Failed:
    """Where an answer leads. `waits` is the ladder, `jitter` a random number from 0 to 1."""
    if answer.is_success:
        return Succeeded(delivery.attempts, now)
    if answer.is_gone:
        return Failed(delivery.attempts, now, "The endpoint answered 410 Gone and was disabled.")
    if delivery.attempts > len(waits):
        return Failed(delivery.attempts, now, f"{answer.reason} No attempt is left.")
    return Pending(delivery.attempts, now + wait_before_next(delivery.attempts, answer, waits, jitter))


def replay(delivery: Succeeded | Failed, now: datetime) -> Pending:
    """Start the ladder of an ended delivery anew; it keeps its id, so a partner can tell it is the same."""
    return Pending(attempts=0, due_at=now)


def wait_before_next(attempts: int, answer: Answer, waits: Sequence[timedelta], jitter: float) -> timedelta:
    """The rung after so many attempts, up to a tenth longer, and never shorter than Retry-After asks for."""
    rung = waits[attempts - 1] * (1 + 0.1 * jitter)
    return max(rung, min(answer.retry_after or timedelta(), LONGEST_WAIT))
