"""REST: decisions about insights."""

from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Response

from insight.insights.schemas import InsightView
from insight.reviews.lifecycle import Action
from insight.reviews.schemas import Decision, ReviewView
from insight.reviews.service import Verdict, list_reviews, review
from kit.rest import CurrentPrincipal, IfMatch, Page, Paging, ReadSession, ReviewSession, Router, set_etag

router = Router(prefix="/v1/insights", tags=["reviews"])

Decide = Callable[[Action], Awaitable[InsightView]]


def _decide(
    insight_id: UUID,
    session: ReviewSession,
    principal: CurrentPrincipal,
    revision: IfMatch,
    response: Response,
    decision: Decision | None = None,
) -> Decide:
    async def decide(action: Action) -> InsightView:
        reason = decision.reason if decision else ""
        view = await review(session, insight_id, Verdict(action, principal.subject, reason, revision))
        set_etag(response, view.revision)
        return view

    return decide


Deciding = Annotated[Decide, Depends(_decide)]


@router.post("/{insight_id}/submit")
async def submit_insight(decide: Deciding) -> InsightView:
    """Hand a draft to review: from now on readings show new numbers beside it instead of changing it."""
    return await decide(Action.SUBMIT)


@router.post("/{insight_id}/accept")
async def accept_insight(decide: Deciding) -> InsightView:
    """Accept an insight as it stands; its claim is frozen."""
    return await decide(Action.ACCEPT)


@router.post("/{insight_id}/reject")
async def reject_insight(decide: Deciding) -> InsightView:
    """Reject an insight; it needs a reason, and the headlines pass the insight over."""
    return await decide(Action.REJECT)


@router.post("/{insight_id}/publish")
async def publish_insight(decide: Deciding) -> InsightView:
    """Publish an accepted insight: it is announced to other services and sent to every webhook endpoint."""
    return await decide(Action.PUBLISH)


@router.get("/{insight_id}/reviews")
async def find_reviews(session: ReadSession, insight_id: UUID, paging: Paging) -> Page[ReviewView]:
    """The decisions about an insight, oldest first."""
    after = UUID(paging.after["id"]) if paging.after else None
    reviews = await list_reviews(session, insight_id, after, paging.fetch)
    return paging.page(reviews, ReviewView.of, lambda each: {"id": str(each.id)})
