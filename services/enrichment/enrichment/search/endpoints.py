"""REST endpoint of the search."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import AfterValidator

from enrichment.readings.desk import ReadingDesk
from enrichment.search.schemas import SearchHitView
from enrichment.search.service import SearchService
from kit.auth import PERSONAL
from kit.db import clean_text
from kit.rest import CurrentPrincipal, CurrentRuntime, Page, ReadSession, Router

router = Router(prefix="/v1/search", tags=["search"])


@router.get("")
async def search_posts(
    session: ReadSession,
    runtime: CurrentRuntime,
    principal: CurrentPrincipal,
    q: Annotated[
        str, AfterValidator(clean_text), Query(min_length=1, max_length=2000, description="What the posts are about.")
    ],
    study_id: Annotated[UUID | None, Query(description="Search the posts of this study only.")] = None,
    limit: Annotated[int, Query(ge=1, le=100, description="Most posts to return.")] = 10,
) -> Page[SearchHitView]:
    """Find posts by meaning rather than by words, nearest first; there is no further page."""
    desk: ReadingDesk = runtime.state
    found = await SearchService(session, desk).find(q, study_id, limit)
    return Page(items=[SearchHitView.of(each, principal.has(PERSONAL)) for each in found], next_cursor=None)
