"""Read texts with every model at once: one pass of the encoder feeds all heads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from enrichment.encoding.encoder import Encoder
from enrichment.keyphrases.extraction import keyphrases
from enrichment.languages.identifier import LanguageIdentifier
from enrichment.readings.reading import Reading, StatementReading
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

    @property
    def model(self) -> str:
        """Name and version of the encoder."""
        return self.encoder.label

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
        statements = [split(text, language) for text, language in zip(texts, languages, strict=True)]
        encoded = self.encoder.encode(texts, statements)
        sentiments = self._sentiments(texts, encoded.features, languages)
        parts = self._parts(texts, languages, statements, encoded.statement_features)
        vectors, part_vectors = _halved(encoded.vectors), iter(_halved(encoded.statement_vectors))
        for row, (text, language, spans) in enumerate(zip(texts, languages, statements, strict=True)):
            yield Reading(
                language,
                sentiments[row],
                vectors[row],
                _statements(spans, [next(part_vectors) for _ in spans], [next(parts) for _ in spans]),
                tuple(keyphrases(text, language)),
            )

    def _parts(
        self,
        texts: Sequence[str],
        languages: Sequence[str],
        statements: Sequence[Sequence[Span]],
        features: NDArray[np.float32],
    ) -> Iterator[Sentiment]:
        """Sentiments of all statements; each is taken to be in the language of its text."""
        said = [text[span.start : span.end] for text, spans in zip(texts, statements, strict=True) for span in spans]
        spoken_in = chain.from_iterable(
            [language] * len(spans) for language, spans in zip(languages, statements, strict=True)
        )
        return iter(self._sentiments(said, features, list(spoken_in)))

    def _sentiments(
        self, texts: Sequence[str], features: NDArray[np.float32], languages: Sequence[str]
    ) -> list[Sentiment]:
        shares = self.head.probabilities(texts, features, languages)
        polarities = self.head.decide(shares)
        return [Sentiment(polarity, *row) for polarity, row in zip(polarities, shares.tolist(), strict=True)]


def _statements(
    spans: Sequence[Span], vectors: Sequence[bytes], sentiments: Sequence[Sentiment]
) -> tuple[StatementReading, ...]:
    kept = vectors if len(spans) > 1 else [b""] * len(spans)
    return tuple(map(StatementReading, spans, kept, sentiments))


def _halved(vectors: NDArray[np.float32]) -> list[bytes]:
    return [row.tobytes() for row in vectors.astype("<f2")]
