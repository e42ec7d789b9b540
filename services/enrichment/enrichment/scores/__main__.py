"""Print the scores of the shipped heads beside published ones."""

from __future__ import annotations

from pathlib import Path
from statistics import mean

from rich.console import Console
from rich.table import Table

from enrichment.encoding.encoder import Encoder
from enrichment.languages.identifier import LanguageIdentifier
from enrichment.scores import published
from enrichment.scores.measures import Score, SentimentScorer, language_scores
from enrichment.sentiments.head import MODEL, SentimentHead
from enrichment.settings import EnrichmentSettings
from enrichment.training.corpora import data_folder


def main() -> None:
    """Scores sentiment and language on texts that no head has learnt from."""
    folder, settings = data_folder(), EnrichmentSettings()
    encoder = Encoder.load(settings.encoder, settings.precision, settings.threads)
    head = SentimentHead.load(Path(settings.sentiment_head or MODEL), encoder.label)
    scorer = SentimentScorer(encoder, head)
    console = Console()
    console.print(_sentiment_table(scorer.tweeteval(folder), scorer.umsab(folder), head.languages))
    console.print(_language_table(language_scores(LanguageIdentifier.load(), folder)))
    console.print("Published scores are those of test parts, ours those of validation parts, which nobody learns from.")


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left")
    for column in columns:
        table.add_column(column, justify="left" if column in ("data, split", "measure") else "right")
    return table


def _sentiment_table(tweeteval: Score, by_language: dict[str, Score], languages: frozenset[str]) -> Table:
    table = _table(
        "Sentiment", "data, split", "texts", "measure", "ours", "best published", "FastText", "answered", "right"
    )
    best = published.TWEETEVAL
    table.add_row(*_cells(tweeteval), f"{best['BERTweet']} BERTweet", f"{best['FastText']}", *_abstaining(tweeteval))
    large, small = published.UMSAB["XLM-T"], published.UMSAB["FastText"]
    for code, score in by_language.items():
        abstaining = _abstaining(score) if code in languages else ("not read", "")
        table.add_row(*_cells(score), f"{large[code]} XLM-T", f"{small[code]}", *abstaining)
    means = [f"{mean(scores):.1f}" for scores in (large.values(), small.values())]
    ours = mean(score.value for score in by_language.values())
    table.add_row("UMSAB, validation, mean", "", "macro-F1", f"{ours:.1%}"[:-1], f"{means[0]} XLM-T", means[1], "", "")
    return table


def _language_table(scores: dict[str, Score]) -> Table:
    table = _table("Language", "data, split", "texts", "measure", "ours", "lingua, 75 languages", "answered", "right")
    for name, score in scores.items():
        table.add_row(*_cells(score), str(published.LINGUA.get(name, "-")), *_abstaining(score))
    return table


def _cells(score: Score) -> tuple[str, str, str, str]:
    return f"{score.data}, held out", f"{score.texts:,}", score.measure, f"{100 * score.value:.1f}"


def _abstaining(score: Score) -> tuple[str, str]:
    return f"{score.answered:.0%}", f"{score.right:.0%}"


if __name__ == "__main__":
    main()
