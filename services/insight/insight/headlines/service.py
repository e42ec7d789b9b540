"""Makes headlines of insights, and says how far a study is while there are none yet."""

from collections.abc import Sequence
from dataclasses import asdict
from uuid import UUID

from insight.headlines.ranking import rank, remainder
from insight.headlines.schemas import CountsView, HeadlinesView, RemainderView, StudyState
from insight.insights.repository import InsightRepository
from insight.insights.service import show
from insight.memberships.repository import MembershipRepository
from insight.memberships.schemas import SegmentationView
from insight.models import Insight, Reading, Segmentation
from insight.readings.repository import ReadingRepository
from insight.reviews.lifecycle import Status
from insight.rollups.repository import RollupRepository
from kit.db import Session

PASSED_OVER = (Status.REJECTED, Status.CLOSED)


async def headlines_of(session: Session, study_id: UUID, kind: str, limit: int) -> HeadlinesView:
    """The headlines of a study's latest reading by one kind of segmentation."""
    memberships = MembershipRepository(session)
    posts = (await RollupRepository(session).span(study_id)).posts
    segmentation = await memberships.latest(study_id, kind)
    reading = await ReadingRepository(session).get(study_id, kind)
    insights = await InsightRepository(session).list_of_segmentation(reading.segmentation_id) if reading else []
    shown = _top(insights, limit)
    return HeadlinesView(
        study_id=study_id,
        state=_state(posts, segmentation, reading),
        counts=CountsView(
            posts=posts,
            memberships=await memberships.count(segmentation.id) if segmentation else 0,
            expected_memberships=segmentation.posts if segmentation else 0,
            insights=len(insights),
        ),
        segmentation=SegmentationView.of(segmentation) if segmentation else None,
        read_at=reading.read_at if reading else None,
        posts=reading.posts if reading else 0,
        items=await show(session, shown),
        remainder=_remainder(reading, insights, shown) if reading else None,
    )


def _state(posts: int, segmentation: Segmentation | None, reading: Reading | None) -> StudyState:
    if segmentation is None:
        return StudyState.WAITING_FOR_SEGMENTATION if posts else StudyState.WAITING_FOR_POSTS
    is_read = reading is not None and reading.segmentation_id == segmentation.id
    return StudyState.READY if is_read else StudyState.READING


def _top(insights: Sequence[Insight], limit: int) -> list[Insight]:
    """The most telling insights by what is found now."""
    by_id = {insight.id: insight for insight in insights if insight.status not in PASSED_OVER}
    order = rank([(insight_id, insight.latest) for insight_id, insight in by_id.items()])
    return [by_id[insight_id] for insight_id in order[:limit]]


def _remainder(reading: Reading, insights: Sequence[Insight], shown: Sequence[Insight]) -> RemainderView:
    rejected = {insight.segment_id for insight in insights if insight.status in PASSED_OVER}
    left_out = remainder(
        reading.posts,
        {UUID(segment_id): posts for segment_id, posts in reading.segment_posts.items()},
        shown={insight.segment_id for insight in shown},
        ranked={insight.segment_id for insight in insights} - rejected,
        rejected=rejected,
    )
    return RemainderView(**asdict(left_out))
