"""What becomes of a study that ingest tells about, and of the codes that depend on it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from pydantic import BaseModel

from enrichment.enrichments.enrichment import Enrichment
from enrichment.enrichments.messages import to_message
from enrichment.enrichments.repository import EnrichmentRepository
from enrichment.studies.repository import StudyFacts, StudyRepository
from enrichment.studies.targets import bound
from kit.db import Session
from kit.events import BACKFILL
from kit.jobs import enqueue
from kit.outbox import emit
from pourquoi.enrichment.v1.events_pb2 import PostEnriched
from pourquoi.ingest.v1.events_pb2 import Study

JOB = "recode_study"


class RecodeParameters(BaseModel):
    """Which study a job recodes."""

    study_id: UUID


class StudyService:
    """Studies of the workspace of a session."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._studies = StudyRepository(session)

    async def learn(self, studies: Iterable[Study]) -> None:
        """Takes in what ingest tells; where a target behaviour has changed, the posts of the study are recoded."""
        facts = (StudyFacts(UUID(each.id), each.revision, each.target_behaviour) for each in studies)
        for study in sorted(facts, key=lambda each: (each.study_id, each.revision)):
            if await self._studies.learn(study) and await self._studies.count_posts(study.study_id):
                await enqueue(self._session, JOB, RecodeParameters(study_id=study.study_id).model_dump(mode="json"))

    async def forget_untold(self, study_id: UUID) -> None:
        """Takes note that a study does not exist."""
        await self._studies.forget_untold(study_id)

    async def bind(self, enrichments: Sequence[Enrichment]) -> list[Enrichment]:
        """Codes drivers for those studies of each post that have a target behaviour; asks about unknown studies."""
        ids = {study for each in enrichments for study in each.origin.study_ids}
        behaviours = await self._studies.list_behaviours(ids)
        unknown = ids - behaviours.keys()
        if unknown:
            await self._studies.meet(unknown)
        asking = {study for study, behaviour in behaviours.items() if behaviour}
        return [
            each.with_reading(bound(each.reading, asking.intersection(each.origin.study_ids))) for each in enrichments
        ]

    async def count_posts(self, study_id: UUID) -> int:
        """How many posts a study has."""
        return await self._studies.count_posts(study_id)

    async def recode_page(self, study_id: UUID, after: UUID | None, limit: int) -> Sequence[UUID]:
        """Binds the next posts of a study anew and publishes those that have changed; gives all that were looked at."""
        ids = await self._studies.lock_page(study_id, after, limit)
        before = await EnrichmentRepository(self._session).list_by_ids(ids)
        after_binding = await self.bind(before)
        changed = [new for old, new in zip(before, after_binding, strict=True) if old.reading != new.reading]
        await self._studies.recode({each.origin.post_id: each.reading for each in changed})
        for each in changed:
            emit(self._session, PostEnriched(enrichment=to_message(each)), lane=BACKFILL)
        return ids


async def list_untold(session: Session, limit: int) -> list[tuple[str, UUID]]:
    """Studies of all workspaces that posts belong to and nobody has told about."""
    return await StudyRepository(session).list_untold(limit)
