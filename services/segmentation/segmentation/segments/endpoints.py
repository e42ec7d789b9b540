"""REST: segments and their posts."""

from uuid import UUID

from kit.rest import Page, Paging, ReadSession, Router
from segmentation.segments.schemas import SegmentPostView, SegmentView
from segmentation.segments.service import SegmentService

router = Router(prefix="/v1", tags=["segments"])


@router.get("/segmentations/{segmentation_id}/segments")
async def list_segments(session: ReadSession, paging: Paging, segmentation_id: UUID) -> Page[SegmentView]:
    """The segments of a segmentation, largest first."""
    after = int(paging.after["number"]) if paging.after else -1
    rows = await SegmentService(session).list_of(segmentation_id, after, paging.fetch)
    return paging.page(rows, SegmentView.of, lambda row: {"number": row.number})


@router.get("/segments/{segment_id}")
async def get_segment(session: ReadSession, segment_id: UUID) -> SegmentView:
    """One segment: its name, its most telling phrases, its examples and its stability."""
    return SegmentView.of(await SegmentService(session).get(segment_id))


@router.get("/segments/{segment_id}/posts")
async def list_segment_posts(session: ReadSession, paging: Paging, segment_id: UUID) -> Page[SegmentPostView]:
    """The posts of a segment, those with the strongest tie first, posts that joined after publication included."""
    after = (float(paging.after["strength"]), UUID(paging.after["post_id"])) if paging.after else None
    rows = await SegmentService(session).list_posts(segment_id, after, paging.fetch)
    return paging.page(
        rows,
        SegmentPostView.of,
        lambda row: {"strength": row.membership.strength, "post_id": str(row.post.id)},
    )
