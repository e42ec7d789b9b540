"""An enrichment as the service holds it, and as events and gRPC carry it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

from google.protobuf.timestamp_pb2 import Timestamp

from enrichment.readings.reading import Reading, StatementReading
from enrichment.sentiments.polarity import Sentiment
from pourquoi.enrichment.v1 import events_pb2
from pourquoi.ingest.v1.events_pb2 import Post


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a post comes from and where it belongs, as ingest says."""

    post_id: UUID
    author_id: UUID
    platform: str
    published_at: datetime
    study_ids: tuple[UUID, ...]
    is_repost: bool

    @classmethod
    def of(cls, post: Post) -> Origin:
        """Reads a post of an event; raises `ValueError` when an id is none."""
        return cls(
            UUID(post.id),
            UUID(post.author_id),
            post.platform,
            post.published_at.ToDatetime(UTC),
            tuple(sorted(map(UUID, post.study_ids))),
            post.is_repost,
        )


@dataclass(frozen=True, slots=True)
class Enrichment:
    """What is known of one post; `text_digest` tells whether another revision has the same text."""

    origin: Origin
    revision: int
    text_digest: bytes
    model: str
    reading: Reading

    @classmethod
    def of(cls, post: Post, model: str, reading: Reading) -> Enrichment:
        """What `model` read in a post; raises `ValueError` when one of its ids is none."""
        return cls(Origin.of(post), post.revision, digest(post.text), model, reading)

    def moved_to(self, post: Post) -> Enrichment:
        """The enrichment of a later revision with the same text."""
        return replace(self, origin=Origin.of(post), revision=post.revision)

    def to_message(self) -> events_pb2.PostEnrichment:
        """The enrichment in protobuf."""
        origin, reading = self.origin, self.reading
        published_at = Timestamp()
        published_at.FromDatetime(origin.published_at)
        return events_pb2.PostEnrichment(
            post_id=str(origin.post_id),
            author_id=str(origin.author_id),
            platform=origin.platform,
            published_at=published_at,
            study_ids=map(str, origin.study_ids),
            revision=self.revision,
            language=reading.language,
            sentiment=_sentiment(reading.sentiment),
            vector=reading.vector,
            statements=[_statement(index, statement) for index, statement in enumerate(reading.statements)],
            keyphrases=reading.keyphrases,
            model=self.model,
            is_repost=origin.is_repost,
        )


def digest(text: str) -> bytes:
    """Tells texts apart without keeping them."""
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


def _statement(index: int, statement: StatementReading) -> events_pb2.Statement:
    return events_pb2.Statement(
        index=index,
        start=statement.span.start,
        end=statement.span.end,
        vector=statement.vector,
        sentiment=_sentiment(statement.sentiment),
    )


def _sentiment(sentiment: Sentiment) -> events_pb2.Sentiment:
    label = 0 if sentiment.polarity is None else sentiment.polarity + 1
    return events_pb2.Sentiment(
        label=events_pb2.SentimentLabel.ValueType(label),
        negative=sentiment.negative,
        neutral=sentiment.neutral,
        positive=sentiment.positive,
    )
