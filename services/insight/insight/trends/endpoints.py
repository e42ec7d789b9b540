"""REST: how the segments of a study changed."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query

from insight.rollups.schemas import From, To
from insight.rollups.service import require_study
from insight.trends.schemas import TrendsView
from insight.trends.service import period_of, trends_of
from kit.rest import CurrentRuntime, ReadSession, Router

router = Router(prefix="/v1/studies", tags=["trends"])


@router.get("/{study_id}/trends")
async def get_trends(
    session: ReadSession,
    runtime: CurrentRuntime,
    study_id: UUID,
    kind: Annotated[Literal["topic", "audience", "rule"], Query(description="Kind of segmentation.")] = "topic",
    start: From = None,
    to: To = None,
) -> TrendsView:
    """The share of each segment between `from` and `to`, compared with as much time before.

    Without a period the second half of the study's observed time is compared with the first.
    """
    await require_study(session, runtime.state.ingest, study_id)
    return await trends_of(session, study_id, kind, period_of(start, to), runtime.state.settings.fewest_authors)
