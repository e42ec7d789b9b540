"""Score cues and stated reasons, and print them code by code: `python -m enrichment.scores.cues`."""

from __future__ import annotations

import csv
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from enrichment.codebooks.shelf import shipped
from enrichment.coding.coder import Coder, Passages
from enrichment.cues.coder import CueCoder
from enrichment.reasons.finder import reasons
from enrichment.scores.gold import LANGUAGES, Agreement, Gold, agreements, gold_folder, read_gold, together
from enrichment.scores.rows import ScoreRow, table_of
from enrichment.training.corpora import data_folder

LAYERS = ("speech_act", "drivers", "needs", "relationship", "promotion")
STATEMENT_LAYERS = LAYERS[:-1]
# Tan, Zuo and Ng 2022 (UniCausal), of models that were trained on the same data.
_CAUSAL = {
    "altlex": ("AltLex train part, whole", "UniCausal 56"),
    "semeval2010t8": ("SemEval-2010 task 8 train part, whole", "UniCausal 81"),
}
_SUGGESTIONS = frozenset({"speech_act/suggestion", "needs/request"})


@dataclass(frozen=True)
class CueScorer:
    """By hand-coded statements of our own, and by data sets that no cue was written or tuned on."""

    folder: Path

    def rows(self) -> list[ScoreRow]:
        """F1 of each layer and language; of suggestions, needs and stated reasons on public data."""
        return [*self._gold_rows(), self._suggestions(), self._needs(), *map(self._reasons, _CAUSAL)]

    def _gold_rows(self) -> list[ScoreRow]:
        return [
            _row(f"{name}, {language}", together(found.values()), "cues", "coded by hand, unseen half", texts)
            for name in LAYERS
            for language in LANGUAGES
            for found, texts in [held_out(name, language)]
        ]

    def _suggestions(self) -> ScoreRow:
        lines = _read(self.folder / "suggestion_mining" / "trialA.csv")
        found = _coded([line["text"] for line in lines])
        given = [not _SUGGESTIONS.isdisjoint(keys) for keys in found]
        agreement = _agreement(given, [line["suggestion"] == "1" for line in lines])
        return _row("suggestions", agreement, "cues, untrained", "SemEval-2019 task 9 trial A", len(lines), "78.1")

    def _needs(self) -> ScoreRow:
        """A named need is only part of what the data set calls need-bearing: precision is what counts."""
        lines = _read(self.folder / "customer_needs" / "needs.csv")
        given = [any(key.startswith("needs/") for key in keys) for keys in _coded([line["sentence"] for line in lines])]
        agreement = _agreement(given, [line["label"] == "1" for line in lines])
        return _row("need-bearing, by a named need", agreement, "cues, untrained", "customer needs, whole", len(lines))

    def _reasons(self, name: str) -> ScoreRow:
        scored_on, published = _CAUSAL[name]
        lines = _read(self.folder / "unicausal" / f"{name}_train.csv")
        given = [bool(reasons(line["text"], "en")) for line in lines]
        agreement = _agreement(given, [line["seq_label"] == "1" for line in lines])
        return _row("states a cause", agreement, "connectives, untrained", scored_on, len(lines), published)


def held_out(name: str, language: str) -> tuple[dict[str, Agreement], int]:
    """The agreement on each code of a layer on the unseen half of its statements, and how many those are."""
    gold = _unseen(name, language)
    return agreements(CueCoder((shipped(name),)), name, gold), len(gold)


def microseconds_per_statement(coder: Coder, texts: Sequence[str], language: str) -> float:
    """Processor time of one coding, of the fastest of five runs in batches of 256."""
    batches = [texts[first : first + 256] for first in range(0, len(texts), 256)]
    passages = [_passages(batch, language) for batch in batches]
    times = []
    for _ in range(5):
        started = time.process_time()
        for each in passages:
            coder.code(each)
        times.append(time.process_time() - started)
    return 1e6 * min(times) / len(texts)


def main() -> None:
    """Prints the table, precision and recall of each code, and what coding costs."""
    folder, console = data_folder(), Console(width=160)
    console.print(table_of(CueScorer(folder).rows()))
    console.print(_codes_table())
    coder = CueCoder(tuple(map(shipped, STATEMENT_LAYERS)))
    texts = [line["text"] for line in _read(folder / "airline" / "airline.csv")[:3000]]
    console.print(f"All layers together: {microseconds_per_statement(coder, texts, 'en'):.0f} µs per English tweet.")


def _codes_table() -> Table:
    table = Table(title="Cues on the unseen half of the statements coded by hand", title_justify="left")
    for column in ("layer", "language", "code", "right", "given", "wanted", "precision", "recall"):
        table.add_column(column)
    for name in LAYERS:
        for language in LANGUAGES:
            for code, found in held_out(name, language)[0].items():
                counts = map(str, (found.right, found.given, found.wanted))
                table.add_row(name, language, code, *counts, _share(found.precision), _share(found.recall))
    return table


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _row(task: str, found: Agreement, model: str, scored_on: str, texts: int, published: str = "") -> ScoreRow:
    right = None if found.precision is None else 100 * found.precision
    answered = 100 * found.given / texts
    return ScoreRow(task, "F1", 100 * found.f1, published, model, scored_on, texts, answered=answered, right=right)


def _unseen(name: str, language: str) -> list[Gold]:
    gold = read_gold(gold_folder() / f"{name}.yaml")
    return [each for each in gold if each.is_held_out and each.language == language]


def _coded(texts: Sequence[str]) -> list[frozenset[str]]:
    codes = CueCoder((shipped("speech_act"), shipped("needs"))).code(_passages(texts, "en"))
    return [frozenset(code.key for code in of_text) for of_text in codes]


def _passages(texts: Sequence[str], language: str) -> Passages:
    empty = np.zeros((len(texts), 1), np.float32)
    return Passages(texts, [language] * len(texts), empty, empty)


def _agreement(given: Sequence[bool], wanted: Sequence[bool]) -> Agreement:
    right = sum(found and is_right for found, is_right in zip(given, wanted, strict=True))
    return Agreement(right, sum(given), sum(wanted))


def _read(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


if __name__ == "__main__":
    main()
