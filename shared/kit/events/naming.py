"""Subjects and streams, derived from the proto type of an event, so that no table of names can go stale."""

import re
from functools import cache

from google.protobuf.message import Message

LIVE = "live"
BACKFILL = "backfill"
LANES = (LIVE, BACKFILL)

_WORDS = re.compile("[A-Z][a-z0-9]*")


def owner_of(event: type[Message]) -> str:
    """The service that publishes the event: `pourquoi.ingest.v1.PostCollected` belongs to `ingest`."""
    return str(event.DESCRIPTOR.full_name.split(".")[1])


def subject_of(event: type[Message], lane: str = LIVE) -> str:
    """`<owner>.<thing>.<past participle>.<version>`; backfill stands in front of what is not live."""
    return _subject(event.DESCRIPTOR.full_name, lane)


@cache
def _subject(full_name: str, lane: str) -> str:
    _, owner, version, name = full_name.split(".")
    *thing, participle = _WORDS.findall(name)
    subject = f"{owner}.{'_'.join(thing).lower()}.{participle.lower()}.{version}"
    return subject if lane == LIVE else f"{lane}.{subject}"


def lane_of(subject: str) -> str:
    """The lane that a subject, without the platform's prefix, travels on."""
    return BACKFILL if subject.startswith(f"{BACKFILL}.") else LIVE


class Namespace:
    """Names of one platform on a NATS that several may share."""

    def __init__(self, prefix: str = "") -> None:
        self._subjects = f"{prefix}." if prefix else ""
        self._streams = f"{prefix}_" if prefix else ""

    def stream(self, owner: str) -> str:
        """The stream of everything that `owner` publishes."""
        return f"{self._streams}{owner.upper()}"

    def dead_stream(self, owner: str) -> str:
        """The stream of what consumers of `owner`'s events gave up on."""
        return f"{self._streams}{owner.upper()}_DEAD"

    def subject(self, subject: str) -> str:
        """The full subject on the wire."""
        return f"{self._subjects}{subject}"

    def bare(self, subject: str) -> str:
        """The subject without the platform's prefix."""
        return subject.removeprefix(self._subjects)

    def stream_subjects(self, owner: str) -> list[str]:
        """What the stream of `owner` captures: each lane."""
        return [self.subject(f"{owner}.>"), self.subject(f"{BACKFILL}.{owner}.>")]

    def dead_subjects(self, owner: str) -> list[str]:
        """What the dead-letter stream captures: our own letters and the server's advisories."""
        advisories = f"$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.{self.stream(owner)}.>"
        return [self.subject(f"dead.{owner}.>"), advisories]
