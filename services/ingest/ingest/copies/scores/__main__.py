"""`python -m ingest.copies.scores`: precision, recall, rate and memory of the finding of copies.

Rules and thresholds were chosen on tweets about companies; what counts is the second table, made of other tweets.
"""

import time
from collections.abc import Iterator
from uuid import UUID

import numpy as np
from rich.console import Console
from rich.table import Table

from ingest.copies.scores.corpora import data_folder, originals, read_choosing, read_judging
from ingest.copies.scores.edits import plant
from ingest.copies.scores.measures import Outcome, judge
from ingest.copies.scores.passes import run
from ingest.copies.signatures import BANDS
from ingest.copies.window import Window

ORIGINALS = 50_000
CHOOSING_ORIGINALS = 25_000
SHARE_EDITED = 50
SIMULATED = 2_000_000
WINDOW = 500_000
CHUNK = 500


def main() -> None:
    """Prints three tables."""
    console, folder = Console(width=110), data_folder()
    for title, texts, count in (
        ("companies (chosen on these)", read_choosing(folder), CHOOSING_ORIGINALS),
        ("airlines, disasters, French, offence (judged on these)", read_judging(folder), ORIGINALS),
    ):
        kept = originals(texts, count)
        planted = plant(kept, len(kept) // SHARE_EDITED, seed=1)
        begin = time.perf_counter()
        groups = run([each.text for each in planted])
        seconds = time.perf_counter() - begin
        console.print(_table(f"{len(kept):,} tweets to or about {title}", judge(planted, groups)))
        console.print(f"{len(planted):,} texts in {seconds:.1f} s: {len(planted) / seconds:,.0f} texts/s on one core\n")
    console.print(_memory())


def _table(title: str, outcome: Outcome) -> Table:
    table = Table("edit", "found", "of", title=title)
    for kind, (found, all_of_them) in outcome.recall_by_kind.items():
        table.add_row(kind, f"{found / all_of_them:.3f}", f"{all_of_them:,}")
    table.add_section()
    table.add_row("recall, all pairs of copies", f"{outcome.recall:.4f}", f"{outcome.pairs:,}")
    table.add_row("precision, all pairs grouped", f"{outcome.precision:.4f}", f"{outcome.grouped:,}")
    for kind, count in outcome.wrong_by_kind.items():
        table.add_row(f"wrong: {kind}", str(count), "")
    return table


def _memory() -> Table:
    table = Table("texts seen", "in the window", "resident MiB", title=f"A window of {WINDOW:,} texts")
    window, draw, before = Window(WINDOW), np.random.default_rng(1), _resident()
    for start in range(0, SIMULATED, CHUNK):
        window.add(list(_ids(start, CHUNK)), draw.integers(0, 2**32, (CHUNK, BANDS), dtype=np.uint32))
        if (start + CHUNK) % (SIMULATED // 8) == 0:
            table.add_row(f"{start + CHUNK:,}", f"{len(window):,}", f"+{_resident() - before:.0f}")
    return table


def _ids(start: int, count: int) -> Iterator[UUID]:
    return (UUID(int=number << 80) for number in range(start, start + count))


def _resident() -> float:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096 / 2**20


if __name__ == "__main__":
    main()
