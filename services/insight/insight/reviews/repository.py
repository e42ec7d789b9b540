"""Decisions on record."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from insight.models import Review
from kit.db import Repository


class ReviewRepository(Repository):
    """Reviews of one workspace."""

    def add(self, reviews: Sequence[Review]) -> None:
        """Records decisions with the transaction."""
        self.session.add_all(reviews)

    async def list_of(self, insight_id: UUID, after: UUID | None, limit: int) -> Sequence[Review]:
        """The decisions about an insight, oldest first, later than `after` when it is given."""
        query = select(Review).where(col(Review.workspace_id) == self.workspace, col(Review.insight_id) == insight_id)
        if after is not None:
            query = query.where(col(Review.id) > after)
        return (await self.session.scalars(query.order_by(col(Review.id)).limit(limit))).all()
