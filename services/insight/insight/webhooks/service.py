"""Endpoints of partners, and deliveries on their way there."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from insight.models import Delivery, Endpoint
from insight.settings import InsightSettings
from insight.webhooks.addresses import check_url
from insight.webhooks.ladder import DeliveryStatus, Failed, Succeeded, replay
from insight.webhooks.repository import DeliveryRepository, EndpointRepository
from insight.webhooks.schemas import DeliveryFilter, EndpointDraft
from insight.webhooks.signing import new_secret
from insight.webhooks.states import enter, state_of
from kit.db import Session, new_id
from kit.errors import Conflict, NotFound

PUBLISHED = "insight.published"


async def add_endpoint(session: Session, draft: EndpointDraft, settings: InsightSettings) -> Endpoint:
    """Registers a partner's URL with a new secret; raises Invalid for a URL that must not be called."""
    check_url(draft.url, allow_private=settings.allow_private_endpoints)
    endpoint = Endpoint(
        workspace_id=session.workspace,
        id=new_id(),
        url=draft.url,
        secret=new_secret(),
        description=draft.description,
        created_at=datetime.now(UTC),
        disabled_at=None,
        disabled_reason="",
    )
    EndpointRepository(session).add(endpoint)
    return endpoint


async def get_endpoint(session: Session, endpoint_id: UUID) -> Endpoint:
    """One endpoint; raises NotFound."""
    endpoint = await EndpointRepository(session).get(endpoint_id)
    if endpoint is None:
        raise NotFound(f"No webhook endpoint has the id {endpoint_id} in this workspace.")
    return endpoint


async def list_endpoints(session: Session, before: UUID | None, limit: int) -> Sequence[Endpoint]:
    """The newest endpoints, older than `before` when it is given."""
    return await EndpointRepository(session).list_newest(before, limit)


async def remove_endpoint(session: Session, endpoint_id: UUID) -> None:
    """Deletes an endpoint with its deliveries; raises NotFound."""
    await EndpointRepository(session).remove(await get_endpoint(session, endpoint_id))


async def enable_endpoint(session: Session, endpoint_id: UUID) -> Endpoint:
    """Lets a disabled endpoint receive again, also what has been waiting for it; raises NotFound."""
    endpoint = await get_endpoint(session, endpoint_id)
    endpoint.disabled_at, endpoint.disabled_reason = None, ""
    return endpoint


async def enqueue_deliveries(session: Session, insight_id: UUID) -> None:
    """Starts a delivery of an insight to every enabled endpoint, within the transaction that publishes it."""
    now = datetime.now(UTC)
    DeliveryRepository(session).add(
        [
            Delivery(
                workspace_id=session.workspace,
                id=new_id(),
                endpoint_id=endpoint.id,
                insight_id=insight_id,
                event=PUBLISHED,
                status=DeliveryStatus.PENDING,
                attempts=0,
                due_at=now,
                answer="",
                created_at=now,
                ended_at=None,
            )
            for endpoint in await EndpointRepository(session).list_enabled()
        ]
    )


async def list_deliveries(
    session: Session, wanted: DeliveryFilter, before: UUID | None, limit: int
) -> Sequence[Delivery]:
    """The newest deliveries that match, older than `before` when it is given."""
    return await DeliveryRepository(session).list_newest(wanted, before, limit)


async def replay_delivery(session: Session, delivery_id: UUID) -> Delivery:
    """Sends an ended delivery again; raises NotFound, and Conflict while it is still on its way."""
    delivery = await DeliveryRepository(session).get(delivery_id)
    if delivery is None:
        raise NotFound(f"No delivery has the id {delivery_id} in this workspace.")
    state = state_of(delivery)
    if not isinstance(state, Succeeded | Failed):
        raise Conflict("This delivery is still on its way; it can be replayed when it has ended.")
    enter(delivery, replay(state, datetime.now(UTC)))
    return delivery
