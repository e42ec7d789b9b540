"""REST: segmentations."""

from uuid import UUID

from fastapi import Response

from kit.jobs import JobView
from kit.rest import CurrentRuntime, Page, Paging, ReadSession, Router, WriteSession
from kit.rest.jobs import set_location
from segmentation.segmentations.schemas import SegmentationRequest, SegmentationView
from segmentation.segmentations.service import SegmentationService

router = Router(prefix="/v1", tags=["segmentations"])


@router.post("/studies/{study_id}/segmentations", status_code=202)
async def create_segmentation(
    session: WriteSession,
    runtime: CurrentRuntime,
    response: Response,
    study_id: UUID,
    wanted: SegmentationRequest | None = None,
) -> JobView:
    """Group the posts of a study; a job that ends with a new version.

    Posts that arrive later join its segments. Follow the job at its `Location`; its `result` names the segmentation.
    """
    state = runtime.state
    job = await SegmentationService(session).request(
        study_id, wanted or SegmentationRequest(), state.ingest, state.settings
    )
    set_location(response, job)
    return job


@router.get("/studies/{study_id}/segmentations")
async def list_segmentations(
    session: ReadSession, runtime: CurrentRuntime, paging: Paging, study_id: UUID
) -> Page[SegmentationView]:
    """The segmentations of a study, newest first."""
    before = UUID(paging.after["id"]) if paging.after else None
    rows = await SegmentationService(session).list_of_study(study_id, before, paging.fetch, runtime.state.ingest)
    return paging.page(rows, SegmentationView.of, lambda row: {"id": str(row.id)})


@router.get("/segmentations/{segmentation_id}")
async def get_segmentation(session: ReadSession, segmentation_id: UUID) -> SegmentationView:
    """One version of the partition of a study's posts."""
    return SegmentationView.of(await SegmentationService(session).get(segmentation_id))
