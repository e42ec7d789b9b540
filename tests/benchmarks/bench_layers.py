"""What each layer of a reading costs: microseconds of one core per post."""

import time
from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from typing import Any
from uuid import uuid4

from google.protobuf.timestamp_pb2 import Timestamp

from enrichment.coding.coder import Coder, Passages, code_all
from enrichment.enrichments.enrichment import Enrichment, Wording
from enrichment.enrichments.messages import to_message
from enrichment.enrichments.rows import JsonRow, document, row_of, statement_rows_of
from enrichment.keyphrases.extraction import keyphrases
from enrichment.personal.finder import find_personal_data
from enrichment.readings.desk import _use_one_core
from enrichment.readings.loading import load
from enrichment.readings.reader import Reader
from enrichment.readings.reading import Reading
from enrichment.reasons.finder import reasons
from enrichment.settings import EnrichmentSettings
from enrichment.statements.splitter import split
from kit.events import seal
from pourquoi.enrichment.v1.events_pb2 import PostEnriched
from pourquoi.ingest.v1.events_pb2 import Post

POSTS, AT_ONCE, ROUNDS = 2_048, 128, 3
Results = list[tuple[str, str, str]]


def test_cost_of_layers(texts: list[str], results: Results) -> None:
    _use_one_core()
    reader = load(EnrichmentSettings())
    sample = texts[:POSTS]
    layers = {**layers_of_reading(reader, sample), **layers_of_storing(reader, sample)}
    whole = cost(lambda: read(reader, sample))
    for name, micros in layers.items():
        results.append((f"layer: {name}", f"{micros:.0f} µs/post", f"{micros / whole:.1%} of a reading"))
    results.append(("a reading, all layers", f"{whole:.0f} µs/post", f"{1e6 / whole:,.0f} posts/s and core"))


def cost(work: Callable[[], object]) -> float:
    """The best of some rounds: whatever else the machine does only ever adds."""
    seconds = []
    for _ in range(ROUNDS):
        begin = time.process_time()
        work()
        seconds.append(time.process_time() - begin)
    return min(seconds) / POSTS * 1e6


def read(reader: Reader, texts: Sequence[str]) -> list[Reading]:
    pieces = (texts[first : first + AT_ONCE] for first in range(0, len(texts), AT_ONCE))
    return list(chain.from_iterable(map(reader.read, pieces)))


def layers_of_reading(reader: Reader, texts: list[str]) -> dict[str, float]:
    languages = reader.identifier.identify(texts)
    spans = [split(*each) for each in zip(texts, languages, strict=True)]
    encoded = reader.encoder.encode(texts, spans)
    owned = [(row, span) for row, of_post in enumerate(spans) for span in of_post]
    posts = Passages(texts, languages, encoded.features, encoded.vectors)
    statements = Passages(
        [texts[row][span.start : span.end] for row, span in owned],
        [languages[row] for row, _ in owned],
        encoded.statement_features,
        encoded.statement_vectors,
    )
    return {
        "language": cost(lambda: reader.identifier.identify(texts)),
        "splitting": cost(lambda: [split(*each) for each in zip(texts, languages, strict=True)]),
        "encoder": cost(lambda: [reader.encoder.encode(*each) for each in _pieces(texts, spans)]),
        "sentiment": cost(lambda: [_sentiment(reader, each) for each in (posts, statements)]),
        "keyphrases": cost(lambda: [keyphrases(*each) for each in zip(texts, languages, strict=True)]),
        "entities": cost(lambda: reader.finder.find(texts, languages, encoded)),
        "reasons": cost(lambda: [reasons(*each) for each in zip(texts, languages, strict=True)]),
        "personal data": cost(lambda: [find_personal_data(*each) for each in zip(texts, languages, strict=True)]),
        **{f"coder of posts {name}": cost(work) for name, work in _coding(reader.coders.posts, posts)},
        **{f"coder of statements {name}": cost(work) for name, work in _coding(reader.coders.statements, statements)},
    }


def _pieces(texts: list[str], spans: list[Any]) -> list[tuple[list[str], list[Any]]]:
    firsts = range(0, len(texts), AT_ONCE)
    return [(texts[first : first + AT_ONCE], spans[first : first + AT_ONCE]) for first in firsts]


def _sentiment(reader: Reader, passages: Passages) -> object:
    return reader.head.decide(reader.head.probabilities(passages))


def _coding(coders: Sequence[Coder], passages: Passages) -> list[tuple[str, Callable[[], object]]]:
    return [(coder.version, lambda coder=coder: code_all([coder], passages)) for coder in coders]  # type: ignore[misc]


def layers_of_storing(reader: Reader, texts: list[str]) -> dict[str, float]:
    posts = [post(text) for text in texts]
    enriched = [
        Enrichment.of(each, reader.version, reading) for each, reading in zip(posts, read(reader, texts), strict=True)
    ]
    return {
        "wording, to tell copies": cost(lambda: [Wording.of(text) for text in texts]),
        "rows for the database": cost(lambda: [document(rows) for rows in _rows(enriched)]),
        "events": cost(lambda: [seal(PostEnriched(enrichment=to_message(each)), "alpha") for each in enriched]),
    }


def _rows(enriched: list[Enrichment]) -> tuple[Iterable[JsonRow], Iterable[JsonRow]]:
    return map(row_of, enriched), chain.from_iterable(map(statement_rows_of, enriched))


def post(text: str) -> Post:
    return Post(
        id=str(uuid4()),
        author_id=str(uuid4()),
        platform="x",
        text=text,
        published_at=Timestamp(seconds=1_780_000_000),
        study_ids=[str(uuid4())],
        revision=1,
    )
