"""Memberships as events and answers."""

from collections.abc import Sequence

from pourquoi.segmentation.v1 import events_pb2 as pb
from segmentation.models import Membership, Segmentation

MOST_IN_EVENT = 500


def membership_message(membership: Membership) -> pb.Membership:
    """One membership; an empty segment id says that the segmentation abstains."""
    return pb.Membership(
        post_id=str(membership.post_id),
        segment_id=str(membership.segment_id or ""),
        strength=membership.strength,
    )


def membership_events(segmentation: Segmentation, memberships: Sequence[Membership]) -> list[pb.MembershipChanged]:
    """As many events as it takes to tell of these memberships."""
    return [
        pb.MembershipChanged(
            study_id=str(segmentation.study_id),
            segmentation_id=str(segmentation.id),
            memberships=[membership_message(each) for each in memberships[start : start + MOST_IN_EVENT]],
        )
        for start in range(0, len(memberships), MOST_IN_EVENT)
    ]
