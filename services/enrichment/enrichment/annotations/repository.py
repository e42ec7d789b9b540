"""What was said about the items of tasks, and what goes when a post is erased."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select

from enrichment.annotations.judgement import Answer, Coded, CoderRole, Item, Judgement, gather
from enrichment.annotations.tasks.samples import SampleKind
from enrichment.models import AnnotationRow, CoderRow, ItemRow, TaskRow
from kit.db import Repository, new_id

_DROP_ANNOTATIONS = text(
    "DELETE FROM annotations USING annotation_items AS item WHERE annotations.workspace_id = :workspace "
    "AND item.workspace_id = :workspace AND item.id = annotations.item_id AND item.post_id = ANY(:ids)"
)
_DROP_SLOTS = text(
    "DELETE FROM annotation_slots AS slot USING annotation_items AS item WHERE slot.workspace_id = :workspace "
    "AND item.workspace_id = :workspace AND item.id = slot.item_id AND item.post_id = ANY(:ids)"
)
_DROP_ITEMS = text("DELETE FROM annotation_items WHERE workspace_id = :workspace AND post_id = ANY(:ids)")
_KNOW_CODERS = text(
    "INSERT INTO annotation_coders (workspace_id, id, name) SELECT :workspace, given.* "
    "FROM unnest(CAST(:ids AS uuid[]), CAST(:names AS text[])) AS given ON CONFLICT DO NOTHING"
)
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:place, 2))")


class AnnotationRepository(Repository):
    """Annotations of one workspace."""

    async def list_coded(self, tasks: Sequence[TaskRow]) -> list[Coded]:
        """The items of tasks, in the order of both, with what stands about each; outdated items are left out."""
        items = [item for task in tasks for item in await self._list_items(task)]
        rows = await self.session.scalars(
            select(AnnotationRow)
            .where(
                col(AnnotationRow.workspace_id) == self.workspace,
                col(AnnotationRow.task_id).in_([task.id for task in tasks]),
                col(AnnotationRow.replaced_at).is_(None),
            )
            .order_by(col(AnnotationRow.id))
        )
        return gather(items, map(_judgement, rows))

    async def _list_items(self, task: TaskRow) -> list[Item]:
        asked = tuple(str(code["code"]) for code in task.codes)
        rows = await self.session.scalars(
            select(ItemRow)
            .where(
                col(ItemRow.workspace_id) == self.workspace,
                col(ItemRow.task_id) == task.id,
                col(ItemRow.outdated_at).is_(None),
            )
            .order_by(col(ItemRow.place))
        )
        return [_item(row, task.coders_per_item, asked) for row in rows]

    async def find_item(self, task_id: UUID, item_id: UUID) -> ItemRow | None:
        """One item of a task, if the task has it."""
        found = await self.session.scalars(
            select(ItemRow).where(
                col(ItemRow.workspace_id) == self.workspace,
                col(ItemRow.task_id) == task_id,
                col(ItemRow.id) == item_id,
            )
        )
        return found.one_or_none()

    async def know_coders(self, names: Sequence[str]) -> dict[str, UUID]:
        """The ids of coders by name; who is new gets one. Names are taken in order, so that two callers never lock in
        a ring.
        """
        ordered = sorted(set(names))
        values = {"workspace": self.workspace, "ids": [new_id() for _ in ordered], "names": ordered}
        await self.session.execute(_KNOW_CODERS, values)
        found = await self.session.execute(
            select(CoderRow.name, CoderRow.id).where(
                col(CoderRow.workspace_id) == self.workspace, col(CoderRow.name).in_(ordered)
            )
        )
        return {row.name: row.id for row in found}

    async def names_of(self, coder_ids: Collection[UUID]) -> dict[UUID, str]:
        """The names of coders by id."""
        found = await self.session.execute(
            select(CoderRow.id, CoderRow.name).where(
                col(CoderRow.workspace_id) == self.workspace, col(CoderRow.id).in_(coder_ids)
            )
        )
        return {row.id: row.name for row in found}

    async def lock(self, task_id: UUID, key: UUID) -> None:
        """Makes requests about one coder, or one item, of a task wait for one another."""
        await self.session.execute(_LOCK, {"place": f"{self.workspace} {task_id} {key}"})

    async def list_drawn(self, codebook: str, sample: SampleKind) -> set[tuple[UUID, int | None]]:
        """Posts and positions that samples of one kind have drawn for a codebook, in any version."""
        query = (
            select(ItemRow.post_id, ItemRow.position)
            .join(TaskRow, (col(TaskRow.workspace_id) == ItemRow.workspace_id) & (col(TaskRow.id) == ItemRow.task_id))
            .where(
                col(TaskRow.workspace_id) == self.workspace,
                col(TaskRow.codebook) == codebook,
                col(TaskRow.sample) == sample,
            )
        )
        return {(row.post_id, row.position) for row in await self.session.execute(query)}

    async def list_codebooks_of(self, post_ids: Collection[UUID], sample: SampleKind) -> Sequence[str]:
        """Names of the codebooks by which such samples ask about any of these posts."""
        query = (
            select(TaskRow.codebook)
            .join(ItemRow, (col(ItemRow.workspace_id) == TaskRow.workspace_id) & (col(ItemRow.task_id) == TaskRow.id))
            .where(
                col(TaskRow.workspace_id) == self.workspace,
                col(TaskRow.sample) == sample,
                col(ItemRow.post_id).in_(post_ids),
            )
        )
        return (await self.session.scalars(query.distinct())).all()

    async def erase(self, post_ids: Collection[UUID]) -> None:
        """Removes the items of posts with all that was said about them."""
        for statement in (_DROP_ANNOTATIONS, _DROP_SLOTS, _DROP_ITEMS):
            await self.session.execute(statement, {"workspace": self.workspace, "ids": list(post_ids)})


def _item(row: ItemRow, coders_wanted: int, asked: tuple[str, ...]) -> Item:
    return Item(
        row.id,
        row.task_id,
        row.post_id,
        row.position,
        row.start,
        row.stop,
        row.language,
        row.inclusion_probability,
        coders_wanted,
        asked,
    )


def _judgement(row: AnnotationRow) -> Judgement:
    return Judgement(
        row.item_id,
        row.coder_id,
        CoderRole(row.kind),
        row.occasion,
        Answer(row.answer),
        frozenset(row.codes),
        row.created_at,
        row.note,
    )
