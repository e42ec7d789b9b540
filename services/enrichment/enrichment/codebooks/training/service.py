"""Asking for trainings, giving them what they learn from, and keeping what they made."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from uuid import UUID

from enrichment.codebooks.evaluation import Trained
from enrichment.codebooks.labels.repository import LabelRepository
from enrichment.codebooks.queue import CodebookQueue
from enrichment.codebooks.records import CodebookRecord
from enrichment.codebooks.service import CodebookService
from enrichment.codebooks.training.annotated import AnnotatedService, lesson_of, vector_at
from enrichment.codebooks.training.material import Lesson
from enrichment.codebooks.training.repository import HeadRepository
from enrichment.enrichments.enrichment import Enrichment
from enrichment.enrichments.repository import EnrichmentRepository
from enrichment.models import HeadRow, LabelRow
from kit.db import Session, new_id
from kit.errors import NotFound
from kit.jobs import JobView

_LABELS_AT_ONCE = 1_000
_RECENT_POSTS = 400


class TrainingService:
    """Trainings of the session's workspace."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._heads = HeadRepository(session)
        self._labels = LabelRepository(session)
        self._posts = EnrichmentRepository(session)

    async def start(self, codebook_id: UUID) -> JobView:
        """Queues a training; one that waits already starts at once."""
        await CodebookService(self._session).own(codebook_id)
        return await CodebookQueue(self._session).train(codebook_id)

    async def newest(self, codebook_id: UUID) -> HeadRow:
        """The head that codes now; raises `NotFound` until the first one is trained."""
        await CodebookService(self._session).own(codebook_id)
        head = await self._heads.find_newest(codebook_id)
        if head is None:
            raise NotFound("This codebook is not trained yet; that takes seconds, so ask again in a moment.")
        return head

    async def unread(self, codebook_id: UUID, model: str, limit: int) -> dict[UUID, str]:
        """Texts of labels that the model has not read yet, by the label's id."""
        labels = await self._labels.list_without_vector(codebook_id, model, limit)
        return {label.id: label.text or "" for label in labels}

    async def keep_vectors(self, vectors: dict[UUID, bytes], model: str) -> None:
        """Keeps what the model has read."""
        await self._labels.set_vectors(list(vectors), list(vectors.values()), model)

    async def lessons(self, codebook_id: UUID, model: str) -> list[Lesson]:
        """Every label whose vector is at hand, in the order they came."""
        found: list[Lesson] = []
        after: UUID | None = None
        while labels := await self._labels.list_after(codebook_id, None, after, _LABELS_AT_ONCE):
            after = labels[-1].id
            named = [label.post_id for label in labels if label.post_id and label.text is None]
            posts = {each.origin.post_id: each for each in await self._posts.list_by_ids(named)}
            found += (lesson for label in labels if (lesson := _lesson(label, posts, model)))
        return found

    async def annotated(self, codebook: CodebookRecord, model: str) -> list[Lesson]:
        """Every item of a learning sample that people have coded, whose vector is at hand."""
        coded = await AnnotatedService(self._session).list_coded(codebook.name)
        ids = list({each.item.post_id for each in coded})
        posts = {each.origin.post_id: each for each in await self._posts.list_by_ids(ids)}
        return [lesson for each in coded if (lesson := lesson_of(each, posts.get(each.item.post_id), model))]

    async def background(self, codebook: CodebookRecord, model: str) -> list[bytes]:
        """Vectors of what was said last where the codebook codes, most of which carries none of its codes."""
        recent = await self._heads.list_recent_posts(codebook.study_id, _RECENT_POSTS)
        posts = [each for each in await self._posts.list_by_ids(recent) if each.version.model == model]
        if codebook.definition.unit == "post":
            return [each.reading.vector for each in posts]
        return [statement.vector or each.reading.vector for each in posts for statement in each.reading.statements]

    async def keep(self, codebook: CodebookRecord, trained: Trained, model: str, labels: int) -> HeadRow:
        """Keeps a head, which codes from now on what arrives, and then what is stored."""
        head = HeadRow(
            workspace_id=self._session.workspace,
            id=new_id(),
            codebook_id=codebook.id,
            version=codebook.version,
            model=model,
            labels=labels,
            head=trained.head.dump(),
            scores=[asdict(score) for score in trained.scores],
            created_at=datetime.now(UTC),
        )
        await CodebookQueue(self._session).recode()
        await self._heads.add(head)
        return head


async def list_stale_codebooks(session: Session, model: str) -> list[tuple[str, UUID]]:
    """Workspace and id of the codebooks whose head another model must read; for a session of all workspaces."""
    return await HeadRepository(session).list_of_other_models(model)


def _lesson(label: LabelRow, posts: dict[UUID, Enrichment], model: str) -> Lesson | None:
    """The label as a head learns from it; None where its passage is gone or another model has read it."""
    vector = label.vector if label.model == model else None
    if label.text is None:
        post = posts.get(label.post_id) if label.post_id else None
        vector = vector_at(post, label.position) if post and post.version.model == model else None
    if not vector:
        return None
    group = label.post_id or label.id
    return Lesson(label.text or "", vector, frozenset(label.codes), frozenset(label.considered), group)
