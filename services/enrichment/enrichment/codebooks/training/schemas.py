"""Scores of heads as REST shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from enrichment.models import HeadRow


class EstimateView(BaseModel):
    """A measure, and the interval that holds it in 95 % of resamples of the labels."""

    model_config = ConfigDict(extra="ignore")

    value: float
    low: float
    high: float


class CodeScoreView(BaseModel):
    """How well a code is found in labels that the head had not seen; null where they are too few to tell."""

    code: str
    present: int = Field(description="Labels that carry it.")
    absent: int = Field(description="Labels that do not.")
    threshold: float = Field(description="Probability from which on it is given.")
    precision: EstimateView | None
    recall: EstimateView | None
    f1: EstimateView | None


class ScoresView(BaseModel):
    """The head that codes now, and its scores by five-fold cross-validation.

    They tell of passages like those that were labelled: labels chosen by uncertainty are harder than what is said
    on average.
    """

    version: int = Field(description="Version of the codebook that it was trained for.")
    model: str = Field(description="Encoder whose vectors it reads.")
    labels: int = Field(description="Labels that it has learnt from; without any it codes by prototypes.")
    trained_at: datetime
    macro_f1: float | None = Field(description="Mean over the codes that have a score.")
    codes: list[CodeScoreView]

    @classmethod
    def of(cls, head: HeadRow) -> Self:
        """The view of a head."""
        codes = [CodeScoreView.model_validate(each) for each in head.scores]
        scored = [each.f1.value for each in codes if each.f1]
        return cls(
            version=head.version,
            model=head.model,
            labels=head.labels,
            trained_at=head.created_at,
            macro_f1=sum(scored) / len(scored) if scored else None,
            codes=codes,
        )
