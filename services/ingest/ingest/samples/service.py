"""Starting samples."""

from uuid import UUID

from ingest.samples.schemas import NewSample, SampleParameters
from ingest.studies.service import StudyService
from kit.db import Session
from kit.jobs import JobView, enqueue

SAMPLE = "sample"


class SampleService:
    """Samples of the session's workspace."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def start(self, study_id: UUID, new: NewSample) -> JobView:
        """Queues the job that makes the conversation up."""
        await StudyService(self._session).get(study_id)
        parameters = SampleParameters(study_id=study_id, **new.model_dump())
        return await enqueue(self._session, SAMPLE, parameters.model_dump(mode="json"))
