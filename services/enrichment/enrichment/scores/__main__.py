"""Print the scores of the models beside published ones."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from enrichment.encoding.encoder import Encoder
from enrichment.entities.tagger import MODEL as NAMES
from enrichment.entities.tagger import NameTagger
from enrichment.heads.files import SHIPPED
from enrichment.languages.identifier import LanguageIdentifier
from enrichment.scores.cues import CueScorer
from enrichment.scores.languages import language_rows
from enrichment.scores.names import name_rows
from enrichment.scores.own_codebooks import OwnCodebookScorer
from enrichment.scores.personal import personal_rows
from enrichment.scores.rows import table_of
from enrichment.scores.sentences import SentenceScorer
from enrichment.scores.text_heads import TextHeadScorer
from enrichment.settings import EnrichmentSettings
from enrichment.training.corpora import data_folder
from enrichment.training.material import Library


def main() -> None:
    """Scores every model on texts that it has not learnt from."""
    folder, settings = data_folder(), EnrichmentSettings()
    heads = Path(settings.heads or SHIPPED)
    encoder = Encoder.load(settings.encoder, settings.precision)
    tagger = NameTagger.load(encoder.label, Path(settings.names_model or NAMES))
    rows = [
        *TextHeadScorer(encoder, folder, heads).rows(),
        *SentenceScorer(Library(encoder), folder).rows(),
        *name_rows(encoder.with_projection(tagger.layers.projection), tagger, folder),
        *language_rows(LanguageIdentifier.load(), folder),
        *personal_rows(folder),
        *OwnCodebookScorer(encoder, folder).rows(),
        *CueScorer(folder).rows(),
    ]
    console = Console(width=200)
    console.print(table_of(rows))
    console.print(
        "Published scores are of the test parts. ECE: expected calibration error. Answered: share of texts that get an "
        "answer at the threshold of abstention. Right: share of those answers that are right."
    )


if __name__ == "__main__":
    main()
