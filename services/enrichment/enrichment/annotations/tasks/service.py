"""Annotation tasks: asked for, drawn, listed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from secrets import randbelow
from uuid import UUID

from enrichment.annotations.judgement import FIRST
from enrichment.annotations.repository import AnnotationRepository
from enrichment.annotations.tasks.assignment import assign, choose_repeated
from enrichment.annotations.tasks.guides import Guide, Unit
from enrichment.annotations.tasks.repository import Drawn, Population, Progress, TaskRepository
from enrichment.annotations.tasks.samples import SampleKind, allot
from enrichment.annotations.tasks.schemas import ReassignedView, Reassignment, TaskRequest, TaskView
from enrichment.annotations.tasks.shelf import find_guide
from enrichment.enrichments.repository import EnrichmentRepository
from enrichment.models import ItemRow, SlotRow, TaskRow
from kit.db import Session, new_id
from kit.errors import Conflict, NotFound

_SEEDS = 2**53


@dataclass(frozen=True)
class TaskFilter:
    """Which tasks to list."""

    study_id: UUID | None = None
    codebook: str = ""


class TaskService:
    """Annotation tasks of the workspace of a session."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._tasks = TaskRepository(session)
        self._annotations = AnnotationRepository(session)

    async def request(self, wanted: TaskRequest, requested_by: str, task_id: UUID | None = None) -> TaskView:
        """Draws the sample and deals it out; a task that is there already under `task_id` is given back as it is.

        Raises `NotFound` for an unknown codebook and `Conflict` where nothing can be drawn.
        """
        if task_id is not None:
            await self._annotations.lock(task_id, task_id)
            if known := await self._tasks.find(task_id):
                return await self._view(known)
        guide = (await find_guide(self._session, wanted.codebook, wanted.version)).narrowed_to(wanted.codes)
        ids = await self._annotations.know_coders(wanted.coders)
        task = _task((self._session.workspace, task_id or new_id()), wanted, guide, requested_by)
        task.coder_ids = [ids[name] for name in wanted.coders]
        await EnrichmentRepository(self._session).hold_off_erasures()
        drawn = await self._draw(task, wanted)
        if not drawn:
            raise Conflict(_nothing_drawn(task))
        task.size = len(drawn)
        items = [_item(task, place, each) for place, each in enumerate(drawn)]
        for place in choose_repeated(len(items), wanted.repeat_share, task.seed):
            items[place].is_repeated = True
        await self._tasks.add(task, items, _slots(task, items))
        return await self._view(task)

    async def reassign(self, task_id: UUID, wanted: Reassignment) -> ReassignedView:
        """Gives the open items of a coder to another; raises `NotFound`, and `Conflict` where nothing was dealt out."""
        task = await self.find(task_id)
        ids = await self._annotations.know_coders([wanted.coder, wanted.to])
        coder_id, to = ids[wanted.coder], ids[wanted.to]
        if coder_id not in task.coder_ids or coder_id == to:
            raise Conflict(f"{wanted.coder} has no items of this task to give to {wanted.to}.")
        if to not in task.coder_ids:
            task.coder_ids = [*task.coder_ids, to]
        moved, left = await self._tasks.move_open(task_id, coder_id, to)
        return ReassignedView(moved=moved, left=left)

    async def _draw(self, task: TaskRow, wanted: TaskRequest) -> list[Drawn]:
        """The sample, in the order in which it is coded; notes in the task how much there was to draw from."""
        population = Population(task.study_id, Unit(task.unit), wanted.languages)
        eligible = await self._tasks.count(population, wanted.stratify_by)
        task.population = sum(eligible.values())
        if wanted.sample is SampleKind.UNCERTAINTY:
            return await self._tasks.draw_uncertain(population, task)
        return await self._tasks.draw(population, wanted.stratify_by, allot(eligible, wanted.size), task.seed)

    async def get(self, task_id: UUID) -> TaskView:
        """One task; raises `NotFound`."""
        return await self._view(await self.find(task_id))

    async def find(self, task_id: UUID) -> TaskRow:
        """One task as it is stored; raises `NotFound`."""
        task = await self._tasks.find(task_id)
        if task is None:
            raise NotFound(f"No annotation task has the id {task_id} in this workspace.")
        return task

    async def list_newest(self, wanted: TaskFilter, before: UUID | None, limit: int) -> list[TaskView]:
        """Tasks, newest first, older than `before` when it is given."""
        tasks = await self._tasks.list_newest(wanted.study_id, wanted.codebook, before, limit)
        return await self._views(tasks)

    async def _view(self, task: TaskRow) -> TaskView:
        [view] = await self._views([task])
        return view

    async def _views(self, tasks: Sequence[TaskRow]) -> list[TaskView]:
        progress = await self._tasks.progress([task.id for task in tasks])
        names = await self._annotations.names_of({coder for task in tasks for coder in task.coder_ids})
        return [TaskView.of(task, _named(task.coder_ids, names), progress.get(task.id, Progress())) for task in tasks]


def _named(coder_ids: Sequence[UUID], names: Mapping[UUID, str]) -> list[str]:
    return [names[coder_id] for coder_id in coder_ids]


def _task(key: tuple[str, UUID], wanted: TaskRequest, guide: Guide, requested_by: str) -> TaskRow:
    """The task before its sample is drawn; `key` is its workspace and id."""
    return TaskRow(
        workspace_id=key[0],
        id=key[1],
        study_id=wanted.study_id,
        codebook=guide.codebook,
        version=guide.version,
        unit=guide.unit,
        choice=guide.choice,
        codes=[code.model_dump(mode="json") for code in guide.codes],
        sample=wanted.sample,
        stratified_by=wanted.stratify_by,
        languages=wanted.languages,
        seed=randbelow(_SEEDS) if wanted.seed is None else wanted.seed,
        size=wanted.size,
        population=0,
        coder_ids=[],
        coders_per_item=wanted.coders_per_item,
        requested_by=requested_by,
        created_at=datetime.now(UTC),
    )


def _item(task: TaskRow, place: int, drawn: Drawn) -> ItemRow:
    return ItemRow(
        workspace_id=task.workspace_id,
        id=new_id(),
        task_id=task.id,
        place=place,
        is_repeated=False,
        outdated_at=None,
        **vars(drawn),
    )


def _slots(task: TaskRow, items: Sequence[ItemRow]) -> list[SlotRow]:
    """Room for every answer that is wanted: of a named coder, or of whoever asks first."""
    each = task.coders_per_item
    nobody: tuple[UUID | None, ...] = (None,) * each
    dealt = assign(len(items), task.coder_ids, each, task.seed) if task.coder_ids else [nobody] * len(items)
    return [
        SlotRow(
            workspace_id=task.workspace_id,
            id=new_id(),
            task_id=task.id,
            item_id=item.id,
            coder_id=coder_id,
            occasion=FIRST,
            turn=item.place,
            lease_until=None,
            reopened_at=None,
            done_at=None,
        )
        for item, coders in zip(items, dealt, strict=True)
        for coder_id in coders
    ]


def _nothing_drawn(task: TaskRow) -> str:
    if not task.population:
        return "This study has no statement to draw from yet: send posts, or wait until enrichment has read them."
    return (
        f"No statement of this study carries a code of {task.codebook} version {task.version}, so that none is "
        "uncertain; draw a random sample."
    )
