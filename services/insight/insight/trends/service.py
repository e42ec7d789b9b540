"""Compares the segments of a study between periods that a caller chooses."""

from datetime import datetime
from uuid import UUID

from insight.findings.findings import find
from insight.findings.periods import Period, choose
from insight.findings.repository import CountRepository
from insight.memberships.repository import MembershipRepository
from insight.memberships.schemas import SegmentationView
from insight.trends.schemas import SegmentTrendView, TrendsView
from kit.db import Session
from kit.errors import Invalid


def period_of(start: datetime | None, end: datetime | None) -> Period | None:
    """The period that two optional moments name, None for the study's own; raises Invalid for one alone."""
    if start is None and end is None:
        return None
    if start is None or end is None:
        raise Invalid("Give both `from` and `to`, or neither to compare the two halves of the study's time.")
    return choose(start, end)


async def trends_of(
    session: Session, study_id: UUID, kind: str, period: Period | None, fewest_authors: int
) -> TrendsView:
    """The trend of every segment that is large enough to be spoken of, largest first."""
    segmentation = await MembershipRepository(session).latest(study_id, kind)
    if segmentation is None:
        return TrendsView(study_id=study_id, segmentation=None, period=period, items=[])
    study = await CountRepository(session).count(segmentation, period)
    found = find(study.segments, study.period, fewest_authors=fewest_authors).by_segment if study.period else {}
    largest_first = sorted(found.items(), key=lambda each: -each[1].posts)
    return TrendsView(
        study_id=study_id,
        segmentation=SegmentationView.of(segmentation),
        period=study.period or period,
        items=[
            SegmentTrendView(segment_id=each, label=finding.label, authors=finding.authors, trend=finding.trend)
            for each, finding in largest_first
        ],
    )
