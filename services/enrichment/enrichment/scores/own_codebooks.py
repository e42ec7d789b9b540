"""Score own codebooks, trained as a workspace trains them, on public data that ships with nothing."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import f1_score, roc_auc_score

from enrichment.codebooks.evaluation import Course, train
from enrichment.codebooks.fewshot import Floats, Labelled, Prior, fit
from enrichment.codebooks.heads import Head, decide
from enrichment.encoding.encoder import Encoder
from enrichment.scores.rows import ScoreRow

_SEEDS = 5
_LABELS_A_CODE = 8


@dataclass(frozen=True)
class _Passages:
    """Labelled texts and their vectors; `present` has a column per code."""

    texts: list[str]
    vectors: Floats
    present: Floats

    def part(self, rows: NDArray[np.int64]) -> _Passages:
        return _Passages([self.texts[row] for row in rows], self.vectors[rows], self.present[rows])


@dataclass(frozen=True)
class OwnCodebookScorer:
    """Codebooks whose definitions are the names of the classes; `folder` holds the data sets."""

    encoder: Encoder
    folder: Path

    def rows(self) -> list[ScoreRow]:
        """BANKING77 with few labels, CAVES with many, and what CLINC150 has out of scope."""
        return [*self.banking(), self.caves(), self.clinc()]

    def banking(self) -> list[ScoreRow]:
        """Accuracy on the test part with eight labels a code: the mean of five draws, and how they differ."""
        learnt, asked = (_csv(self.folder / f"banking77/{part}.csv", "category") for part in ("train", "test"))
        known = {text.strip().lower() for text, _ in asked}
        learnt = [(text, codes) for text, codes in learnt if text.strip().lower() not in known]
        codes = sorted({code for _, found in asked for code in found})
        pool, test = self._read(learnt, codes), self._read(asked, codes)
        found = [self._few(codes, pool, test, seed) for seed in range(_SEEDS)]
        accuracy, answered, right = np.mean(found, axis=0)
        deviation = 100 * float(np.std([each[0] for each in found], ddof=1))
        return [
            ScoreRow(
                f"own codebook, {_LABELS_A_CODE} labels a code",
                f"accuracy (sd of {_SEEDS} draws {deviation:.1f})",
                100 * accuracy,
                "bge-small 85.7 (MTEB, all labels)",
                "few-shot head",
                "BANKING77 test",
                len(test.texts),
                answered=100 * answered,
                right=100 * right,
            )
        ]

    def caves(self) -> ScoreRow:
        """Macro-F1 on the validation part; texts that the training part shares with it are left out of training."""
        learnt, asked = (_csv(self.folder / f"caves/{part}.csv", "labels") for part in ("train", "val"))
        known = {text for text, _ in asked}
        codes = sorted({code for _, found in learnt for code in found})
        pool = self._read([each for each in learnt if each[0] not in known], codes)
        test = self._read(asked, codes)
        head = self._train(codes, pool, is_single=False)
        given = decide(head.probabilities(test.vectors, test.texts), head.thresholds, is_single=False)
        score = 100 * f1_score(test.present, given, average="macro")
        model = "head with n-grams" if head.reads_texts else "few-shot head"
        published = "71 (FIRE 2023, test)"
        return ScoreRow("own codebook, why", "macro-F1", score, published, model, "CAVES val", len(test.texts))

    def clinc(self) -> ScoreRow:
        """How well the probability of the best code tells what is in scope from what is not."""
        data = json.loads((self.folder / "clinc150/data_open.json").read_text())
        parts = {name: [(text, [code]) for text, code in data[name]] for name in ("train", "val", "oos_val")}
        known = {text for name in ("val", "oos_val") for text, _ in parts[name]}
        codes = sorted({code for _, found in parts["train"] for code in found})
        pool = self._read([each for each in parts["train"] if each[0] not in known], codes)
        # Calibration keeps the order, and with it the area: weights are enough.
        weights = fit(self._prior(codes), Labelled(pool.vectors, pool.present))
        inside, outside = (self._read(parts[name], codes) for name in ("val", "oos_val"))
        best = [weights.logits(each.vectors, None).max(1) for each in (inside, outside)]
        is_inside = np.repeat([1, 0], [len(each) for each in best])
        score = 100 * roc_auc_score(is_inside, np.concatenate(best))
        return ScoreRow(
            "own codebook, abstention", "AUROC", score, "-", "few-shot head", "CLINC150 val", len(is_inside)
        )

    def _few(self, codes: Sequence[str], pool: _Passages, test: _Passages, seed: int) -> tuple[float, float, float]:
        """Accuracy on all, the share that is answered, and how many of the answers are right."""
        random, owner = np.random.default_rng(seed), pool.present.argmax(1)
        drawn = [random.permutation(np.flatnonzero(owner == code))[:_LABELS_A_CODE] for code in range(len(codes))]
        head = self._train(codes, pool.part(np.concatenate(drawn)), is_single=True)
        shares = head.probabilities(test.vectors, test.texts)
        is_right = shares.argmax(1) == test.present.argmax(1)
        is_answered = decide(shares, head.thresholds, is_single=True).any(1)
        return float(is_right.mean()), float(is_answered.mean()), float(is_right[is_answered].mean())

    def _train(self, codes: Sequence[str], pool: _Passages, *, is_single: bool) -> Head:
        labels = Labelled(pool.vectors, pool.present)
        course = Course(tuple(codes), is_single, self._prior(codes), labels, range(len(pool.texts)), pool.texts)
        return train(course).head

    def _prior(self, codes: Sequence[str]) -> Prior:
        words = [code.replace("_", " ").replace("-", " ").replace("?", "") for code in codes]
        vectors = self.encoder.encode(words).vectors
        return Prior(Labelled(vectors, np.eye(len(codes), dtype=np.float32)), vectors[:0])

    def _read(self, labelled: Sequence[tuple[str, list[str]]], codes: Sequence[str]) -> _Passages:
        texts = [text for text, _ in labelled]
        present = [[float(code in found) for code in codes] for _, found in labelled]
        return _Passages(texts, self.encoder.encode(texts).vectors, np.array(present, np.float32))


def _csv(file: Path, column: str) -> list[tuple[str, list[str]]]:
    with file.open(newline="", encoding="utf-8") as lines:
        return [(row["text"], row[column].split()) for row in csv.DictReader(lines)]
