"""REST endpoint of the search."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import AfterValidator, AwareDatetime

from enrichment.search.filters import SearchFilters
from enrichment.search.schemas import SearchHitView
from enrichment.search.service import SearchService
from enrichment.state import State
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
    since: Annotated[AwareDatetime | None, Query(description="Published then or later.")] = None,
    until: Annotated[AwareDatetime | None, Query(description="Published before.")] = None,
    language: Annotated[
        str | None, AfterValidator(clean_text), Query(max_length=20, description="BCP 47, such as `fr`.")
    ] = None,
    code: Annotated[
        str | None,
        AfterValidator(clean_text),
        Query(max_length=200, description="Posts with this code on any statement, such as `needs/request`."),
    ] = None,
    limit: Annotated[int, Query(ge=1, le=100, description="Most posts to return.")] = 10,
) -> Page[SearchHitView]:
    """Find posts by meaning rather than by words, nearest first; there is no further page."""
    state: State = runtime.state
    filters = SearchFilters(study_id, since, until, language, code)
    found = await SearchService(session, state.desk).find(q, filters, limit)
    return Page(items=[SearchHitView.of(each, principal.has(PERSONAL)) for each in found], next_cursor=None)
