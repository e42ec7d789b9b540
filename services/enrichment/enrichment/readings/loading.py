"""Load the models as the settings name them."""

from __future__ import annotations

from pathlib import Path

from enrichment.coding.coder import Coders
from enrichment.encoding.encoder import Encoder
from enrichment.encoding.weights import WeightsError
from enrichment.entities.finder import EntityFinder
from enrichment.entities.tagger import MODEL as NAMES
from enrichment.entities.tagger import NameTagger
from enrichment.languages.identifier import LanguageIdentifier
from enrichment.readings.reader import Reader
from enrichment.sentiments.head import MODEL, SentimentHead
from enrichment.settings import EnrichmentSettings


def load(settings: EnrichmentSettings) -> Reader:
    """A reader whose models fit together and fit the database.

    Raises `WeightsError` or `HeadError`, whose message says what to change.
    """
    encoder = Encoder.load(settings.encoder, settings.precision)
    if encoder.dimensions != settings.dimensions:
        raise WeightsError(
            f"{encoder.label} gives vectors of {encoder.dimensions} dimensions: set ENRICHMENT_DIMENSIONS to "
            "that before the database is migrated."
        )
    head = SentimentHead.load(Path(settings.sentiment_head or MODEL), encoder.label)
    tagger = NameTagger.load(encoder.label, Path(settings.names_model or NAMES))
    tagging = encoder.with_projection(tagger.layers.projection)
    return Reader(tagging, LanguageIdentifier.load(), head, Coders(), EntityFinder(tagger))
