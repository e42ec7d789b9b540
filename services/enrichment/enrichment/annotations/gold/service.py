"""Where coders disagree, who decides, and what counts as true in the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from enrichment.annotations.agreements.service import CodebookFilter
from enrichment.annotations.gold.gold import Gold, gold, is_complete, is_disputed
from enrichment.annotations.gold.repository import DecisionRepository
from enrichment.annotations.gold.schemas import AnswerView, DecisionRequest, DisagreementView, GoldView
from enrichment.annotations.judgement import Coded, CoderRole, Item
from enrichment.annotations.judging.answering import Recording, annotation_of, check, says_the_same
from enrichment.annotations.judging.showing import Shown, show
from enrichment.annotations.messages import recorded
from enrichment.annotations.repository import AnnotationRepository
from enrichment.annotations.tasks.repository import TaskRepository
from enrichment.annotations.tasks.samples import SampleKind
from enrichment.annotations.tasks.service import TaskService
from enrichment.clients import IngestClient
from enrichment.codebooks.training.annotated import AnnotatedService
from enrichment.enrichments.enrichment import Enrichment
from enrichment.enrichments.repository import EnrichmentRepository
from enrichment.models import TaskRow
from kit.db import Session
from kit.errors import Conflict, NotFound
from kit.outbox import emit


@dataclass(frozen=True)
class GoldLabel:
    """A gold label with its task, and what is known of its post now."""

    task: TaskRow
    item: Item
    gold: Gold
    enrichment: Enrichment | None


@dataclass(frozen=True)
class After:
    """The last item of the page before."""

    task_id: UUID
    item_id: UUID


class GoldService:
    """Gold labels of the workspace of a session."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._annotations = AnnotationRepository(session)
        self._enrichments = EnrichmentRepository(session)
        self._decisions = DecisionRepository(session)

    async def list_disagreements(
        self, task_id: UUID, ingest: IngestClient, after: UUID | None, limit: int
    ) -> list[DisagreementView]:
        """Items that all coders have answered, not all alike, and that nobody has decided; in the order of the task.

        Raises `Unavailable` while ingest, which has the texts, is away.
        """
        task = await TaskService(self._session).find(task_id)
        coded = await self._annotations.list_coded([task])
        disputed = [each for each in _later(coded, after) if is_disputed(each)][:limit]
        texts = await self._texts([each.item for each in disputed], ingest)
        names = await self._annotations.names_of({given.coder_id for each in disputed for given in each.blind})
        return [
            DisagreementView.of(
                each.item,
                texts.get(each.item.id),
                [AnswerView.of(given, names[given.coder_id]) for given in each.blind],
            )
            for each in disputed
        ]

    async def _texts(self, items: Sequence[Item], ingest: IngestClient) -> dict[UUID, Shown]:
        """What can still be shown of items, as coders saw it."""
        if not items:
            return {}
        post_ids = [item.post_id for item in items]
        texts = await ingest.texts(self._session.workspace, post_ids)
        known = {each.origin.post_id: each for each in await self._enrichments.list_by_ids(post_ids)}
        return {
            item.id: show(texts[item.post_id], item.start, item.stop, known[item.post_id].reading.personal_data)
            for item in items
            if item.post_id in texts and item.post_id in known and known[item.post_id].is_of(texts[item.post_id])
        }

    async def decide(self, task_id: UUID, adjudicator: str, wanted: DecisionRequest) -> GoldView:
        """Puts a decision on record, in the place of the one before; the same decision again changes nothing.

        Raises `NotFound`, and `Conflict` while coders still answer: who knows a decision does not code blind.
        """
        await self._enrichments.hold_off_erasures()
        task = await TaskService(self._session).find(task_id)
        await self._annotations.lock(task_id, wanted.item_id)
        item = await self._annotations.find_item(task_id, wanted.item_id)
        if item is None or item.outdated_at is not None:
            raise NotFound(f"This task has no item {wanted.item_id}; its post may have changed or been erased.")
        check(task, item, wanted)
        coded = await self._coded(task, item.id)
        if not is_complete(coded):
            raise Conflict("Not every coder has answered for this item yet; decide when they have.")
        adjudicator_id = (await self._annotations.know_coders([adjudicator]))[adjudicator]
        before = await self._decisions.standing(item.id)
        if before is None or not says_the_same(before, wanted):
            recording = Recording(task, item, CoderRole.ADJUDICATOR, adjudicator_id, adjudicator)
            decision = annotation_of(recording, wanted)
            await self._decisions.replace(before, decision)
            emit(self._session, recorded(task, item, decision, str(before.id) if before else ""))
            await AnnotatedService(self._session).note(task)
        return await self._gold_of(task, item.id)

    async def _coded(self, task: TaskRow, item_id: UUID) -> Coded:
        return next(each for each in await self._annotations.list_coded([task]) if each.item.id == item_id)

    async def _gold_of(self, task: TaskRow, item_id: UUID) -> GoldView:
        coded = await self._coded(task, item_id)
        label = gold(coded)
        assert label is not None
        return GoldView.of(coded.item, label)

    async def list_of_task(self, task_id: UUID, after: UUID | None, limit: int) -> list[GoldView]:
        """The gold labels of a task in its order; raises `NotFound`."""
        task = await TaskService(self._session).find(task_id)
        labelled = _labelled(_later(await self._annotations.list_coded([task]), after))
        return [GoldView.of(item, label) for item, label in labelled[:limit]]

    async def list_of_codebook(
        self, wanted: CodebookFilter, sample: SampleKind, after: After | None, limit: int
    ) -> list[GoldLabel]:
        """Gold labels of all tasks with one kind of sample, oldest task first, with what is read of the posts now."""
        tasks = await TaskRepository(self._session).list_of_codebook(wanted.codebook, sample, wanted.study_id)
        found: list[tuple[TaskRow, Item, Gold]] = []
        for task in tasks:
            if wanted.version not in (0, task.version) or (after and task.id < after.task_id):
                continue
            coded = await self._annotations.list_coded([task])
            last = after.item_id if after and after.task_id == task.id else None
            found += [(task, item, label) for item, label in _labelled(_later(coded, last))]
            if len(found) >= limit:
                break
        return await self._with_readings(found[:limit])

    async def _with_readings(self, found: Sequence[tuple[TaskRow, Item, Gold]]) -> list[GoldLabel]:
        ids = list({item.post_id for _, item, _ in found})
        known = {each.origin.post_id: each for each in await self._enrichments.list_by_ids(ids)}
        return [GoldLabel(task, item, label, known.get(item.post_id)) for task, item, label in found]


def _later(coded: Sequence[Coded], after: UUID | None) -> Sequence[Coded]:
    """What comes after an item, or everything."""
    if after is None:
        return coded
    places = [place for place, each in enumerate(coded) if each.item.id == after]
    return coded[places[0] + 1 :] if places else []


def _labelled(coded: Sequence[Coded]) -> list[tuple[Item, Gold]]:
    labels = ((each.item, gold(each)) for each in coded)
    return [(item, label) for item, label in labels if label is not None]
