"""One attempt within the database: claim it, make its payload, record what came of it."""

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from insight.insights.service import get_insight, show_one
from insight.models import Delivery, Endpoint
from insight.settings import InsightSettings
from insight.webhooks.ladder import Answer, Dispatched, Pending, dispatch, release, settle
from insight.webhooks.repository import DeliveryRepository, EndpointRepository
from insight.webhooks.schemas import Payload
from insight.webhooks.states import enter, state_of
from kit.db import Session

CLAIMED_AT_ONCE = 20


@dataclass(frozen=True)
class Attempt:
    """One attempt that this replica, and no other, is to make."""

    workspace: str
    delivery_id: UUID
    insight_id: UUID
    number: int
    url: str
    secret: str
    published_at: datetime


async def claim_attempts(session: Session, settings: InsightSettings) -> list[Attempt]:
    """Takes due deliveries of every workspace; each is this replica's until its lease ends."""
    now = datetime.now(UTC)
    lease = timedelta(seconds=2 * settings.webhook_timeout_seconds + 10)
    claimed = await DeliveryRepository(session).claim_due(now, CLAIMED_AT_ONCE)
    for delivery, _ in claimed:
        state = state_of(delivery)
        due = release(state, now) if isinstance(state, Dispatched) else state
        assert isinstance(due, Pending)
        enter(delivery, dispatch(due, now, lease))
    return [_attempt(delivery, endpoint) for delivery, endpoint in claimed]


async def payload_of(session: Session, attempt: Attempt) -> str:
    """The body to send, made of what is stored now: what was erased meanwhile is not in it."""
    insight = await get_insight(session, attempt.insight_id)
    view = await show_one(session, insight)
    return Payload(type="insight.published", timestamp=attempt.published_at, data=view).model_dump_json()


async def record_answer(session: Session, attempt: Attempt, answer: Answer, settings: InsightSettings) -> None:
    """Moves the delivery on, unless its lease ended and another replica has taken it since."""
    delivery = await DeliveryRepository(session).get(attempt.delivery_id)
    state = state_of(delivery) if delivery else None
    if delivery is None or not isinstance(state, Dispatched) or state.attempts != attempt.number:
        return
    now = datetime.now(UTC)
    delivery.answer = answer.reason
    enter(delivery, settle(state, answer, now, waits=settings.webhook_waits, jitter=random.random()))
    if answer.is_gone:
        await _disable(session, delivery.endpoint_id, now)


async def _disable(session: Session, endpoint_id: UUID, now: datetime) -> None:
    endpoint = await EndpointRepository(session).get(endpoint_id)
    if endpoint is not None:
        endpoint.disabled_at, endpoint.disabled_reason = now, "The endpoint answered 410 Gone."


def _attempt(delivery: Delivery, endpoint: Endpoint) -> Attempt:
    return Attempt(
        workspace=delivery.workspace_id,
        delivery_id=delivery.id,
        insight_id=delivery.insight_id,
        number=delivery.attempts,
        url=endpoint.url,
        secret=endpoint.secret,
        published_at=delivery.created_at,
    )
