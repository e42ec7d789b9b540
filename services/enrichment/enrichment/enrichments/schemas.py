"""Enrichments as REST shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field

from enrichment.enrichments.enrichment import Enrichment
from enrichment.readings.reading import StatementReading
from enrichment.sentiments.polarity import Sentiment


class SentimentView(BaseModel):
    """Calibrated probabilities that add up to 1; `label` is null where the model abstains."""

    label: Literal["negative", "neutral", "positive"] | None
    negative: float
    neutral: float
    positive: float

    @classmethod
    def of(cls, sentiment: Sentiment) -> Self:
        """The view of a sentiment."""
        shares = {name: round(getattr(sentiment, name), 4) for name in ("negative", "neutral", "positive")}
        label = None if sentiment.polarity is None else sentiment.polarity.name.lower()
        return cls.model_validate({"label": label, **shares})


class StatementView(BaseModel):
    """One clause or short sentence."""

    index: int
    start: int = Field(description="First character in the text, in Unicode code points.")
    end: int = Field(description="One past the last character.")
    sentiment: SentimentView

    @classmethod
    def of(cls, index: int, statement: StatementReading) -> Self:
        """The view of the statement at a position."""
        sentiment = SentimentView.of(statement.sentiment)
        return cls(index=index, start=statement.span.start, end=statement.span.end, sentiment=sentiment)


class EnrichmentView(BaseModel):
    """What is known of one post."""

    post_id: UUID
    author_id: UUID
    platform: str
    published_at: datetime
    study_ids: list[UUID]
    is_repost: bool
    revision: int = Field(description="Revision of the post that was read.")
    language: str | None = Field(description="BCP 47; null when the text does not tell.")
    sentiment: SentimentView
    statements: list[StatementView]
    keyphrases: list[str] = Field(description="Most telling first.")
    model: str = Field(description="Name and version of the encoder.")

    @classmethod
    def of(cls, enrichment: Enrichment) -> Self:
        """The view of an enrichment."""
        origin, reading = enrichment.origin, enrichment.reading
        return cls(
            post_id=origin.post_id,
            author_id=origin.author_id,
            platform=origin.platform,
            published_at=origin.published_at,
            study_ids=list(origin.study_ids),
            is_repost=origin.is_repost,
            revision=enrichment.revision,
            language=reading.language or None,
            sentiment=SentimentView.of(reading.sentiment),
            statements=[StatementView.of(index, each) for index, each in enumerate(reading.statements)],
            keyphrases=list(reading.keyphrases),
            model=enrichment.model,
        )


class CoverageView(BaseModel):
    """How much of a study is enriched; the same question can be asked of every service."""

    study_id: UUID
    posts: int = Field(description="Distinct posts.")
    first_published_at: datetime | None
    last_published_at: datetime | None
