"""Answers: which are possible about an item, and how they go on record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from enrichment.annotations.judgement import FIRST, CoderRole
from enrichment.annotations.judging.schemas import Judged
from enrichment.annotations.tasks.guides import Choice
from enrichment.models import AnnotationRow, ItemRow, SlotRow, TaskRow
from kit.db import new_id
from kit.errors import Invalid


@dataclass(frozen=True)
class Recording:
    """Who says something, as what, and about what; an adjudicator fills no slot."""

    task: TaskRow
    item: ItemRow
    role: CoderRole
    coder_id: UUID
    recorded_by: str
    slot: SlotRow | None = None


def check(task: TaskRow, item: ItemRow, wanted: Judged) -> None:
    """Raises `Invalid` for codes that the task does not ask about, for too many, and for a span beside the item."""
    asked = [str(code["code"]) for code in task.codes]
    strangers = sorted(set(wanted.codes) - set(asked))
    if strangers:
        raise Invalid(f"This task does not ask about {', '.join(strangers)}; it asks about: {', '.join(asked)}.")
    if task.choice == Choice.ONE and len(wanted.codes) > 1:
        raise Invalid(f"The codebook {task.codebook} gives an item one code at most; choose the one that fits best.")
    span = wanted.span
    if span and item.position is not None and not item.start <= span.start < span.end <= item.stop:
        raise Invalid(f"The span must lie within the item: {item.start} to {item.stop}.")


def says_the_same(annotation: AnnotationRow, wanted: Judged) -> bool:
    """True where an answer only repeats what is on record."""
    span = (wanted.span.start, wanted.span.end) if wanted.span else (None, None)
    return (annotation.answer, set(annotation.codes), (annotation.start, annotation.stop), annotation.note) == (
        wanted.answer,
        set(wanted.codes),
        span,
        wanted.note,
    )


def annotation_of(recording: Recording, wanted: Judged) -> AnnotationRow:
    """The answer as it goes on record."""
    return AnnotationRow(
        workspace_id=recording.task.workspace_id,
        id=new_id(),
        task_id=recording.task.id,
        item_id=recording.item.id,
        slot_id=recording.slot.id if recording.slot else None,
        coder_id=recording.coder_id,
        kind=recording.role,
        occasion=recording.slot.occasion if recording.slot else FIRST,
        answer=wanted.answer,
        codes=sorted(wanted.codes),
        start=wanted.span.start if wanted.span else None,
        stop=wanted.span.end if wanted.span else None,
        note=wanted.note,
        recorded_by=recording.recorded_by,
        created_at=datetime.now(UTC),
        replaced_at=None,
    )
