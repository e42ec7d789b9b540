"""Slots that coders take, and the annotations that fill them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select

from enrichment.annotations.judgement import AGAIN
from enrichment.annotations.tasks.assignment import REPEAT_AFTER
from enrichment.models import AnnotationRow, ItemRow, SlotRow, TaskRow
from kit.db import Repository, new_id

# A slot is a coder's own, or nobody's yet, or one that its taker has let lapse in a task that deals nothing out; of
# the last two a coder takes none of an item that it has a slot of already.
_FOR_CODER = """
    slot.workspace_id = :workspace AND slot.task_id = :task AND slot.done_at IS NULL AND item.outdated_at IS NULL
    AND (slot.coder_id = :coder OR (
        (slot.coder_id IS NULL OR (:is_open AND slot.occasion = 0
            AND coalesce(slot.lease_until, slot.reopened_at + make_interval(mins => :minutes)) < now()))
        AND NOT EXISTS (SELECT FROM annotation_slots AS other WHERE other.workspace_id = slot.workspace_id
            AND other.item_id = slot.item_id AND other.coder_id = :coder)))
"""
_JOINED = """
    annotation_slots AS slot JOIN annotation_items AS item
        ON item.workspace_id = slot.workspace_id AND item.id = slot.item_id
"""
_TAKE = text(
    f"""
    UPDATE annotation_slots SET coder_id = :coder, lease_until = now() + make_interval(mins => :minutes)
    WHERE workspace_id = :workspace AND id = (
        SELECT slot.id FROM {_JOINED}
        WHERE {_FOR_CODER} AND coalesce(slot.lease_until, '-infinity') < now()
        ORDER BY slot.reopened_at DESC NULLS LAST, slot.turn, slot.id LIMIT 1 FOR UPDATE OF slot SKIP LOCKED)
    RETURNING id, item_id, lease_until
    """
)
_RETAKE = text(
    f"""
    UPDATE annotation_slots SET lease_until = now() + make_interval(mins => :minutes)
    WHERE workspace_id = :workspace AND id = (
        SELECT slot.id FROM {_JOINED}
        WHERE slot.workspace_id = :workspace AND slot.task_id = :task AND slot.id = :slot AND slot.coder_id = :coder
            AND slot.done_at IS NULL AND item.outdated_at IS NULL FOR UPDATE OF slot)
    RETURNING id, item_id, lease_until
    """
)
_COUNT_DONE = text(
    "SELECT count(*) FROM annotation_slots WHERE workspace_id = :workspace AND task_id = :task "
    "AND coder_id = :coder AND done_at IS NOT NULL"
)
_COUNT_LEFT = text(f"SELECT count(DISTINCT slot.item_id) FROM {_JOINED} WHERE {_FOR_CODER}")
_REPEAT = text(
    """
    INSERT INTO annotation_slots (workspace_id, id, task_id, item_id, coder_id, occasion, turn)
    SELECT workspace_id, :id, task_id, item_id, coder_id, :occasion, turn + :after FROM annotation_slots
    WHERE workspace_id = :workspace AND id = :slot ON CONFLICT DO NOTHING
    """
)

_IS_ITEM = (col(ItemRow.workspace_id) == col(AnnotationRow.workspace_id)) & (
    col(ItemRow.id) == col(AnnotationRow.item_id)
)


@dataclass(frozen=True)
class Work:
    """Whose work on which task; in an open task nothing is dealt out."""

    task: TaskRow
    coder_id: UUID
    lease_minutes: int


@dataclass(frozen=True)
class Taken:
    """A slot that is a coder's until the lease ends."""

    slot_id: UUID
    item_id: UUID
    lease_until: datetime


class JudgingRepository(Repository):
    """The work of coders of one workspace."""

    async def take(self, work: Work) -> Taken | None:
        """The next slot of a coder, which no other request gets while the lease lasts; None when nothing is left."""
        row = (await self.session.execute(_TAKE, self._values(work))).one_or_none()
        return None if row is None else Taken(row.id, row.item_id, row.lease_until)

    async def retake(self, work: Work, slot_id: UUID) -> Taken | None:
        """A slot that a coder has already, under a new lease; None where it is another's, answered or outdated."""
        values = {"workspace": self.workspace, "task": work.task.id, "coder": work.coder_id}
        values |= {"slot": slot_id, "minutes": work.lease_minutes}
        row = (await self.session.execute(_RETAKE, values)).one_or_none()
        return None if row is None else Taken(row.id, row.item_id, row.lease_until)

    async def count_done(self, work: Work) -> int:
        """How many answers a coder has given."""
        values = {"workspace": self.workspace, "task": work.task.id, "coder": work.coder_id}
        return int(await self.session.scalar(_COUNT_DONE, values) or 0)

    async def count_left(self, work: Work) -> int:
        """How many items a coder could still be shown, those among them that it has been shown and not answered."""
        return int(await self.session.scalar(_COUNT_LEFT, self._values(work)) or 0)

    async def get_item(self, item_id: UUID) -> ItemRow:
        """An item that is known to be there."""
        found = await self.session.scalars(
            select(ItemRow).where(col(ItemRow.workspace_id) == self.workspace, col(ItemRow.id) == item_id)
        )
        return found.one()

    async def lock_slot(self, task_id: UUID, slot_id: UUID) -> SlotRow | None:
        """A slot of a task, held until the transaction ends."""
        found = await self.session.scalars(
            select(SlotRow)
            .where(
                col(SlotRow.workspace_id) == self.workspace,
                col(SlotRow.task_id) == task_id,
                col(SlotRow.id) == slot_id,
            )
            .with_for_update()
        )
        return found.one_or_none()

    async def standing(self, slot_id: UUID) -> AnnotationRow | None:
        """The annotation that fills a slot now."""
        found = await self.session.scalars(
            select(AnnotationRow).where(
                col(AnnotationRow.workspace_id) == self.workspace,
                col(AnnotationRow.slot_id) == slot_id,
                col(AnnotationRow.replaced_at).is_(None),
            )
        )
        return found.one_or_none()

    async def latest(self, task_id: UUID, coder_id: UUID) -> AnnotationRow | None:
        """The last annotation that stands of a coder, about an item that can still be coded."""
        found = await self.session.scalars(
            select(AnnotationRow)
            .join(ItemRow, _IS_ITEM)
            .where(
                col(ItemRow.outdated_at).is_(None),
                col(AnnotationRow.workspace_id) == self.workspace,
                col(AnnotationRow.task_id) == task_id,
                col(AnnotationRow.coder_id) == coder_id,
                col(AnnotationRow.slot_id).is_not(None),
                col(AnnotationRow.replaced_at).is_(None),
            )
            .order_by(col(AnnotationRow.id).desc())
            .limit(1)
        )
        return found.one_or_none()

    async def list_history(
        self, task_id: UUID, after: UUID | None, limit: int
    ) -> Sequence[tuple[AnnotationRow, ItemRow]]:
        """Every annotation of a task with its item, replaced ones as well, oldest first."""
        query = (
            select(AnnotationRow, ItemRow)
            .join(ItemRow, _IS_ITEM)
            .where(col(AnnotationRow.workspace_id) == self.workspace, col(AnnotationRow.task_id) == task_id)
        )
        if after is not None:
            query = query.where(col(AnnotationRow.id) > after)
        found = await self.session.execute(query.order_by(col(AnnotationRow.id)).limit(limit))
        return [(annotation, item) for annotation, item in found]

    async def add(self, annotation: AnnotationRow) -> None:
        """Stores an annotation; one that it replaces must have been marked before."""
        await self.session.flush()
        self.session.add(annotation)
        await self.session.flush()

    async def repeat(self, slot_id: UUID) -> None:
        """Makes room for a second answer of the same coder, some turns later; once, however often it is asked for."""
        values = {"workspace": self.workspace, "slot": slot_id, "id": new_id()}
        await self.session.execute(_REPEAT, {**values, "occasion": AGAIN, "after": REPEAT_AFTER})

    def _values(self, work: Work) -> dict[str, object]:
        return {
            "workspace": self.workspace,
            "task": work.task.id,
            "coder": work.coder_id,
            "is_open": not work.task.coder_ids,
            "minutes": work.lease_minutes,
        }
