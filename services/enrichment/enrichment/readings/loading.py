"""Load the models as the settings name them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from enrichment.codebooks.shelf import shipped
from enrichment.coding.coder import Coders
from enrichment.cues.coder import CueCoder
from enrichment.encoding.encoder import Encoder
from enrichment.entities.finder import EntityFinder
from enrichment.entities.tagger import MODEL as NAMES
from enrichment.entities.tagger import NameTagger
from enrichment.heads.files import SHIPPED
from enrichment.heads.shipped_coders import shipped_coders
from enrichment.languages.identifier import LanguageIdentifier
from enrichment.readings.reader import Reader
from enrichment.sentiments.head import SentimentHead
from enrichment.settings import EnrichmentSettings

_OF_STATEMENTS = ("speech_act", "drivers", "needs", "relationship")
_OF_POSTS = ("promotion",)


def load(settings: EnrichmentSettings) -> Reader:
    """A reader whose models fit together.

    Raises `WeightsError` or `HeadError`, whose message says what to change.
    """
    folder = Path(settings.heads or SHIPPED)
    encoder = Encoder.load(settings.encoder, settings.precision)
    head = SentimentHead.load(encoder.label, folder)
    tagger = NameTagger.load(encoder.label, Path(settings.names_model or NAMES))
    tagging = encoder.with_projection(tagger.layers.projection)
    coders = _coders(encoder.label, folder)
    return Reader(tagging, LanguageIdentifier.load(), head, coders, EntityFinder(tagger))


def _coders(encoder: str, folder: Path) -> Coders:
    heads = shipped_coders(encoder, folder)
    return Coders([*heads.statements, _by_cues(_OF_STATEMENTS)], [*heads.posts, _by_cues(_OF_POSTS)])


def _by_cues(names: Sequence[str]) -> CueCoder:
    return CueCoder(tuple(map(shipped, names)))
