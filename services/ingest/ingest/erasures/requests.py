"""Who asks for an erasure, and why (pure)."""

from dataclasses import dataclass

THE_SOURCE = "source"
SEEN_IN_SOURCE = "The source says that it was deleted there."


@dataclass(frozen=True, slots=True)
class Wish:
    """Who wants something erased, and for which reason; both are kept on record."""

    requested_by: str
    reason: str = ""


SEEN = Wish(THE_SOURCE, SEEN_IN_SOURCE)
