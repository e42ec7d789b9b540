"""REST endpoints of re-enrichments."""

from fastapi import Response

from enrichment.reenrichments.schemas import ReenrichmentsView
from enrichment.reenrichments.service import ReenrichmentService
from enrichment.state import State
from kit.jobs import JobView
from kit.rest import AdminSession, CurrentRuntime, ReadSession, Router
from kit.rest.jobs import set_location

router = Router(prefix="/v1/reenrichments", tags=["reenrichments"])


@router.post("", status_code=202)
async def create_reenrichment(session: AdminSession, runtime: CurrentRuntime, response: Response) -> JobView:
    """Have every post that another version of the models has read be read again; a job, and one at a time.

    A service that starts with another encoder, head or codebook asks for it by itself. Follow the job at its
    `Location`.
    """
    state: State = runtime.state
    job = await ReenrichmentService(session).request(state.desk.version)
    set_location(response, job)
    return job


@router.get("")
async def list_reenrichments(session: ReadSession, runtime: CurrentRuntime) -> ReenrichmentsView:
    """The newest re-enrichments with their progress, and how many posts each version of the models has read."""
    state: State = runtime.state
    return await ReenrichmentService(session).overview(state.desk.version)
