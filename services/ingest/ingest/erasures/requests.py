"""Who asks for an erasure, and why (pure)."""

from dataclasses import dataclass

from kit.events import LIVE


@dataclass(frozen=True, slots=True)
class Wish:
    """Who wants something erased, and for which reason, both kept on record; and the lane of the events."""

    requested_by: str
    reason: str = ""
    lane: str = LIVE


SEEN = Wish("source", "The source says that it was deleted there.")
