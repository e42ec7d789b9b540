"""Trainings over REST."""

from uuid import UUID

from fastapi import Response

from enrichment.codebooks.training.schemas import ScoresView
from enrichment.codebooks.training.service import TrainingService
from kit.jobs import JobView
from kit.rest import ReadSession, Router, WriteSession
from kit.rest.jobs import set_location

router = Router(prefix="/v1/codebooks/{codebook_id}", tags=["codebooks"])


@router.post("/trainings", status_code=202)
async def start_training(codebook_id: UUID, session: WriteSession, response: Response) -> JobView:
    """Train the codebook now; new versions and labels ask for it by themselves."""
    job = await TrainingService(session).start(codebook_id)
    set_location(response, job)
    return job


@router.get("/scores")
async def get_scores(codebook_id: UUID, session: ReadSession) -> ScoresView:
    """Show how well the codebook finds its codes, by cross-validation on its labels."""
    return ScoresView.of(await TrainingService(session).newest(codebook_id))
