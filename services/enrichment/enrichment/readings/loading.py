"""Load the models as the settings name them."""

from __future__ import annotations

from pathlib import Path

from enrichment.encoding.encoder import Encoder
from enrichment.encoding.weights import WeightsError
from enrichment.heads.files import SHIPPED
from enrichment.heads.shipped_coders import shipped_coders
from enrichment.languages.identifier import LanguageIdentifier
from enrichment.readings.reader import Reader
from enrichment.sentiments.head import SentimentHead
from enrichment.settings import EnrichmentSettings


def load(settings: EnrichmentSettings) -> Reader:
    """A reader whose models fit together and fit the database.

    Raises `WeightsError` or `HeadError`, whose message says what to change.
    """
    folder = Path(settings.heads or SHIPPED)
    encoder = Encoder.load(settings.encoder, settings.precision)
    if encoder.dimensions != settings.dimensions:
        raise WeightsError(
            f"{encoder.label} gives vectors of {encoder.dimensions} dimensions: set ENRICHMENT_DIMENSIONS to "
            "that before the database is migrated."
        )
    head = SentimentHead.load(encoder.label, folder)
    return Reader(encoder, LanguageIdentifier.load(), head, shipped_coders(encoder.label, folder))
