"""Tell the language of a text from its character n-grams, or say that it does not tell.

Multinomial naive Bayes on hashed n-grams (Cavnar and Trenkle 1994 for the idea, Lui and Baldwin 2012 for the
form), trained by `enrichment.training.language`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from enrichment.heads.files import HeadFile
from enrichment.texts.ngrams import NgramHasher
from enrichment.texts.spans import worded

MODEL = Path(__file__).with_name("languages.safetensors")
NGRAMS = NgramHasher(sizes=(1, 2, 3, 4, 5), words=(1,), bits=17)
# Laughter sounds alike in many languages.
_LAUGHTER = re.compile(r"\b(?:[ah]{4,}|[eh]{4,}|l+o+l+|x+d+)\b")
_IDEOGRAPHS = re.compile(r"[぀-ヿ一-鿿]{2}")


@dataclass(frozen=True)
class LanguageIdentifier:
    """Knows `codes` (BCP 47); `weights` has a column of log odds for each, per n-gram.

    A naive Bayes is too sure of long texts, so the log odds of a text with n n-grams are divided by
    `scale * n ** power` before they become probabilities; below `threshold` it abstains. A single word, which is often
    one of several languages, must be surer: it has a `word_threshold`.
    """

    codes: tuple[str, ...]
    weights: NDArray[np.float32]
    scale: float
    power: float
    threshold: float
    word_threshold: float

    @classmethod
    def load(cls, file: Path = MODEL) -> LanguageIdentifier:
        """Reads a model file; raises `HeadError` when it is not what it should be."""
        head = HeadFile.load(file)
        step, low = float(head.facts["step"]), float(head.facts["low"])
        return cls(
            codes=tuple(json.loads(head.facts["codes"])),
            weights=head.tensors["weights"].astype(np.float32) * np.float32(step) + np.float32(low),
            scale=float(head.facts["scale"]),
            power=float(head.facts["power"]),
            threshold=float(head.facts["threshold"]),
            word_threshold=float(head.facts["word_threshold"]),
        )

    def identify(self, texts: Sequence[str]) -> list[str]:
        """The code of each text's language, or an empty string."""
        probabilities = self.probabilities(texts)
        best = probabilities.argmax(1)
        is_sure = probabilities[np.arange(len(best)), best] >= self.thresholds(texts)
        return [self.codes[code] if sure else "" for code, sure in zip(best, is_sure, strict=True)]

    def thresholds(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """The probability that each text's language must have for an answer."""
        return np.where([is_word(text) for text in texts], self.word_threshold, self.threshold)

    def probabilities(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """One row per text, one column per code; a text without letters gets equal shares."""
        said = [plain(text) for text in texts]
        counts = NGRAMS.count(said)
        sizes = np.maximum(1, np.asarray(counts.sum(1)).ravel())
        odds = (counts @ self.weights).astype(np.float64) / (self.scale * sizes**self.power)[:, None]
        odds[[not any(map(str.isalpha, text)) for text in said]] = 0
        shares: NDArray[np.float64] = np.exp(odds - odds.max(1, keepdims=True))
        shares /= shares.sum(1, keepdims=True)
        return shares


def plain(text: str) -> str:
    """Lower case, without handles, web addresses and laughter: names, servers and "haha" speak no language."""
    return _LAUGHTER.sub(_blank, worded(text).lower())


def is_word(text: str) -> bool:
    """True for a text with no more than one word besides handles, web addresses and laughter.

    Chinese and Japanese have no spaces: two of their characters count as two words.
    """
    said = plain(text)
    return len(said.split()) < 2 and not _IDEOGRAPHS.search(said)


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])
