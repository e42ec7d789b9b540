"""Finds insights and shows them together with their quotes."""

from collections.abc import Sequence
from uuid import UUID

from insight.insights.repository import InsightRepository
from insight.insights.schemas import InsightFilter, InsightView, QuoteView
from insight.models import Insight, Quote
from insight.quotes.repository import QuoteRepository
from insight.quotes.selection import Stance
from kit.db import Session
from kit.errors import NotFound

MOST_LISTED = 1_000


async def get_insight(session: Session, insight_id: UUID, *, lock: bool = False) -> Insight:
    """One insight; raises NotFound. `lock` keeps others from changing it before the transaction ends."""
    insight = await InsightRepository(session).get(insight_id, lock=lock)
    if insight is None:
        raise NotFound(f"No insight has the id {insight_id} in this workspace.")
    return insight


async def list_insights(session: Session, wanted: InsightFilter, before: UUID | None, limit: int) -> list[InsightView]:
    """The newest insights that match, older than `before` when it is given."""
    return await show(session, await InsightRepository(session).list_newest(wanted, before, limit))


async def list_by_share(session: Session, wanted: InsightFilter) -> list[InsightView]:
    """The insights that match, largest share first; at most a thousand."""
    views = await list_insights(session, wanted, None, MOST_LISTED)
    return sorted(views, key=lambda view: -view.share.value)


async def show_one(session: Session, insight: Insight) -> InsightView:
    """An insight with its quotes."""
    return (await show(session, [insight]))[0]


async def show(session: Session, insights: Sequence[Insight]) -> list[InsightView]:
    """Insights with their quotes, in the order given."""
    quotes: dict[UUID, list[Quote]] = {}
    for quote in await QuoteRepository(session).list_of([insight.id for insight in insights]):
        quotes.setdefault(quote.insight_id, []).append(quote)
    return [_view(insight, quotes.get(insight.id, [])) for insight in insights]


def _view(insight: Insight, quotes: Sequence[Quote]) -> InsightView:
    return InsightView(
        **dict(insight.finding),
        **insight.model_dump(exclude={"workspace_id", "finding", "latest"}),
        latest=insight.latest if insight.latest != insight.finding else None,
        evidence=[QuoteView.of(quote) for quote in quotes if quote.stance == Stance.EVIDENCE],
        counter_evidence=[QuoteView.of(quote) for quote in quotes if quote.stance == Stance.COUNTER_EVIDENCE],
    )
