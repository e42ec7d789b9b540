"""Read texts with every model at once: one pass of the encoder feeds all heads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from enrichment.coding.coder import Coder, Coders, Passages, code_all
from enrichment.coding.codes import Code
from enrichment.encoding.encoder import Encoded, Encoder
from enrichment.entities.finder import EntityFinder, Tone, with_tones
from enrichment.keyphrases.extraction import keyphrases
from enrichment.languages.identifier import LanguageIdentifier
from enrichment.personal.finder import find_personal_data
from enrichment.personal.masking import blank
from enrichment.readings.reading import ReaderVersion, Reading, StatementReading
from enrichment.reasons.finder import reasons
from enrichment.sentiments.head import SentimentHead
from enrichment.sentiments.polarity import Sentiment
from enrichment.statements.splitter import split
from enrichment.texts.spans import Span


@dataclass(frozen=True)
class Reader:
    """The models that read; loading them is `enrichment.readings.loading`'s task."""

    encoder: Encoder
    identifier: LanguageIdentifier
    head: SentimentHead
    coders: Coders
    finder: EntityFinder

    @property
    def model(self) -> str:
        """Name and version of the encoder."""
        return self.encoder.label

    @property
    def version(self) -> ReaderVersion:
        """What reads: readings of another version are not to be compared with these."""
        return ReaderVersion(self.encoder.label, f"{self.coders.version}+{self.head.version}-{self.finder.version}")

    def read(self, texts: Sequence[str]) -> list[Reading]:
        """One reading per text, in order; equal texts are read once."""
        distinct = list(dict.fromkeys(texts))
        found = dict(zip(distinct, self._read(distinct), strict=True))
        return [found[text] for text in texts]

    def embed(self, texts: Sequence[str]) -> list[bytes]:
        """The unit vector of each text in float16, little endian."""
        return _halved(self.encoder.encode(texts).vectors)

    def _read(self, texts: Sequence[str]) -> Iterator[Reading]:
        languages = self.identifier.identify(texts)
        spans = [split(text, language) for text, language in zip(texts, languages, strict=True)]
        encoded = self.encoder.encode(texts, spans)
        posts = Passages(texts, languages, encoded.features, encoded.vectors)
        found = self._found(posts, self.coders.posts)
        statements = self._statements(posts, spans, encoded)
        entities = self.finder.find(texts, languages, encoded)
        for text, language, whole, parts, named in zip(texts, languages, found, spans, entities, strict=True):
            said = _of_one_post([next(statements) for _ in parts])
            personal_data = find_personal_data(text, language)
            yield Reading(
                language,
                whole.sentiment,
                whole.vector,
                said,
                tuple(keyphrases(blank(text, personal_data), language)),
                whole.codes,
                reasons=reasons(text, language),
                entities=with_tones(text, language, named, [Tone(each.span, each.sentiment.polarity) for each in said]),
                personal_data=personal_data,
            )

    def _statements(
        self, posts: Passages, spans: Sequence[Sequence[Span]], encoded: Encoded
    ) -> Iterator[StatementReading]:
        """All statements in order; each is taken to be in the language of its post."""
        owned = [(row, span) for row, of_post in enumerate(spans) for span in of_post]
        passages = Passages(
            [posts.texts[row][span.start : span.end] for row, span in owned],
            [posts.languages[row] for row, _ in owned],
            encoded.statement_features,
            encoded.statement_vectors,
        )
        for (_, span), found in zip(owned, self._found(passages, self.coders.statements), strict=True):
            codes = tuple(code.moved_by(span.start) for code in found.codes)
            yield StatementReading(span, found.vector, found.sentiment, codes)

    def _found(self, passages: Passages, coders: Sequence[Coder]) -> Iterator[_Found]:
        shares = self.head.probabilities(passages)
        polarities = self.head.decide(shares)
        codes = code_all(coders, passages)
        vectors = _halved(passages.vectors)
        for polarity, row, vector, coded in zip(polarities, shares.tolist(), vectors, codes, strict=True):
            yield _Found(Sentiment(polarity, *row), vector, coded)


@dataclass(frozen=True, slots=True)
class _Found:
    """What every passage has, be it a statement or a post."""

    sentiment: Sentiment
    vector: bytes
    codes: tuple[Code, ...]


def _of_one_post(statements: list[StatementReading]) -> tuple[StatementReading, ...]:
    """The only statement of a post needs no vector: its post's is the same."""
    return tuple(statements) if len(statements) > 1 else tuple(replace(each, vector=b"") for each in statements)


def _halved(vectors: NDArray[np.float32]) -> list[bytes]:
    return [row.tobytes() for row in vectors.astype("<f2")]
