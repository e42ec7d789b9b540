"""Agreement and consistency as REST shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel, Field

from enrichment.annotations.agreements.agreement import ITEMS_AT_LEAST, OCCURRENCES_AT_LEAST, Agreement, Status
from enrichment.annotations.agreements.consistency import WINDOW, Consistency, Window


class AgreementView(BaseModel):
    """Krippendorff's alpha of one code, or of a codebook as a whole."""

    codebook: str
    version: int
    code: str | None = Field(description="Null for the codebook as a whole: the set of codes as one nominal value.")
    language: str | None = Field(description="Null for all languages together; empty where none could be told.")
    alpha: float | None = Field(description="Null where nothing varies, or where there is nothing to compare.")
    low: float | None = Field(description="95 % interval, by resampling items.")
    high: float | None
    items: int = Field(description="Items with two answers or more.")
    coders: int
    occurrences: int = Field(description="Items in which at least one coder saw the code.")
    status: Status = Field(
        description="`firm` from .80, `tentative` from .67; `not_reportable` below, and with fewer than "
        f"{ITEMS_AT_LEAST} items or {OCCURRENCES_AT_LEAST} occurrences."
    )

    @classmethod
    def of(cls, codebook: str, version: int, agreement: Agreement) -> Self:
        """The view of a measured agreement."""
        alpha = agreement.alpha
        return cls(
            codebook=codebook,
            version=version,
            code=agreement.code,
            language=agreement.language,
            alpha=_rounded(alpha.value),
            low=_rounded(alpha.low),
            high=_rounded(alpha.high),
            items=alpha.units,
            coders=agreement.coders,
            occurrences=agreement.occurrences,
            status=agreement.status,
        )


class WindowView(BaseModel):
    """Consecutive judgements of a coder, compared with what the others found."""

    first_at: datetime
    last_at: datetime
    judgements: int
    agreeing: int

    @classmethod
    def of(cls, window: Window) -> Self:
        """The view of a window."""
        return cls(
            first_at=window.first_at, last_at=window.last_at, judgements=window.judgements, agreeing=window.agreeing
        )


class CoderView(BaseModel):
    """One coder's record in a task."""

    coder: str
    coder_id: UUID = Field(description="Pseudonym under which events name this coder.")
    judgements: int
    windows: list[WindowView] = Field(
        description=f"By {WINDOW} judgements each, against the adjudicator or else the majority of the other coders."
    )
    is_drifting: bool = Field(description="The last window agrees less than those before, by more than chance.")
    repeated: int = Field(description="Items that were answered twice.")
    kept: int = Field(description="Those of them that were answered alike.")

    @classmethod
    def of(cls, name: str, consistency: Consistency) -> Self:
        """The view of a coder's record."""
        return cls(
            coder=name,
            coder_id=consistency.coder_id,
            judgements=consistency.judgements,
            windows=[WindowView.of(each) for each in consistency.windows],
            is_drifting=consistency.is_drifting,
            repeated=consistency.repeated,
            kept=consistency.kept,
        )


class CodersView(BaseModel):
    """The coders of a task who have answered."""

    items: list[CoderView]


class AgreementsView(BaseModel):
    """The agreement about a task."""

    items: list[AgreementView]


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
