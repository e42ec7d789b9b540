"""Webhook endpoints and deliveries as rows, and claims on those that are due."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlmodel import col

from insight.models import Delivery, Endpoint
from insight.webhooks.ladder import DeliveryStatus
from insight.webhooks.schemas import DeliveryFilter
from kit.db import Repository

OPEN = (DeliveryStatus.PENDING, DeliveryStatus.DISPATCHED)


class EndpointRepository(Repository):
    """Webhook endpoints of one workspace."""

    def add(self, endpoint: Endpoint) -> None:
        """Stores an endpoint with the transaction."""
        self.session.add(endpoint)

    async def get(self, endpoint_id: UUID) -> Endpoint | None:
        """One endpoint, if the workspace has it."""
        query = select(Endpoint).where(col(Endpoint.workspace_id) == self.workspace, col(Endpoint.id) == endpoint_id)
        return (await self.session.scalars(query)).one_or_none()

    async def list_newest(self, before: UUID | None, limit: int) -> Sequence[Endpoint]:
        """The newest endpoints, older than `before` when it is given."""
        query = select(Endpoint).where(col(Endpoint.workspace_id) == self.workspace)
        if before is not None:
            query = query.where(col(Endpoint.id) < before)
        return (await self.session.scalars(query.order_by(col(Endpoint.id).desc()).limit(limit))).all()

    async def list_enabled(self) -> Sequence[Endpoint]:
        """Every endpoint that receives deliveries."""
        query = select(Endpoint).where(
            col(Endpoint.workspace_id) == self.workspace, col(Endpoint.disabled_at).is_(None)
        )
        return (await self.session.scalars(query)).all()

    async def remove(self, endpoint: Endpoint) -> None:
        """Deletes an endpoint with its deliveries."""
        await self.session.execute(
            delete(Delivery).where(
                col(Delivery.workspace_id) == self.workspace, col(Delivery.endpoint_id) == endpoint.id
            )
        )
        await self.session.delete(endpoint)


class DeliveryRepository(Repository):
    """Deliveries of one workspace; `claim_due` serves all of them."""

    def add(self, deliveries: Sequence[Delivery]) -> None:
        """Stores deliveries with the transaction."""
        self.session.add_all(deliveries)

    async def get(self, delivery_id: UUID) -> Delivery | None:
        """One delivery, kept from others until the transaction ends."""
        query = select(Delivery).where(col(Delivery.workspace_id) == self.workspace, col(Delivery.id) == delivery_id)
        return (await self.session.scalars(query.with_for_update())).one_or_none()

    async def list_newest(self, wanted: DeliveryFilter, before: UUID | None, limit: int) -> Sequence[Delivery]:
        """The newest deliveries that match, older than `before` when it is given."""
        query = select(Delivery).where(col(Delivery.workspace_id) == self.workspace)
        if wanted.endpoint_id is not None:
            query = query.where(col(Delivery.endpoint_id) == wanted.endpoint_id)
        if wanted.insight_id is not None:
            query = query.where(col(Delivery.insight_id) == wanted.insight_id)
        if wanted.status is not None:
            query = query.where(col(Delivery.status) == wanted.status)
        if before is not None:
            query = query.where(col(Delivery.id) < before)
        return (await self.session.scalars(query.order_by(col(Delivery.id).desc()).limit(limit))).all()

    async def claim_due(self, now: datetime, limit: int) -> Sequence[tuple[Delivery, Endpoint]]:
        """Due deliveries to enabled endpoints, held by this transaction alone; deliveries of others are skipped.

        A delivery that is dispatched is due when its lease has ended: its replica died.
        """
        query = (
            select(Delivery, Endpoint)
            .join(
                Endpoint,
                (col(Endpoint.workspace_id) == col(Delivery.workspace_id))
                & (col(Endpoint.id) == col(Delivery.endpoint_id)),
            )
            .where(col(Delivery.status).in_(OPEN), col(Delivery.due_at) <= now, col(Endpoint.disabled_at).is_(None))
            .order_by(col(Delivery.due_at))
            .limit(limit)
            .with_for_update(of=Delivery, skip_locked=True)
        )
        return [(delivery, endpoint) for delivery, endpoint in await self.session.execute(query)]
