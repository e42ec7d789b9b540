"""What codes were given, over REST."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import AwareDatetime

from enrichment.coding.queries import CodedQuery, Place
from enrichment.coding.schemas import CodeCountsView, CodedPostView
from enrichment.coding.service import CodeService
from kit.rest import Page, Paging, ReadSession, Router

router = Router(prefix="/v1", tags=["codes"])


@router.get("/studies/{study_id}/codes")
async def count_codes(study_id: UUID, session: ReadSession) -> CodeCountsView:
    """Count what was coded in a study, by shipped and own codebooks."""
    return CodeCountsView.model_validate(await CodeService(session).counts(study_id))


@router.get("/posts")
async def list_coded_posts(
    session: ReadSession,
    paging: Paging,
    code: Annotated[
        str,
        Query(
            pattern="^[a-z][a-z0-9_]{0,62}/[a-z][a-z0-9_]{0,62}$",
            description="Codebook and code, such as `needs/request`.",
        ),
    ],
    study_id: Annotated[UUID | None, Query(description="Posts of this study only.")] = None,
    since: Annotated[AwareDatetime | None, Query(description="Published then or later.")] = None,
    until: Annotated[AwareDatetime | None, Query(description="Published before.")] = None,
) -> Page[CodedPostView]:
    """List what a code caught, newest first: posts, and the passages that it was given to."""
    after = None
    if paging.after:
        after = Place(datetime.fromisoformat(paging.after["published_at"]), UUID(paging.after["post_id"]))
    found = await CodeService(session).list_posts(CodedQuery(code, study_id, since, until), after, paging.fetch)
    return paging.page(
        found,
        CodedPostView.model_validate,
        lambda post: {"published_at": post.published_at.isoformat(), "post_id": str(post.post_id)},
    )
