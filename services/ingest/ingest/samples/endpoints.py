"""Samples over REST."""

from uuid import UUID

from fastapi import Response

from ingest.samples.schemas import NewSample
from ingest.samples.service import SampleService
from kit.jobs import JobView
from kit.rest import Router, WriteSession
from kit.rest.jobs import set_location

router = Router(prefix="/v1/studies", tags=["samples"])


@router.post("/{study_id}/samples", status_code=202)
async def start_sample(study_id: UUID, new: NewSample, session: WriteSession, response: Response) -> JobView:
    """Fill a study with a made-up conversation.

    Thousands of different posts in English and French about Solane, a train operator that does not exist: audiences,
    themes, needs, reasons, a spike, reposts, spam and small talk.
    """
    job = await SampleService(session).start(study_id, new)
    set_location(response, job)
    return job
