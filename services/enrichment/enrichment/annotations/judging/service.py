"""The work of a coder: the next item, the answer, and taking it back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from enrichment.annotations.judgement import FIRST, CoderRole
from enrichment.annotations.judging.answering import Recording, annotation_of, check, says_the_same
from enrichment.annotations.judging.repository import JudgingRepository, Taken, Work
from enrichment.annotations.judging.schemas import (
    AnnotationRequest,
    AnnotationView,
    CoderProgress,
    ItemView,
    NextView,
    Recorded,
)
from enrichment.annotations.judging.showing import show
from enrichment.annotations.messages import recorded
from enrichment.annotations.repository import AnnotationRepository
from enrichment.annotations.tasks.service import TaskService
from enrichment.clients import IngestClient
from enrichment.codebooks.training.annotated import AnnotatedService
from enrichment.enrichments.enrichment import digest
from enrichment.enrichments.repository import EnrichmentRepository
from enrichment.models import AnnotationRow, ItemRow, SlotRow
from kit.auth import ADMIN, Principal
from kit.db import Session
from kit.errors import Conflict, Forbidden, NotFound
from kit.outbox import emit

MOST_OUTDATED = 200


@dataclass(frozen=True)
class Person:
    """Who codes, and who says so: a caller codes for itself, and only an admin for somebody else."""

    coder: str
    recorded_by: str

    @classmethod
    def of(cls, principal: Principal, coder: str | None) -> Person:
        """The person that a caller codes as; raises `Forbidden` for another's name without the scope `admin`."""
        if coder is not None and coder != principal.subject:
            principal.require(ADMIN)
        return cls(coder or principal.subject, principal.subject)


class JudgingService:
    """What coders of the workspace of a session do."""

    def __init__(self, session: Session, lease_minutes: int) -> None:
        self._session = session
        self._lease_minutes = lease_minutes
        self._judging = JudgingRepository(session)
        self._annotations = AnnotationRepository(session)
        self._enrichments = EnrichmentRepository(session)

    async def next(self, task_id: UUID, person: Person, ingest: IngestClient, again: UUID | None = None) -> NextView:
        """The next item of a coder, leased to this one request; `again` is a slot that it was shown before, if open.

        Items whose post has changed or gone are passed over for good: what was drawn is no longer there to be coded.
        After very many of them there is no item though some are left: asking again goes on.
        Raises `Unavailable` while ingest, which has the texts, is away.
        """
        work = await self._work(task_id, person)
        await self._annotations.lock(task_id, work.coder_id)
        for _ in range(MOST_OUTDATED):
            taken = (again and await self._judging.retake(work, again)) or await self._judging.take(work)
            item = await self._view(taken, ingest) if taken else None
            if item or not taken:
                return NextView(item=item, progress=await self._progress(work))
        return NextView(item=None, progress=await self._progress(work))

    async def _view(self, taken: Taken, ingest: IngestClient) -> ItemView | None:
        """The item of a slot; None, and never again, where its post is no longer what it was."""
        item = await self._judging.get_item(taken.item_id)
        text = (await ingest.texts(self._session.workspace, [item.post_id])).get(item.post_id)
        known = await self._enrichments.list_by_ids([item.post_id])
        if text is None or digest(text) != item.text_digest or not known:
            item.outdated_at = datetime.now(UTC)
            await self._session.flush()
            return None
        shown = show(text, item.start, _end_of(item, text), known[0].reading.personal_data)
        return ItemView.of(taken.slot_id, item, shown, taken.lease_until)

    async def record(self, task_id: UUID, person: Person, wanted: AnnotationRequest) -> tuple[Recorded, bool]:
        """Puts an answer on record, in the place of the one before; tells whether it said anything new.

        Raises `NotFound` for a slot that is not there, `Conflict` for one that belongs to somebody else.
        """
        await self._enrichments.hold_off_erasures()
        work = await self._work(task_id, person)
        await self._annotations.lock(task_id, work.coder_id)
        slot, item = await self._hold(work, wanted.slot_id)
        check(work.task, item, wanted)
        before = await self._judging.standing(slot.id)
        is_new = before is None or not says_the_same(before, wanted)
        if is_new:
            await self._replace(work, (slot, item), before, annotation_of(_recording(work, person, item, slot), wanted))
            await AnnotatedService(self._session).note(work.task)
        progress = await self._progress(work)
        return Recorded(slot_id=slot.id, answer=wanted.answer, codes=wanted.codes, progress=progress), is_new

    async def _hold(self, work: Work, slot_id: UUID) -> tuple[SlotRow, ItemRow]:
        slot = await self._judging.lock_slot(work.task.id, slot_id)
        if slot is None:
            raise NotFound(f"This task has no slot {slot_id}; its post may have been erased. Ask for the next item.")
        if slot.coder_id != work.coder_id:
            raise Conflict("This slot belongs to another coder by now; ask for the next item.")
        item = await self._judging.get_item(slot.item_id)
        if item.outdated_at is not None:
            raise Conflict("The post of this item has changed or gone since; ask for the next item.")
        return slot, item

    async def _replace(
        self, work: Work, place: tuple[SlotRow, ItemRow], before: AnnotationRow | None, annotation: AnnotationRow
    ) -> None:
        slot, item = place
        if before is not None:
            before.replaced_at = annotation.created_at
        slot.done_at, slot.reopened_at = annotation.created_at, None
        await self._judging.add(annotation)
        if item.is_repeated and slot.occasion == FIRST:
            await self._judging.repeat(slot.id)
        emit(self._session, recorded(work.task, item, annotation, str(before.id) if before else ""))

    async def undo(self, task_id: UUID, person: Person) -> Recorded:
        """Takes back the last answer of a coder: its item comes next again. Raises `Conflict` where there is none."""
        await self._enrichments.hold_off_erasures()
        work = await self._work(task_id, person)
        await self._annotations.lock(task_id, work.coder_id)
        last = await self._judging.latest(task_id, work.coder_id)
        if last is None or last.slot_id is None:
            raise Conflict("There is no answer of this coder to take back.")
        slot, item = await self._hold(work, last.slot_id)
        last.replaced_at = slot.reopened_at = datetime.now(UTC)
        slot.done_at = slot.lease_until = None
        await self._session.flush()
        emit(self._session, recorded(work.task, item, last))
        await AnnotatedService(self._session).note(work.task)
        return Recorded(slot_id=slot.id, answer=None, codes=[], progress=await self._progress(work))

    async def list_history(self, task_id: UUID, after: UUID | None, limit: int) -> list[AnnotationView]:
        """Every annotation of a task, replaced ones as well, oldest first, later than `after` when it is given."""
        await TaskService(self._session).find(task_id)
        rows = await self._judging.list_history(task_id, after, limit)
        names = await self._annotations.names_of({annotation.coder_id for annotation, _ in rows})
        return [AnnotationView.of(annotation, item, names[annotation.coder_id]) for annotation, item in rows]

    async def _work(self, task_id: UUID, person: Person) -> Work:
        task = await TaskService(self._session).find(task_id)
        coder_id = (await self._annotations.know_coders([person.coder]))[person.coder]
        if task.coder_ids and coder_id not in task.coder_ids:
            raise Forbidden(f"{person.coder} is no coder of this task; its request named who is.")
        return Work(task, coder_id, self._lease_minutes)

    async def _progress(self, work: Work) -> CoderProgress:
        return CoderProgress(done=await self._judging.count_done(work), left=await self._judging.count_left(work))


def _recording(work: Work, person: Person, item: ItemRow, slot: SlotRow) -> Recording:
    return Recording(work.task, item, CoderRole.PERSON, work.coder_id, person.recorded_by, slot)


def _end_of(item: ItemRow, text: str) -> int:
    """A post that is coded as a whole ends with its text, which may go on after its last statement."""
    return item.stop if item.position is not None else len(text)
