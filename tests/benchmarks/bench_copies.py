"""How fast copies are found among real tweets, how well, and what the window takes."""

import time
from pathlib import Path

from ingest.copies.scores.corpora import originals, read_judging
from ingest.copies.scores.edits import plant
from ingest.copies.scores.measures import judge
from ingest.copies.scores.passes import run
from ingest.copies.window import Window
from ingest.settings import IngestSettings

ORIGINALS = 50_000
EACH = 1_000


def test_copies(data_folder: Path, results: list[tuple[str, str, str]]) -> None:
    planted = plant(originals(read_judging(data_folder), ORIGINALS), EACH, seed=1)
    texts = [each.text for each in planted]
    begin = time.perf_counter()
    groups = run(texts)
    rate = len(texts) / (time.perf_counter() - begin)
    outcome = judge(planted, groups)
    quality = f"precision {outcome.precision:.3f}, recall {outcome.recall:.3f} on {outcome.pairs:,} planted pairs"
    results.append((f"copies among {len(texts):,} texts", f"{rate:,.0f} texts/s", quality))
    texts_kept = IngestSettings().copies_window
    full = f"{Window(texts_kept).bytes / 2**20:,.0f} MiB"
    results.append((f"window of {texts_kept:,} texts", full, "flat however many posts pass"))
