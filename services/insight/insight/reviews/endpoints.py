"""REST: decisions about insights."""

from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Response

from insight.insights.schemas import InsightView
from insight.reviews.lifecycle import Action
from insight.reviews.schemas import Decision, Rejection, ReviewView
from insight.reviews.service import Verdict, list_reviews, review
from kit.rest import CurrentPrincipal, IfMatch, Page, Paging, ReadSession, ReviewSession, Router, set_etag

router = Router(prefix="/v1/insights", tags=["reviews"])

Decide = Callable[[Action, str], Awaitable[InsightView]]
NO_REASON = Decision()


def _decide(
    insight_id: UUID, session: ReviewSession, principal: CurrentPrincipal, revision: IfMatch, response: Response
) -> Decide:
    async def decide(action: Action, reason: str) -> InsightView:
        view = await review(session, insight_id, Verdict(action, principal.subject, reason, revision))
        set_etag(response, view.revision)
        return view

    return decide


Deciding = Annotated[Decide, Depends(_decide)]


@router.post("/{insight_id}/submit")
async def submit_insight(decide: Deciding, decision: Decision = NO_REASON) -> InsightView:
    """Hand a draft to review: from now on readings show new numbers beside it instead of changing it."""
    return await decide(Action.SUBMIT, decision.reason)


@router.post("/{insight_id}/accept")
async def accept_insight(decide: Deciding, decision: Decision = NO_REASON) -> InsightView:
    """Accept an insight as it stands; its claim is frozen."""
    return await decide(Action.ACCEPT, decision.reason)


@router.post("/{insight_id}/reject")
async def reject_insight(decide: Deciding, rejection: Rejection) -> InsightView:
    """Reject an insight and say why; the headlines pass it over from now on."""
    return await decide(Action.REJECT, rejection.reason)


@router.post("/{insight_id}/publish")
async def publish_insight(decide: Deciding, decision: Decision = NO_REASON) -> InsightView:
    """Publish an accepted insight: it is announced to other services and sent to every webhook endpoint."""
    return await decide(Action.PUBLISH, decision.reason)


@router.get("/{insight_id}/reviews")
async def find_reviews(session: ReadSession, insight_id: UUID, paging: Paging) -> Page[ReviewView]:
    """The decisions about an insight, oldest first."""
    after = UUID(paging.after["id"]) if paging.after else None
    reviews = await list_reviews(session, insight_id, after, paging.fetch)
    return paging.page(reviews, ReviewView.of, lambda each: {"id": str(each.id)})
