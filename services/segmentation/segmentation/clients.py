"""What segmentation asks of ingest: whether a study exists."""

from uuid import UUID

from kit.errors import NotFound
from kit.rpc import Client
from kit.settings import ServiceSettings
from pourquoi.ingest.v1.ingest_pb2 import GetStudyRequest
from pourquoi.ingest.v1.ingest_pb2_grpc import IngestServiceStub

STUDY_SECONDS = 2.0


class IngestClient:
    """Ingest over gRPC."""

    def __init__(self, target: str, settings: ServiceSettings) -> None:
        self._client = Client(target, IngestServiceStub, settings)

    async def require_study(self, workspace: str, study_id: UUID) -> None:
        """Raises `NotFound` for a study that the workspace does not have, `Unavailable` while ingest is away."""
        request = GetStudyRequest(id=str(study_id))
        try:
            await self._client.call("GetStudy", request, workspace, STUDY_SECONDS)
        except NotFound as error:
            raise NotFound(f"No study has the id {study_id} in this workspace.") from error

    async def close(self) -> None:
        """Closes the channel."""
        await self._client.close()
