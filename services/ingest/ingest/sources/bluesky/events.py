"""Jetstream's events (github.com/bluesky-social/jetstream), and which of them are new."""

from collections import OrderedDict
from datetime import datetime
from typing import Literal

from pydantic import Field

from ingest.sources.shapes import Maybe, Shape

_MICROSECONDS = 1_000_000
_SKEW_SECONDS = 60


class Commit(Shape):
    """What an account did with a record."""

    operation: Literal["create", "update", "delete"]
    collection: str
    rkey: str
    rev: Maybe[str] = None
    record: object = None


class AccountState(Shape):
    """Whether an account is still there."""

    active: bool
    status: Maybe[str] = None
    seq: Maybe[int] = None


class Event(Shape):
    """One message of the stream."""

    did: str = Field(pattern=r"^did:")
    time_us: int = Field(ge=0)
    kind: str
    commit: Commit | None = None
    account: AccountState | None = None

    @property
    def identity(self) -> str:
        """Equal whenever and from whichever server the event comes again."""
        if self.commit:
            commit = self.commit
            return f"{self.did}/{commit.collection}/{commit.rkey}/{commit.operation}/{commit.rev or self.time_us}"
        return f"{self.did}/{self.kind}/{self.account.seq if self.account else self.time_us}"


class Seam:
    """Tells which events were not there before the stream was opened again."""

    def __init__(self, rewind_seconds: float) -> None:
        self._kept_for = int((2 * rewind_seconds + 1) * _MICROSECONDS)
        self._seen: OrderedDict[str, int] = OrderedDict()

    def admits(self, event: Event) -> bool:
        """True for the first time that an event comes; remembers twice what may come again."""
        if event.identity in self._seen:
            return False
        self._seen[event.identity] = event.time_us
        while next(iter(self._seen.values())) < event.time_us - self._kept_for:
            self._seen.popitem(last=False)
        return True


def position_after(position: int, event: Event, now: datetime) -> int:
    """The cursor behind an event, in microseconds since 1970; it never goes back.

    A time far ahead of our clock does not count: the stream would begin there next time and skip what is between.
    """
    is_possible = event.time_us <= (now.timestamp() + _SKEW_SECONDS) * _MICROSECONDS
    return max(position, event.time_us) if is_possible else position
