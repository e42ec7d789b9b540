"""Analyses as REST takes and shows them."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from enrichment.personal.masking import mask_part
from enrichment.readings.reading import Reading
from enrichment.readings.schemas import FindingsView, StatementView, findings
from kit.db import clean_text

Text = Annotated[str, AfterValidator(clean_text), Field(max_length=5000)]


class AnalysisRequest(BaseModel):
    """Texts to analyse."""

    model_config = ConfigDict(extra="forbid")

    texts: list[Text] = Field(min_length=1, max_length=50)


class AnalysedStatementView(StatementView):
    """One clause or short sentence, with its words."""

    text: str


class AnalysisView(FindingsView):
    """What was found in one text."""

    statements: list[AnalysedStatementView]  # type: ignore[assignment]

    @classmethod
    def of(cls, text: str, reading: Reading, shows_personal_data: bool = False) -> Self:
        """The view of a reading of a text, with personal data masked unless it is to be shown."""
        masked = () if shows_personal_data else reading.personal_data
        statements = [
            AnalysedStatementView(text=mask_part(text, each.span, masked), **StatementView.of(index, each).model_dump())
            for index, each in enumerate(reading.statements)
        ]
        return cls.model_validate({**findings(reading, shows_personal_data), "statements": statements})


class AnalysesView(BaseModel):
    """Analyses in the order of the texts."""

    model: str = Field(description="Name and version of the encoder.")
    items: list[AnalysisView]
