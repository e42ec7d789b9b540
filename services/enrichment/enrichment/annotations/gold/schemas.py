"""Disagreements, decisions and gold labels as REST takes and shows them."""

from __future__ import annotations

from typing import Self
from uuid import UUID

from pydantic import BaseModel, Field

from enrichment.annotations.gold.gold import Gold, Origin
from enrichment.annotations.judgement import Answer, Item, Judgement
from enrichment.annotations.judging.schemas import Judged
from enrichment.annotations.judging.showing import Shown


class AnswerView(BaseModel):
    """What one coder said."""

    coder: str
    answer: Answer
    codes: list[str]
    note: str

    @classmethod
    def of(cls, judgement: Judgement, coder: str) -> Self:
        """The view of a judgement."""
        return cls(coder=coder, answer=judgement.answer, codes=sorted(judgement.codes), note=judgement.note)


class DisagreementView(BaseModel):
    """An item that everybody has answered, not all alike. The text is null where its post has changed or gone."""

    item_id: UUID
    post_id: UUID
    language: str | None
    before: str | None
    text: str | None
    after: str | None
    answers: list[AnswerView]

    @classmethod
    def of(cls, item: Item, shown: Shown | None, answers: list[AnswerView]) -> Self:
        """The view of a disputed item."""
        return cls(
            item_id=item.id,
            post_id=item.post_id,
            language=item.language or None,
            before=shown.before if shown else None,
            text=shown.text if shown else None,
            after=shown.after if shown else None,
            answers=answers,
        )


class DecisionRequest(Judged):
    """An adjudicator's decision about an item; another one replaces it."""

    item_id: UUID


class GoldView(BaseModel):
    """What an item is, as far as people can say."""

    item_id: UUID
    post_id: UUID
    statement: int | None
    item_start: int
    item_end: int
    language: str | None
    inclusion_probability: float | None
    answer: Answer
    codes: list[str]
    origin: Origin = Field(description="`unanimous` where all coders agreed, `adjudicated` where one decided.")

    @classmethod
    def of(cls, item: Item, gold: Gold) -> Self:
        """The view of a gold label."""
        return cls(
            item_id=item.id,
            post_id=item.post_id,
            statement=item.position,
            item_start=item.start,
            item_end=item.stop,
            language=item.language or None,
            inclusion_probability=item.inclusion_probability,
            answer=gold.answer,
            codes=sorted(gold.codes),
            origin=gold.origin,
        )
