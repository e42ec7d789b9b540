"""Insights as REST, webhooks and headlines show them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from insight.findings.findings import Finding
from insight.models import Quote
from insight.reviews.lifecycle import Status


class QuoteView(BaseModel):
    """A post as it may be quoted: handles, links, e-mail addresses and telephone numbers are masked."""

    post_id: UUID
    text: str
    platform: str
    published_at: datetime

    @classmethod
    def of(cls, quote: Quote) -> "QuoteView":
        """The view of a stored quote."""
        return cls.model_validate(quote, from_attributes=True)


class InsightView(Finding):
    """A claim with its numbers, what proves it, what speaks against it, and where it stands in its life."""

    id: UUID
    study_id: UUID
    kind: str = Field(description="Kind of segmentation: topic, audience or rule.")
    segmentation_id: UUID
    segment_id: UUID
    status: Status
    revision: int = Field(description="Grows with every change; also the ETag.")
    latest: Finding | None = Field(
        description="What is found now, where it differs from the finding that a person decided on."
    )
    evidence: list[QuoteView]
    counter_evidence: list[QuoteView]
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class InsightFilter:
    """Which insights are asked for; None asks for all."""

    study_id: UUID | None = None
    status: Status | None = None
