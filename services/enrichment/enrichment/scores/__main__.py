"""Print the scores of the heads beside published ones."""

from __future__ import annotations

from pathlib import Path
from statistics import mean

from rich.console import Console
from rich.table import Table

from enrichment.encoding.encoder import Encoder
from enrichment.languages.identifier import LanguageIdentifier
from enrichment.scores.measures import Answers, Score, SentimentScorer, language_answers
from enrichment.scores.own_codebooks import OwnCodebookScorer
from enrichment.scores.published import FASTTEXT, LINGUA, TWEETEVAL, XLM_T
from enrichment.scores.rows import table_of
from enrichment.sentiments.head import MODEL, SentimentHead
from enrichment.settings import EnrichmentSettings
from enrichment.training.corpora import data_folder


def main() -> None:
    """Scores sentiment and language on texts that no head has learnt from."""
    folder, settings = data_folder(), EnrichmentSettings()
    encoder = Encoder.load(settings.encoder, settings.precision)
    head = SentimentHead.load(Path(settings.sentiment_head or MODEL), encoder.label)
    scorer = SentimentScorer(encoder, head)
    console = Console()
    console.print(_tweeteval_table(scorer.tweeteval(folder).macro_recall))
    console.print(_umsab_table({code: answers.macro_f1 for code, answers in scorer.umsab(folder).items()}, head))
    console.print(_language_table(language_answers(LanguageIdentifier.load(), folder)))
    console.print(table_of(OwnCodebookScorer(encoder, folder).rows()))
    console.print(
        "Ours: on parts that were held out of training. Models by name: as published, on the test parts, which are "
        "not here; lingua chooses among 75 languages. Answered: without abstaining. Right: share of the answered."
    )


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left")
    table.add_column(columns[0])
    for column in columns[1:]:
        table.add_column(column, justify="right")
    return table


def _tweeteval_table(score: Score) -> Table:
    title = "Sentiment, TweetEval validation without texts of our training data: macro-recall"
    table = _table(title, "language", "texts", "ours", "answered", "right", *TWEETEVAL)
    table.add_row("en", *_cells(score), *map(str, TWEETEVAL.values()))
    return table


def _umsab_table(scores: dict[str, Score], head: SentimentHead) -> Table:
    columns = ("language", "texts", "ours", "answered", "right", "XLM-T", "FastText")
    table = _table("Sentiment, UMSAB validation: macro-F1", *columns)
    for code, score in scores.items():
        name = code if code in head.languages else f"{code}, not read"
        table.add_row(name, *_cells(score), str(XLM_T[code]), str(FASTTEXT[code]))
    ours = 100 * mean(score.value for score in scores.values())
    table.add_row("mean", "", f"{ours:.1f}", "", "", f"{mean(XLM_T.values()):.1f}", f"{mean(FASTTEXT.values()):.1f}")
    return table


def _language_table(answers: dict[str, Answers]) -> Table:
    columns = ("kind", "texts", "ours", "answered", "right", "lingua")
    table = _table(
        "Language, held-out texts of lingua's test data and UMSAB validation: mean accuracy over languages", *columns
    )
    for name, found in answers.items():
        # The mean over languages of the accuracy on each is the mean recall of their classes.
        table.add_row(name, *_cells(found.macro_recall), str(LINGUA.get(name, "-")))
    return table


def _cells(score: Score) -> tuple[str, str, str, str]:
    return f"{score.texts:,}", f"{100 * score.value:.1f}", f"{score.answered:.0%}", f"{score.right:.0%}"


if __name__ == "__main__":
    main()
