"""REST: partners' webhook endpoints and the deliveries to them."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from insight.webhooks.ladder import DeliveryStatus
from insight.webhooks.schemas import DeliveryFilter, DeliveryView, EndpointDraft, EndpointView, NewEndpointView
from insight.webhooks.service import (
    add_endpoint,
    enable_endpoint,
    get_endpoint,
    list_deliveries,
    list_endpoints,
    remove_endpoint,
    replay_delivery,
)
from kit.rest import AdminSession, CurrentRuntime, Page, Paging, ReadSession, Router

router = Router(prefix="/v1", tags=["webhooks"])


@router.post("/endpoints", status_code=201)
async def create_endpoint(draft: EndpointDraft, session: AdminSession, runtime: CurrentRuntime) -> NewEndpointView:
    """Register a partner's URL. The answer holds the signing secret, which is not shown again."""
    endpoint = await add_endpoint(session, draft, runtime.state.settings)
    return NewEndpointView.model_validate(endpoint, from_attributes=True)


@router.get("/endpoints")
async def find_endpoints(session: ReadSession, paging: Paging) -> Page[EndpointView]:
    """Webhook endpoints of the workspace, newest first."""
    before = UUID(paging.after["id"]) if paging.after else None
    endpoints = await list_endpoints(session, before, paging.fetch)
    return paging.page(endpoints, EndpointView.of, lambda each: {"id": str(each.id)})


@router.get("/endpoints/{endpoint_id}")
async def read_endpoint(session: ReadSession, endpoint_id: UUID) -> EndpointView:
    """One webhook endpoint, without its secret."""
    return EndpointView.of(await get_endpoint(session, endpoint_id))


@router.delete("/endpoints/{endpoint_id}", status_code=204)
async def delete_endpoint(session: AdminSession, endpoint_id: UUID) -> None:
    """Delete a webhook endpoint with its deliveries, also those under way."""
    await remove_endpoint(session, endpoint_id)


@router.post("/endpoints/{endpoint_id}/enable")
async def enable_disabled_endpoint(session: AdminSession, endpoint_id: UUID) -> EndpointView:
    """Let an endpoint receive again that was disabled because it answered 410 Gone."""
    return EndpointView.of(await enable_endpoint(session, endpoint_id))


@router.get("/deliveries")
async def find_deliveries(
    session: ReadSession,
    paging: Paging,
    endpoint_id: UUID | None = None,
    insight_id: UUID | None = None,
    status: Annotated[DeliveryStatus | None, Query(description="Only deliveries in this status.")] = None,
) -> Page[DeliveryView]:
    """Deliveries to webhook endpoints, newest first."""
    before = UUID(paging.after["id"]) if paging.after else None
    wanted = DeliveryFilter(endpoint_id, insight_id, status)
    deliveries = await list_deliveries(session, wanted, before, paging.fetch)
    return paging.page(deliveries, DeliveryView.of, lambda each: {"id": str(each.id)})


@router.post("/deliveries/{delivery_id}/replay", status_code=202)
async def replay_ended_delivery(session: AdminSession, delivery_id: UUID) -> DeliveryView:
    """Send a delivery again that succeeded or failed; it keeps its id, and the retries start anew."""
    return DeliveryView.of(await replay_delivery(session, delivery_id))
