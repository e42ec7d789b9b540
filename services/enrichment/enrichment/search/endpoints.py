"""REST endpoint of the search."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import AfterValidator

from enrichment.enrichments.schemas import EnrichmentView
from enrichment.enrichments.service import EnrichmentService
from enrichment.readings.desk import ReadingDesk
from enrichment.search.schemas import SearchHitView
from enrichment.search.service import SearchService
from kit.db import clean_text
from kit.rest import CurrentRuntime, Page, ReadSession, Router

router = Router(prefix="/v1/search", tags=["search"])


@router.get("")
async def search_posts(
    session: ReadSession,
    runtime: CurrentRuntime,
    q: Annotated[
        str, AfterValidator(clean_text), Query(min_length=1, max_length=2000, description="What the posts are about.")
    ],
    study_id: Annotated[UUID | None, Query(description="Search the posts of this study only.")] = None,
    limit: Annotated[int, Query(ge=1, le=100, description="Most posts to return.")] = 10,
) -> Page[SearchHitView]:
    """Find posts by meaning rather than by words, nearest first; there is no further page."""
    desk: ReadingDesk = runtime.state
    hits = await SearchService(session, desk).search(q, study_id, limit)
    found = {
        each.origin.post_id: each for each in await EnrichmentService(session).list_by_ids([h.post_id for h in hits])
    }
    items = [
        SearchHitView(
            post_id=hit.post_id,
            similarity=round(hit.similarity, 4),
            enrichment=EnrichmentView.of(found[hit.post_id]),
        )
        for hit in hits
        if hit.post_id in found
    ]
    return Page(items=items, next_cursor=None)
