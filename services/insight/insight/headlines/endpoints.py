"""REST: the headlines of a study."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query

from insight.headlines.schemas import HeadlinesView
from insight.headlines.service import headlines_of
from insight.rollups.service import require_study
from kit.rest import CurrentRuntime, ReadSession, Router

router = Router(prefix="/v1/studies", tags=["headlines"])


@router.get("/{study_id}/headlines")
async def get_headlines(
    session: ReadSession,
    runtime: CurrentRuntime,
    study_id: UUID,
    kind: Annotated[Literal["topic", "audience", "rule"], Query(description="Kind of segmentation.")] = "topic",
    limit: Annotated[int, Query(ge=1, le=50, description="Most headlines.")] = 7,
) -> HeadlinesView:
    """The few claims that say most about the study, with quotes for and against, and the uncovered remainder.

    Answers at once and always: `state` says how far the study is, `items` is empty until something was read.
    """
    await require_study(session, runtime.state.ingest, study_id)
    return await headlines_of(session, study_id, kind, limit)
