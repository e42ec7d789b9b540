"""Insights as protobuf, for events and for gRPC."""

from __future__ import annotations

from google.protobuf.timestamp_pb2 import Timestamp

from insight.insights.schemas import InsightView
from insight.reviews.lifecycle import Status
from pourquoi.insight.v1.events_pb2 import Insight, InsightStatus, Share

_STATUSES: dict[Status, InsightStatus.ValueType] = {
    status: InsightStatus.Value(f"INSIGHT_STATUS_{status.name}") for status in Status
}


def message_of(view: InsightView) -> Insight:
    """The message of an insight; quotes are named by their posts, whose texts stay with ingest."""
    updated_at = Timestamp()
    updated_at.FromDatetime(view.updated_at)
    return Insight(
        id=str(view.id),
        study_id=str(view.study_id),
        segment_id=str(view.segment_id),
        claim=view.claim,
        share=Share(value=view.share.value, low=view.share.low, high=view.share.high),
        posts=view.posts,
        authors=view.authors,
        status=_STATUSES[view.status],
        evidence_post_ids=[str(quote.post_id) for quote in view.evidence],
        counter_evidence_post_ids=[str(quote.post_id) for quote in view.counter_evidence],
        updated_at=updated_at,
    )


def status_of(message: InsightStatus.ValueType) -> Status | None:
    """The status that a request names; None for UNSPECIFIED, which asks for all."""
    return next((status for status, value in _STATUSES.items() if value == message), None)
