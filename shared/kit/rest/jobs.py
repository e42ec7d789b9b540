"""Jobs over REST: the same two endpoints in every service that has long work."""

from uuid import UUID

from fastapi import Response

from kit.jobs import JobRepository, JobView
from kit.rest.boundary import Router
from kit.rest.callers import ReadSession
from kit.rest.paging import Page, Paging

router = Router(prefix="/v1/jobs", tags=["jobs"])


@router.get("")
async def list_jobs(session: ReadSession, paging: Paging) -> Page[JobView]:
    """Jobs of the workspace, newest first."""
    before = UUID(paging.after["id"]) if paging.after else None
    rows = await JobRepository(session).list_newest(paging.fetch, before)
    return paging.page(rows, JobView.of, lambda row: {"id": str(row.id)})


@router.get("/{job_id}")
async def get_job(session: ReadSession, job_id: UUID) -> JobView:
    """One job: how far it is, and what came of it."""
    return JobView.of(await JobRepository(session).get(job_id))


def set_location(response: Response, job: JobView) -> None:
    """Tells the caller of a 202 where to watch the job; a gateway's prefix is put in front on the way out."""
    response.headers["Location"] = f"/v1/jobs/{job.id}"
