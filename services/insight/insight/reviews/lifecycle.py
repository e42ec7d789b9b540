"""The life of an insight: which decision is possible when, and where it leads."""

from enum import StrEnum

from kit.errors import Conflict


class Status(StrEnum):
    """Where an insight stands in its life."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    PUBLISHED = "published"
    ACTED_ON = "acted_on"
    CLOSED = "closed"


class Action(StrEnum):
    """A decision about an insight; `retire` is taken by the service itself, the others by people."""

    SUBMIT = "submit"
    ACCEPT = "accept"
    REJECT = "reject"
    PUBLISH = "publish"
    RETIRE = "retire"


_OUTCOMES = {
    (Status.DRAFT, Action.SUBMIT): Status.IN_REVIEW,
    (Status.DRAFT, Action.ACCEPT): Status.ACCEPTED,
    (Status.IN_REVIEW, Action.ACCEPT): Status.ACCEPTED,
    (Status.DRAFT, Action.REJECT): Status.REJECTED,
    (Status.IN_REVIEW, Action.REJECT): Status.REJECTED,
    (Status.ACCEPTED, Action.REJECT): Status.REJECTED,
    (Status.ACCEPTED, Action.PUBLISH): Status.PUBLISHED,
    (Status.DRAFT, Action.RETIRE): Status.CLOSED,
}


def decide(status: Status, action: Action) -> Status:
    """The status that a decision leads to; Conflict where it is not possible."""
    outcome = _OUTCOMES.get((status, action))
    if outcome is None:
        possible = [str(other) for (start, other) in _OUTCOMES if start == status and other != Action.RETIRE]
        ways_on = f"possible now: {', '.join(possible)}" if possible else "it can no longer be changed"
        raise Conflict(f"An insight that is {status} cannot take the decision {action}; {ways_on}.")
    return outcome
