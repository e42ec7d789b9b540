"""Keeps segmentations and memberships as segmentation tells of them, in whatever order its events arrive."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from uuid import UUID

from insight.erasures.repository import TombstoneRepository
from insight.memberships.repository import MembershipRepository, MembershipRow
from insight.models import Segment, Segmentation
from insight.readings.marks import mark_due
from insight.settings import InsightSettings
from kit.db import Session
from kit.events import Received
from pourquoi.segmentation.v1.events_pb2 import MembershipChanged, SegmentationPublished, SegmentKind
from pourquoi.segmentation.v1.events_pb2 import Segmentation as PublishedSegmentation

KINDS: dict[int, str] = {
    SegmentKind.SEGMENT_KIND_TOPIC: "topic",
    SegmentKind.SEGMENT_KIND_AUDIENCE: "audience",
    SegmentKind.SEGMENT_KIND_RULE: "rule",
}


async def apply_segmentation(session: Session, batch: Sequence[Received], settings: InsightSettings) -> None:
    """Applies a batch of `SegmentationPublished` and `MembershipChanged`."""
    repository = MembershipRepository(session)
    published = [each.event.segmentation for each in batch if isinstance(each.event, SegmentationPublished)]
    memberships = _latest_memberships(batch)
    if memberships:
        await TombstoneRepository(session).hold_off()
        await repository.put_memberships(memberships)
    if published:
        await repository.put_segmentations(
            [_segmentation(session.workspace, each) for each in published],
            [segment for each in published for segment in _segments(session.workspace, each)],
        )
    await mark_due(session, {_study_of(each): each for each in batch}, settings)


def _latest_memberships(batch: Iterable[Received]) -> list[MembershipRow]:
    """The last word of a batch on each post of each segmentation."""
    latest: dict[tuple[UUID, UUID], MembershipRow] = {}
    for received in sorted(batch, key=lambda each: each.id):
        event = received.event
        if isinstance(event, MembershipChanged):
            segmentation_id = UUID(event.segmentation_id)
            for membership in event.memberships:
                post_id = UUID(membership.post_id)
                latest[segmentation_id, post_id] = MembershipRow(
                    segmentation_id=segmentation_id,
                    post_id=post_id,
                    segment_id=UUID(membership.segment_id) if membership.segment_id else None,
                    strength=membership.strength,
                    event_id=UUID(received.id),
                )
    return list(latest.values())


def _segmentation(workspace: str, published: PublishedSegmentation) -> Segmentation:
    return Segmentation(
        workspace_id=workspace,
        id=UUID(published.id),
        study_id=UUID(published.study_id),
        kind=KINDS[published.kind],
        version=published.version,
        posts=published.posts,
        published_at=published.created_at.ToDatetime(tzinfo=UTC),
        received_at=datetime.now(UTC),
    )


def _segments(workspace: str, published: PublishedSegmentation) -> list[Segment]:
    return [
        Segment(
            workspace_id=workspace,
            id=UUID(segment.id),
            segmentation_id=UUID(published.id),
            label=segment.label,
            exemplars=[UUID(post_id) for post_id in segment.exemplar_post_ids],
        )
        for segment in published.segments
    ]


def _study_of(received: Received) -> UUID:
    event = received.event
    if isinstance(event, SegmentationPublished):
        return UUID(event.segmentation.study_id)
    assert isinstance(event, MembershipChanged)
    return UUID(event.study_id)
