"""Segments and the posts that belong to them."""

from collections.abc import Sequence
from uuid import UUID

from kit.db import Session
from segmentation.memberships.repository import Member, MembershipRepository
from segmentation.models import Membership, Segment
from segmentation.segmentations.repository import SegmentationRepository
from segmentation.segments.repository import SegmentRepository


class SegmentService:
    """Segments of the session's workspace."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.segments = SegmentRepository(session)

    async def get(self, segment_id: UUID) -> Segment:
        """One segment; raises `NotFound`."""
        return await self.segments.get(segment_id)

    async def list_of(self, segmentation_id: UUID, after: int, limit: int) -> Sequence[Segment]:
        """The segments of a segmentation, largest first; raises `NotFound` for an unknown one."""
        await SegmentationRepository(self.session).get(segmentation_id)
        return await self.segments.list_of(segmentation_id, after, limit)

    async def list_posts(self, segment_id: UUID, after: tuple[float, UUID] | None, limit: int) -> Sequence[Member]:
        """The posts of a segment, strongest ties first; raises `NotFound` for an unknown one."""
        await self.segments.get(segment_id)
        return await MembershipRepository(self.session).list_strongest(segment_id, after, limit)

    async def memberships(self, segmentation_id: UUID, post_ids: Sequence[UUID]) -> Sequence[Membership]:
        """Memberships of some posts in a segmentation; raises `NotFound` for an unknown segmentation."""
        await SegmentationRepository(self.session).get(segmentation_id)
        return await MembershipRepository(self.session).get_many(segmentation_id, post_ids)
