"""The life of an insight: only decisions that make sense are possible."""

import pytest

from insight.reviews.lifecycle import Action, Status, decide
from kit.errors import Conflict


def test_an_insight_is_reviewed_accepted_and_published() -> None:
    status = Status.DRAFT
    for action in (Action.SUBMIT, Action.ACCEPT, Action.PUBLISH):
        status = decide(status, action)
    assert status is Status.PUBLISHED


@pytest.mark.parametrize("status", [each for each in Status if each is not Status.ACCEPTED])
def test_only_an_accepted_insight_is_published(status: Status) -> None:
    with pytest.raises(Conflict):
        decide(status, Action.PUBLISH)


@pytest.mark.parametrize("status", [each for each in Status if each is not Status.DRAFT])
def test_what_a_person_decided_is_never_retired(status: Status) -> None:
    with pytest.raises(Conflict):
        decide(status, Action.RETIRE)


def test_the_refusal_says_what_is_possible() -> None:
    with pytest.raises(Conflict, match="possible now: accept, reject"):
        decide(Status.IN_REVIEW, Action.PUBLISH)
    with pytest.raises(Conflict, match="no longer be changed"):
        decide(Status.REJECTED, Action.ACCEPT)
