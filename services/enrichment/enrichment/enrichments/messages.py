"""Enrichments as events and gRPC carry them."""

from __future__ import annotations

from google.protobuf.timestamp_pb2 import Timestamp

from enrichment.coding.codes import Code, CoderKind, Effect, Experiencer, Tense, told
from enrichment.enrichments.enrichment import Enrichment
from enrichment.entities.entity import Entity
from enrichment.personal.data import PersonalData
from enrichment.personal.masking import masked_name
from enrichment.readings.reading import StatementReading
from enrichment.reasons.reason import Reason
from enrichment.sentiments.polarity import Polarity, Sentiment
from pourquoi.enrichment.v1 import events_pb2

# Looked up once: a post has a dozen codes.
_CODERS = {kind: events_pb2.CoderKind.Value(f"CODER_KIND_{kind.upper()}") for kind in CoderKind}
_EFFECTS = {kind: events_pb2.Effect.Value(f"EFFECT_{kind.upper() or 'UNSPECIFIED'}") for kind in Effect}
_EXPERIENCERS = {
    kind: events_pb2.Experiencer.Value(f"EXPERIENCER_{kind.upper() or 'UNSPECIFIED'}") for kind in Experiencer
}
_TENSES = {kind: events_pb2.Tense.Value(f"TENSE_{kind.upper() or 'UNSPECIFIED'}") for kind in Tense}


def to_message(enrichment: Enrichment) -> events_pb2.PostEnrichment:
    """The enrichment in protobuf, with personal data masked."""
    origin, reading = enrichment.origin, enrichment.reading
    published_at = Timestamp()
    published_at.FromDatetime(origin.published_at)
    return events_pb2.PostEnrichment(
        post_id=str(origin.post_id),
        author_id=str(origin.author_id),
        platform=origin.platform,
        published_at=published_at,
        study_ids=map(str, origin.study_ids),
        revision=enrichment.revision,
        language=reading.language,
        sentiment=_sentiment(reading.sentiment),
        vector=reading.vector,
        statements=[_statement(index, statement) for index, statement in enumerate(reading.statements)],
        keyphrases=reading.keyphrases,
        model=enrichment.version.model,
        is_repost=origin.is_repost,
        codes=map(code_message, told(reading.codes)),
        entities=[_entity(each, masked_name(each, reading.personal_data)) for each in reading.entities],
        reasons=map(_reason, reading.reasons),
        personal_data=map(_personal_data, reading.personal_data),
        copy_of=str(origin.copy_of or ""),
        coding=enrichment.version.coding,
    )


def _statement(index: int, statement: StatementReading) -> events_pb2.Statement:
    return events_pb2.Statement(
        index=index,
        start=statement.span.start,
        end=statement.span.end,
        vector=statement.vector,
        sentiment=_sentiment(statement.sentiment),
        codes=map(code_message, told(statement.codes)),
    )


def _sentiment(sentiment: Sentiment) -> events_pb2.Sentiment:
    return events_pb2.Sentiment(
        label=_label(sentiment.polarity),
        negative=sentiment.negative,
        neutral=sentiment.neutral,
        positive=sentiment.positive,
        strength=sentiment.strength,
    )


def _label(polarity: Polarity | None) -> events_pb2.SentimentLabel.ValueType:
    return events_pb2.SentimentLabel.ValueType(0 if polarity is None else polarity + 1)


def code_message(code: Code) -> events_pb2.Code:
    """A code in protobuf."""
    return events_pb2.Code(
        codebook=code.codebook,
        version=code.version,
        code=code.code,
        probability=code.probability,
        coder=_CODERS[code.coder],
        start=code.start,
        end=code.end,
        effect=_EFFECTS[code.effect],
        experiencer=_EXPERIENCERS[code.experiencer],
        tense=_TENSES[code.tense],
        study_id=code.study,
    )


def _entity(entity: Entity, name: str) -> events_pb2.Entity:
    return events_pb2.Entity(
        kind=entity.kind,
        start=entity.start,
        end=entity.end,
        name=name,
        probability=entity.probability,
        label=_label(entity.polarity),
    )


def _reason(reason: Reason) -> events_pb2.Reason:
    return events_pb2.Reason(
        cause_start=reason.cause.start,
        cause_end=reason.cause.end,
        effect_start=reason.effect.start,
        effect_end=reason.effect.end,
        connective_start=reason.connective.start,
        connective_end=reason.connective.end,
    )


def _personal_data(data: PersonalData) -> events_pb2.PersonalData:
    return events_pb2.PersonalData(kind=data.kind, start=data.start, end=data.end)
