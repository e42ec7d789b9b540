"""Segmentations of studies: asked for, listed, looked at."""

from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID

from kit.db import Session
from kit.errors import Conflict, Unavailable
from kit.jobs import JobView, enqueue
from segmentation.clients import IngestClient
from segmentation.models import Segment, Segmentation
from segmentation.posts.repository import PostRepository
from segmentation.segmentations.repository import SegmentationRepository
from segmentation.segmentations.schemas import SegmentationRequest, SegmentParameters
from segmentation.segments.repository import SegmentRepository
from segmentation.settings import SegmentationSettings

JOB = "segment"


class SegmentationService:
    """Segmentations of the session's workspace."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.segmentations = SegmentationRepository(session)

    async def request(
        self, study_id: UUID, wanted: SegmentationRequest, ingest: IngestClient, settings: SegmentationSettings
    ) -> JobView:
        """Queues the job that segments a study; raises `NotFound`, or `Conflict` while it has too few posts.

        With posts enough, it also raises `Unavailable` while nobody can say whether the study still exists.
        """
        comparable = await PostRepository(self.session).comparable(study_id)
        if comparable.posts < settings.posts_at_least:
            await self._require_unless_ingest_is_away(study_id, ingest)
            raise Conflict(
                f"A segmentation needs at least {settings.posts_at_least} posts, and {comparable.posts} of this study "
                "have arrived; send more, or wait until enrichment has read them."
            )
        await ingest.require_study(self.session.workspace, study_id)
        parameters = SegmentParameters(study_id=study_id, **wanted.model_dump())
        return await enqueue(self.session, JOB, parameters.model_dump(mode="json"))

    async def get(self, segmentation_id: UUID) -> Segmentation:
        """One segmentation; raises `NotFound`."""
        return await self.segmentations.get(segmentation_id)

    async def list_of_study(
        self, study_id: UUID, before: UUID | None, limit: int, ingest: IngestClient
    ) -> Sequence[Segmentation]:
        """The segmentations of a study, newest first; raises `NotFound` for a study that ingest does not know."""
        found = await self.segmentations.list_of_study(study_id, before, limit)
        if not found and before is None:
            await self._require_unless_ingest_is_away(study_id, ingest)
        return found

    async def latest(self, study_id: UUID, kind: str) -> tuple[Segmentation, Sequence[Segment]] | None:
        """The newest version of a study with its segments, if there is one."""
        for segmentation in await self.segmentations.latest([study_id], kind):
            return segmentation, await SegmentRepository(self.session).list_of(segmentation.id, after=-1)
        return None

    async def _require_unless_ingest_is_away(self, study_id: UUID, ingest: IngestClient) -> None:
        """While ingest is away, a study without anything here gets the benefit of the doubt."""
        with suppress(Unavailable):
            await ingest.require_study(self.session.workspace, study_id)
