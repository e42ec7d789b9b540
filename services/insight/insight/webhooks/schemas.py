"""Webhook endpoints and deliveries as REST shows them, and what a partner receives."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field

from insight.insights.schemas import InsightView
from insight.models import Delivery, Endpoint
from insight.webhooks.ladder import DeliveryStatus
from kit.db import clean_text


class EndpointDraft(BaseModel):
    """A partner's URL to send published insights to."""

    url: str = Field(max_length=2_000, examples=["https://partner.example/hooks/pourquoi"])
    description: Annotated[str, AfterValidator(clean_text)] = Field(default="", max_length=500)


class EndpointView(BaseModel):
    """A webhook endpoint; disabled ones receive nothing."""

    id: UUID
    url: str
    description: str
    created_at: datetime
    disabled_at: datetime | None
    disabled_reason: str

    @classmethod
    def of(cls, endpoint: Endpoint) -> "EndpointView":
        """The view of a stored endpoint, without its secret."""
        return cls.model_validate(endpoint, from_attributes=True)


class NewEndpointView(EndpointView):
    """A webhook endpoint right after its creation."""

    secret: str = Field(description="Verifies signatures (Standard Webhooks). It is shown this once.")


class DeliveryView(BaseModel):
    """One published insight on its way to one endpoint."""

    id: UUID = Field(description="Also the `webhook-id` of every attempt, by which a partner tells repetitions.")
    endpoint_id: UUID
    insight_id: UUID
    event: str
    status: DeliveryStatus
    attempts: int
    due_at: datetime = Field(description="Next attempt of a pending delivery.")
    answer: str = Field(description="What came of the last attempt.")
    created_at: datetime
    ended_at: datetime | None

    @classmethod
    def of(cls, delivery: Delivery) -> "DeliveryView":
        """The view of a stored delivery."""
        return cls.model_validate(delivery, from_attributes=True)


class Payload(BaseModel):
    """The body of a delivery (Standard Webhooks: type, timestamp, data)."""

    type: Literal["insight.published"]
    timestamp: datetime
    data: InsightView


@dataclass(frozen=True)
class DeliveryFilter:
    """Which deliveries are asked for; None asks for all."""

    endpoint_id: UUID | None = None
    insight_id: UUID | None = None
    status: DeliveryStatus | None = None
