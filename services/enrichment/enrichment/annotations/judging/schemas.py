"""What coders are shown and what they answer."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from enrichment.annotations.judgement import Answer, CoderRole
from enrichment.annotations.judging.showing import Shown
from enrichment.annotations.tasks.guides import MOST_CODES, Name
from enrichment.annotations.tasks.schemas import CoderName
from enrichment.models import AnnotationRow, ItemRow
from kit.db import clean_text

Note = Annotated[str, AfterValidator(clean_text), Field(max_length=2_000)]


class CoderProgress(BaseModel):
    """How far one coder is."""

    done: int = Field(description="Answers given.")
    left: int = Field(description="Items that are still to be shown to this coder.")


class ItemView(BaseModel):
    """One item to code. It tells neither where it comes from nor what anybody else found in it."""

    slot_id: UUID = Field(description="Name it in the answer.")
    language: str | None
    before: str = Field(description="Words in front of the item, for the context.")
    text: str = Field(description="What is to be coded; personal data is masked.")
    after: str
    start: int = Field(description="Position of the first character of `text`, to count spans from.")
    lease_until: datetime = Field(description="Until then nobody else is shown this slot.")

    @classmethod
    def of(cls, slot_id: UUID, item: ItemRow, shown: Shown, lease_until: datetime) -> Self:
        """The view of an item as it is shown."""
        return cls(
            slot_id=slot_id,
            language=item.language or None,
            before=shown.before,
            text=shown.text,
            after=shown.after,
            start=shown.start,
            lease_until=lease_until,
        )


class NextView(BaseModel):
    """The next item of a coder, or null when nothing is left for now."""

    item: ItemView | None
    progress: CoderProgress


class Evidence(BaseModel):
    """Characters of the post, half-open, in Unicode code points; they lie within the item."""

    model_config = ConfigDict(extra="forbid")

    start: int = Field(ge=0, lt=2**31)
    end: int = Field(ge=0, lt=2**31)


class Judged(BaseModel):
    """What somebody says of an item: `codes`, or `none` of them, or `cannot_tell`."""

    model_config = ConfigDict(extra="forbid")

    answer: Answer
    codes: list[Name] = Field(default=[], max_length=MOST_CODES)
    span: Evidence | None = Field(default=None, description="Which words say so.")
    note: Note = ""

    @model_validator(mode="after")
    def _is_one_answer(self) -> Self:
        if (self.answer is Answer.CODES) != bool(self.codes):
            raise ValueError("give codes with the answer `codes`, and none with any other")
        if len(set(self.codes)) < len(self.codes):
            raise ValueError("name every code once")
        if self.span and self.span.end <= self.span.start:
            raise ValueError("a span ends after its start")
        return self


class AnnotationRequest(Judged):
    """A coder's answer about the item that a slot holds; another answer for the same slot replaces it."""

    slot_id: UUID
    coder: CoderName | None = Field(default=None, description="Records for somebody else; takes the scope `admin`.")


class UndoRequest(BaseModel):
    """Whose last answer is taken back."""

    model_config = ConfigDict(extra="forbid")

    coder: CoderName | None = Field(default=None, description="Somebody else; takes the scope `admin`.")


class Recorded(BaseModel):
    """What is on record for a slot now; `answer` is null where it was taken back."""

    slot_id: UUID
    answer: Answer | None
    codes: list[str]
    progress: CoderProgress


class AnnotationView(BaseModel):
    """One annotation on record. It was replaced, or taken back, where `replaced_at` is given."""

    id: UUID
    item_id: UUID
    post_id: UUID
    statement: int | None = Field(description="Position of the statement in its post; null where posts are coded.")
    item_start: int
    item_end: int
    language: str | None
    inclusion_probability: float | None
    coder: str
    kind: CoderRole
    is_repetition: bool
    answer: Answer
    codes: list[str]
    span: Evidence | None
    note: str
    recorded_by: str
    created_at: datetime
    replaced_at: datetime | None

    @classmethod
    def of(cls, annotation: AnnotationRow, item: ItemRow, coder: str) -> Self:
        """The view of a stored annotation."""
        same = ("id", "item_id", "kind", "answer", "codes", "note", "recorded_by", "created_at", "replaced_at")
        of_item = {
            "post_id": item.post_id,
            "statement": item.position,
            "item_start": item.start,
            "item_end": item.stop,
            "language": item.language or None,
            "inclusion_probability": item.inclusion_probability,
        }
        return cls.model_validate(
            {
                **{name: getattr(annotation, name) for name in same},
                **of_item,
                "coder": coder,
                "is_repetition": annotation.occasion > 0,
                "span": evidence_of(annotation),
            }
        )


def evidence_of(annotation: AnnotationRow) -> Evidence | None:
    """The span of an annotation, if it has one."""
    if annotation.start is None or annotation.stop is None:
        return None
    return Evidence(start=annotation.start, end=annotation.stop)
