"""REST: how many posts of a study arrived, and when they were published."""

from datetime import datetime
from uuid import UUID

from insight.rollups.hours import HourRange
from insight.rollups.schemas import CoverageView, From, HourView, To
from insight.rollups.service import coverage_of, list_hours, require_study
from kit.rest import CurrentRuntime, Page, Paging, ReadSession, Router

router = Router(prefix="/v1/studies", tags=["studies"])


@router.get("/{study_id}/coverage")
async def get_coverage(session: ReadSession, study_id: UUID) -> CoverageView:
    """How many distinct posts of the study were counted; 0 for a study that is not known here."""
    return await coverage_of(session, study_id)


@router.get("/{study_id}/rollups")
async def list_rollups(
    session: ReadSession,
    runtime: CurrentRuntime,
    study_id: UUID,
    paging: Paging,
    start: From = None,
    to: To = None,
) -> Page[HourView]:
    """Posts of the study by hour of publication, oldest first; hours without posts are left out."""
    await require_study(session, runtime.state.ingest, study_id)
    after = datetime.fromisoformat(paging.after["hour"]) if paging.after else None
    hours = await list_hours(session, study_id, HourRange(start, to), after, paging.fetch)
    return paging.page(hours, HourView.of, lambda row: {"hour": row.hour.isoformat()})
