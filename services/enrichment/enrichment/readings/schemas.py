"""What a reading found, as REST shows it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field

from enrichment.coding.codes import Code, CoderKind, told
from enrichment.entities.entity import Entity, EntityKind
from enrichment.personal.data import PersonalData, PersonalKind
from enrichment.personal.masking import masked_name
from enrichment.readings.reading import Reading, StatementReading
from enrichment.reasons.reason import Reason
from enrichment.sentiments.polarity import Sentiment
from enrichment.texts.spans import Span

_SHARES = ("negative", "neutral", "positive", "strength")


class SentimentView(BaseModel):
    """Calibrated probabilities that add up to 1; `label` is null where the model abstains."""

    label: Literal["negative", "neutral", "positive"] | None
    negative: float
    neutral: float
    positive: float
    strength: float = Field(description="How strongly it leans to one side, whichever: 0 to 1.")

    @classmethod
    def of(cls, sentiment: Sentiment) -> Self:
        """The view of a sentiment."""
        shares = {name: round(getattr(sentiment, name), 4) for name in _SHARES}
        label = None if sentiment.polarity is None else sentiment.polarity.name.lower()
        return cls.model_validate({"label": label, **shares})


class CodeView(BaseModel):
    """One code of one codebook, as a coder gave it; an abstention is no code at all."""

    codebook: str
    version: int = Field(description="Version of the codebook.")
    code: str
    probability: float = Field(description="Calibrated where a model coded, the rule's precision where a rule did.")
    coder: CoderKind
    start: int = Field(description="First character of the evidence in the text, in Unicode code points.")
    end: int = Field(description="One past the last character.")
    effect: Literal["barrier", "enabler"] | None = Field(description="Of drivers of a target behaviour.")
    experiencer: Literal["self", "close_other", "people", "brand"] | None
    tense: Literal["past", "present", "intended", "hypothetical"] | None
    study_id: UUID | None = Field(description="Set only where the code depends on the study.")

    @classmethod
    def of(cls, code: Code) -> Self:
        """The view of a code."""
        attributes = {name: getattr(code, name) or None for name in ("effect", "experiencer", "tense")}
        same = {name: getattr(code, name) for name in ("codebook", "version", "code", "coder", "start", "end")}
        probability = round(code.probability, 4)
        return cls.model_validate({**same, **attributes, "probability": probability, "study_id": code.study or None})


class EntityView(BaseModel):
    """A thing that a post names."""

    kind: EntityKind
    name: str = Field(description="What all ways to write it share; masked where it is personal data.")
    start: int
    end: int
    probability: float
    sentiment: Literal["negative", "neutral", "positive"] | None = Field(description="Of what is said of it.")

    @classmethod
    def of(cls, entity: Entity, masked: Sequence[PersonalData]) -> Self:
        """The view of an entity; its name does not show what is masked."""
        label = None if entity.polarity is None else entity.polarity.name.lower()
        same = {name: getattr(entity, name) for name in ("kind", "start", "end")}
        name = masked_name(entity, masked)
        return cls.model_validate(
            {**same, "name": name, "probability": round(entity.probability, 4), "sentiment": label}
        )


class SpanView(BaseModel):
    """Half-open range of characters of the text, in Unicode code points."""

    start: int
    end: int

    @classmethod
    def of(cls, span: Span) -> Self:
        """The view of a span."""
        return cls(start=span.start, end=span.end)


class ReasonView(BaseModel):
    """Why something is so, in the words of the post: `cause` explains `effect`."""

    cause: SpanView
    effect: SpanView
    connective: SpanView = Field(description="The words that tie them, such as `because`.")

    @classmethod
    def of(cls, reason: Reason) -> Self:
        """The view of a reason."""
        return cls(**{name: SpanView.of(getattr(reason, name)) for name in ("cause", "effect", "connective")})


class PersonalDataView(BaseModel):
    """Personal data in a post; whatever is shown of the post has it masked, unless the caller has `personal`."""

    kind: PersonalKind
    start: int
    end: int

    @classmethod
    def of(cls, data: PersonalData) -> Self:
        """The view of personal data."""
        return cls(kind=data.kind, start=data.start, end=data.end)


class StatementView(BaseModel):
    """One clause or short sentence."""

    index: int
    start: int = Field(description="First character in the text, in Unicode code points.")
    end: int = Field(description="One past the last character.")
    sentiment: SentimentView
    codes: list[CodeView]

    @classmethod
    def of(cls, index: int, statement: StatementReading) -> Self:
        """The view of the statement at a position."""
        return cls(
            index=index,
            start=statement.span.start,
            end=statement.span.end,
            sentiment=SentimentView.of(statement.sentiment),
            codes=[CodeView.of(each) for each in told(statement.codes)],
        )


class FindingsView(BaseModel):
    """What was found in one text."""

    language: str | None = Field(description="BCP 47; null when the text does not tell.")
    sentiment: SentimentView
    statements: list[StatementView]
    keyphrases: list[str] = Field(description="Most telling first.")
    codes: list[CodeView] = Field(description="Codes of the text as a whole.")
    entities: list[EntityView]
    reasons: list[ReasonView]
    personal_data: list[PersonalDataView]


def findings(reading: Reading, shows_personal_data: bool = False) -> dict[str, object]:
    """The fields of `FindingsView`, of a reading; names of entities that are personal data are masked unless shown."""
    masked = () if shows_personal_data else reading.personal_data
    return {
        "language": reading.language or None,
        "sentiment": SentimentView.of(reading.sentiment),
        "statements": [StatementView.of(index, each) for index, each in enumerate(reading.statements)],
        "keyphrases": list(reading.keyphrases),
        "codes": [CodeView.of(each) for each in told(reading.codes)],
        "entities": [EntityView.of(each, masked) for each in reading.entities],
        "reasons": [ReasonView.of(each) for each in reading.reasons],
        "personal_data": [PersonalDataView.of(each) for each in reading.personal_data],
    }
