"""Assigns arriving posts to the segments that were published last."""

from collections.abc import Sequence

from kit.db import Session
from kit.events import Received
from kit.outbox import emit
from segmentation.memberships.messages import membership_events
from segmentation.memberships.references import References
from segmentation.memberships.repository import MembershipRepository, Voter
from segmentation.models import Post, Segmentation
from segmentation.segmentations.repository import SegmentationRepository

TOPIC = "topic"


async def assign(session: Session, posts: Sequence[Post], references: References, cause: Received) -> None:
    """Gives posts their place in the newest segmentation of each of their studies, and tells of it."""
    study_ids = sorted({study_id for post in posts for study_id in post.study_ids})
    for segmentation in await SegmentationRepository(session).latest(study_ids, TOPIC):
        own = [post for post in posts if segmentation.study_id in post.study_ids]
        await _assign_within(session, segmentation, own, references, cause)


async def _assign_within(
    session: Session, segmentation: Segmentation, posts: Sequence[Post], references: References, cause: Received
) -> None:
    electorate = await references.of(session, segmentation)
    voters = [Voter(post.id, post.revision, post.model, post.vector) for post in posts]
    memberships = await electorate.elect(voters)
    await MembershipRepository(session).put(memberships)
    for event in membership_events(segmentation, memberships):
        emit(session, event, lane=cause.lane, cause=cause)
