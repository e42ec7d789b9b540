"""Real posts to plant copies into, each unlike all others before."""

import csv
import gzip
import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from ingest.copies.forms import form_of

# Two posts that share more of their word triples than this, one of them the shorter, are no two originals.
MOST_SHARED = 0.25
_TRIPLES_OF_ANYBODY = 300

Triples = set[tuple[str, ...]]


def data_folder() -> Path:
    """Where the data sets are: `POURQUOI_DATA`, or `shared/data` beside the repository; raises when absent."""
    folder = Path(os.environ.get("POURQUOI_DATA") or "../shared/data")
    if not folder.is_dir():
        raise FileNotFoundError(f"The labelled data sets are not at {folder}; set POURQUOI_DATA to where they are.")
    return folder


def read_choosing(folder: Path) -> Iterator[str]:
    """The posts on which rules and thresholds were chosen: tweets about companies."""
    with gzip.open(folder / "stocknet" / "posts_2014.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)["text"]


def read_judging(folder: Path) -> Iterator[str]:
    """The posts on which the outcome is reported: to airlines, in disasters, and in French."""
    return chain(
        _column(folder / "airline" / "airline.csv"),
        _lines(folder / "umsab" / "french"),
        _column(folder / "crisislex" / "t6_ontopic.csv.gz"),
        _lines(folder / "tweeteval" / "hate"),
        _lines(folder / "tweeteval" / "offensive"),
    )


def originals(texts: Iterable[str], most: int) -> list[str]:
    """The first `most` texts that share few word triples with any before; an independent, exact and slow rule."""
    kept: list[str] = []
    places: dict[tuple[str, ...], list[int]] = {}
    seen: set[bytes] = set()
    for text in texts:
        form = form_of(text)
        if len(kept) >= most:
            break
        triples: Triples = set(zip(form.words, form.words[1:], form.words[2:], strict=False))
        if form.digest in seen or _is_known(triples, places):
            continue
        seen.add(form.digest)
        for triple in triples:
            places.setdefault(triple, []).append(len(kept))
        kept.append(text)
    return kept


def _is_known(triples: Triples, places: dict[tuple[str, ...], list[int]]) -> bool:
    shared = Counter(chain.from_iterable(places.get(triple, ())[:_TRIPLES_OF_ANYBODY] for triple in triples))
    return any(count > MOST_SHARED * len(triples) for count in shared.values())


def _column(file: Path) -> Iterator[str]:
    with gzip.open(file, "rt", encoding="utf-8", newline="") if file.suffix == ".gz" else file.open(newline="") as rows:
        for row in csv.DictReader(rows):
            yield row["text"]


def _lines(folder: Path) -> Iterator[str]:
    for file in sorted(folder.glob("*_text.txt")):
        yield from filter(None, map(str.strip, file.read_text(encoding="utf-8").splitlines()))
