"""REST: insights and what they rest on."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from insight.insights.schemas import InsightFilter, InsightView
from insight.insights.service import get_insight, list_insights, show_one
from insight.reviews.lifecycle import Status
from kit.rest import Page, Paging, ReadSession, Router, set_etag

router = Router(prefix="/v1/insights", tags=["insights"])


@router.get("")
async def find_insights(
    session: ReadSession,
    paging: Paging,
    study_id: UUID | None = None,
    status: Annotated[Status | None, Query(description="Only insights in this status.")] = None,
) -> Page[InsightView]:
    """Insights of the workspace, newest first."""
    before = UUID(paging.after["id"]) if paging.after else None
    views = await list_insights(session, InsightFilter(study_id, status), before, paging.fetch)
    return paging.page(views, lambda view: view, lambda view: {"id": str(view.id)})


@router.get("/{insight_id}")
async def read_insight(session: ReadSession, insight_id: UUID, response: Response) -> InsightView:
    """One insight with its quotes; its ETag is what a decision about it may name in If-Match."""
    view = await show_one(session, await get_insight(session, insight_id))
    set_etag(response, view.revision)
    return view
