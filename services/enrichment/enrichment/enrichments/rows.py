"""Enrichments as rows and back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

import numpy as np
import orjson

from enrichment.enrichments.documents import codes_of, entities_of, personal_data_of, reasons_of, to_documents
from enrichment.enrichments.enrichment import Enrichment, Origin, Wording
from enrichment.models import EnrichmentRow, StatementRow
from enrichment.readings.reading import ReaderVersion, Reading, StatementReading
from enrichment.sentiments.polarity import Polarity, Sentiment
from enrichment.texts.layout import Layout
from enrichment.texts.spans import Span

JsonRow: TypeAlias = dict[str, object]


def document(rows: Iterable[JsonRow]) -> str:
    """Many rows as one JSON document."""
    return orjson.dumps(list(rows), option=orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_UTC_Z).decode()


def row_of(enrichment: Enrichment) -> JsonRow:
    """The row of a post, as JSON that PostgreSQL takes apart."""
    origin, reading = enrichment.origin, enrichment.reading
    return {
        "post_id": origin.post_id,
        "author_id": origin.author_id,
        "platform": origin.platform,
        "published_at": origin.published_at,
        "study_ids": origin.study_ids,
        "is_repost": origin.is_repost,
        "copy_of": origin.copy_of,
        "revision": enrichment.revision,
        "text_digest": _hex(enrichment.wording.text_digest),
        "spoken_digest": _hex(enrichment.wording.spoken_digest),
        "spoken_runs": enrichment.wording.layout.runs,
        "model": enrichment.version.model,
        "coding": enrichment.version.coding,
        "language": reading.language,
        **_sentiment_row(reading.sentiment),
        "vector": np.frombuffer(reading.vector, "<f2"),
        "keyphrases": reading.keyphrases,
        "code_keys": reading.code_keys,
        "codes": to_documents(reading.codes),
        "entities": to_documents(reading.entities),
        "reasons": to_documents(reading.reasons),
        "personal_data": to_documents(reading.personal_data),
    }


def statement_rows_of(enrichment: Enrichment) -> list[JsonRow]:
    """The rows of its statements, in order."""
    return [
        {
            "post_id": enrichment.origin.post_id,
            "position": position,
            "start": statement.span.start,
            "stop": statement.span.end,
            **_sentiment_row(statement.sentiment),
            "vector": _hex(statement.vector),
            "codes": to_documents(statement.codes),
        }
        for position, statement in enumerate(enrichment.reading.statements)
    ]


def _sentiment_row(sentiment: Sentiment) -> JsonRow:
    polarity = None if sentiment.polarity is None else int(sentiment.polarity)
    shares = {name: getattr(sentiment, name) for name in ("negative", "neutral", "positive")}
    return {"polarity": polarity, **shares}


def _hex(value: bytes) -> str:
    return f"\\x{value.hex()}"


def enrichment_of(row: EnrichmentRow, statements: Iterable[StatementRow]) -> Enrichment:
    """The enrichment that a post's row and those of its statements tell."""
    studies = tuple(sorted(row.study_ids))
    origin = Origin(row.post_id, row.author_id, row.platform, row.published_at, studies, row.is_repost, row.copy_of)
    version = ReaderVersion(row.model, row.coding)
    wording = Wording(row.text_digest, row.spoken_digest or b"", Layout.of_runs(row.spoken_runs))
    return Enrichment(origin, row.revision, wording, version, _reading(row, statements))


def _reading(row: EnrichmentRow, statements: Iterable[StatementRow]) -> Reading:
    return Reading(
        row.language,
        _sentiment(row),
        row.vector,
        tuple(map(_statement, statements)),
        tuple(row.keyphrases),
        codes_of(row.codes),
        entities_of(row.entities),
        reasons_of(row.reasons),
        personal_data_of(row.personal_data),
    )


def _statement(row: StatementRow) -> StatementReading:
    return StatementReading(Span(row.start, row.stop), row.vector, _sentiment(row), codes_of(row.codes))


def _sentiment(row: EnrichmentRow | StatementRow) -> Sentiment:
    polarity = None if row.polarity is None else Polarity(row.polarity)
    return Sentiment(polarity, row.negative, row.neutral, row.positive)
