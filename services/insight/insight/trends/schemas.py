"""Trends of a study as REST shows them."""

from uuid import UUID

from pydantic import BaseModel

from insight.findings.periods import Period
from insight.findings.trends import Trend
from insight.memberships.schemas import SegmentationView


class SegmentTrendView(BaseModel):
    """How the share of a segment changed from the previous period to the one asked for."""

    segment_id: UUID
    label: str
    authors: int
    trend: Trend


class TrendsView(BaseModel):
    """The trends of a study's segments, largest segment first; small groups are left out."""

    study_id: UUID
    segmentation: SegmentationView | None
    period: Period | None
    items: list[SegmentTrendView]
