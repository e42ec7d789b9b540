"""Load the models as the settings name them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from enrichment.codebooks.shelf import shipped
from enrichment.coding.coder import Coders
from enrichment.cues.coder import CueCoder
from enrichment.encoding.encoder import Encoder
from enrichment.languages.identifier import LanguageIdentifier
from enrichment.readings.reader import Reader
from enrichment.sentiments.head import MODEL, SentimentHead
from enrichment.settings import EnrichmentSettings

_OF_STATEMENTS = ("speech_act", "drivers", "needs", "relationship")
_OF_POSTS = ("promotion",)


def load(settings: EnrichmentSettings) -> Reader:
    """A reader whose models fit together.

    Raises `WeightsError` or `HeadError`, whose message says what to change.
    """
    encoder = Encoder.load(settings.encoder, settings.precision)
    head = SentimentHead.load(Path(settings.sentiment_head or MODEL), encoder.label)
    return Reader(encoder, LanguageIdentifier.load(), head, Coders([_by_cues(_OF_STATEMENTS)], [_by_cues(_OF_POSTS)]))


def _by_cues(names: Sequence[str]) -> CueCoder:
    return CueCoder(tuple(map(shipped, names)))
