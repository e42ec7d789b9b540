"""What heads learn from annotations: samples that were drawn to learn from, never those that measure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from uuid import UUID

from enrichment.annotations.judgement import Coded
from enrichment.annotations.repository import AnnotationRepository
from enrichment.annotations.tasks.repository import TaskRepository
from enrichment.annotations.tasks.samples import SampleKind
from enrichment.codebooks.queue import CodebookQueue
from enrichment.codebooks.repository import CodebookRepository
from enrichment.codebooks.training.material import Lesson
from enrichment.enrichments.enrichment import Enrichment
from enrichment.models import TaskRow
from kit.db import Session

# Coders answer for minutes: they need not wait for what they teach.
_PAUSE_SECONDS = 60.0


class AnnotatedService:
    """Annotations of the session's workspace, as lessons."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._annotations = AnnotationRepository(session)

    async def list_coded(self, codebook: str) -> list[Coded]:
        """Items that were drawn by uncertainty, in all tasks of a codebook, with what people said.

        Those that a random sample has drawn as well are left out: who learns from them cannot be measured on them.
        """
        tasks = await TaskRepository(self._session).list_of_codebook(codebook, SampleKind.UNCERTAINTY, None)
        measuring = await self._annotations.list_drawn(codebook, SampleKind.RANDOM)
        coded = await self._annotations.list_coded(tasks) if tasks else []
        return [each for each in coded if (each.item.post_id, each.item.position) not in measuring]

    async def note(self, task: TaskRow) -> None:
        """Has the codebook of a task trained before long, if the task is one to learn from."""
        if task.sample == SampleKind.UNCERTAINTY:
            await self._train(task.codebook)

    async def forget(self, post_ids: Collection[UUID]) -> None:
        """Has the codebooks trained again that have learnt from these posts, which are about to be erased."""
        for codebook in await self._annotations.list_codebooks_of(post_ids, SampleKind.UNCERTAINTY):
            await self._train(codebook)

    async def _train(self, codebook: str) -> None:
        own = await CodebookRepository(self._session).find_named(codebook)
        if own:
            await CodebookQueue(self._session).train(own.id, _PAUSE_SECONDS)


def lesson_of(coded: Coded, post: Enrichment | None, model: str) -> Lesson | None:
    """The item as a head learns from it: as it was decided, or as most coders said who could tell.

    None where nobody could tell, or where its post is gone or was read by another model.
    """
    codes, item = _agreed(coded), coded.item
    vector = vector_at(post, item.position) if post and post.version.model == model else None
    if codes is None or not vector:
        return None
    return Lesson("", vector, codes, frozenset(item.asked), item.post_id)


def vector_at(post: Enrichment, position: int | None) -> bytes | None:
    """The vector of a statement, or of the post as a whole; None where there is no such statement."""
    if position is None:
        return post.reading.vector
    statements = post.reading.statements
    return (statements[position].vector or post.reading.vector) if position < len(statements) else None


def _agreed(coded: Coded) -> frozenset[str] | None:
    if coded.decision:
        return coded.decision.label
    told = [each.codes for each in coded.blind if each.label is not None]
    times = Counter(code for codes in told for code in codes)
    return frozenset(code for code, given in times.items() if 2 * given > len(told)) if told else None
