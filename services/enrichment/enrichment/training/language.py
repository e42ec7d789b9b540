"""Train the language identifier: `python -m enrichment.training.language`, about a minute."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Annotated, TypeAlias

import numpy as np
import typer
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.metrics import log_loss

from enrichment.heads.files import HeadFile
from enrichment.languages.identifier import MODEL, NGRAMS, LanguageIdentifier, is_word, plain
from enrichment.training.corpora import Labelled, data_folder, umsab, written

# Those that people post in most and that the data can tell apart.
WRITTEN = (
    *("ar", "cs", "da", "de", "el", "en", "es", "fa", "fi", "fr", "he", "hi", "hu", "id", "it", "ja", "ko"),
    *("nb", "nl", "pl", "pt", "ro", "ru", "sv", "th", "tr", "uk", "vi", "zh"),
)
ROMANISED_HINDI = "hi-Latn"
SMOOTHING = 0.02
# Share of the answers that must be right among texts of one word and of two: a word is often of several languages, and
# to ask the same of it as of a pair would leave most words without an answer.
WORD_PRECISION, PAIR_PRECISION = 0.95, 0.96
_FOLDS = 4
_STEPS = 255

Floats: TypeAlias = NDArray[np.float64]
_log = logging.getLogger(__name__)


def main(file: Annotated[Path, typer.Option(help="Model file to write.")] = MODEL) -> None:
    """Train the language identifier on the data sets in POURQUOI_DATA and write its model file."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    texts = training_texts(data_folder())
    save(LanguageIdentifier(codes(texts), log_odds(texts), *calibrate(texts)), file)


def training_texts(folder: Path) -> list[Labelled]:
    """Edited texts and tweets, without those that are held out or belong to a validation part."""
    edited = [
        Labelled(text.text, 0, text.language)
        for text in written(folder)
        if text.language in WRITTEN and not text.is_held_out
    ]
    tweets = umsab(folder, "train")
    hindi = tweets.pop(ROMANISED_HINDI)
    known = edited + [text for texts in tweets.values() for text in texts]
    return known + _without_english(hindi, known)


def _without_english(tweets: list[Labelled], known: list[Labelled]) -> list[Labelled]:
    """Many of the tweets that UMSAB calls Hindi are plain English, which must not be learnt as Hindi."""
    identifier = LanguageIdentifier(codes(known), log_odds(known), 1, 0.5, 0, 0)
    found = identifier.identify([tweet.text for tweet in tweets])
    return [tweet for tweet, code in zip(tweets, found, strict=True) if code != "en"]


def codes(texts: list[Labelled]) -> tuple[str, ...]:
    """The languages of the texts."""
    return tuple(sorted({text.language for text in texts}))


def log_odds(texts: list[Labelled]) -> NDArray[np.float32]:
    """Log probability of each n-gram in each language, less its mean over languages (additive smoothing)."""
    columns = codes(texts)
    counts = NGRAMS.count([plain(text.text) for text in texts])
    languages = np.array([text.language for text in texts])
    totals = np.stack([np.asarray(counts[languages == code].sum(0)).ravel() for code in columns], 1) + SMOOTHING
    odds = np.log(totals / totals.sum(0))
    centred: NDArray[np.float32] = (odds - odds.mean(1, keepdims=True)).astype(np.float32)
    return centred


def calibrate(texts: list[Labelled]) -> tuple[float, float, float, float]:
    """Scale and power that make odds into honest probabilities, and the thresholds for word pairs and for words.

    Found on texts that were left out in turn.
    """
    columns = codes(texts)
    fold_of = np.random.default_rng(0).integers(_FOLDS, size=len(texts))
    odds, sizes = np.zeros((len(texts), len(columns))), np.zeros(len(texts))
    for fold in range(_FOLDS):
        weights = log_odds([text for text, at in zip(texts, fold_of, strict=True) if at != fold])
        counts = NGRAMS.count([plain(text.text) for text, at in zip(texts, fold_of, strict=True) if at == fold])
        odds[fold_of == fold], sizes[fold_of == fold] = counts @ weights, np.asarray(counts.sum(1)).ravel()
    labels = np.array([columns.index(text.language) for text in texts])

    def loss(parameters: Floats) -> float:
        return float(log_loss(labels, _shares(odds, sizes, np.exp(parameters[0]), parameters[1])))

    found = minimize(loss, np.array([0.0, 0.5]), method="Nelder-Mead", options={"maxiter": 60}).x
    scale, power = float(np.exp(found[0])), float(found[1])
    shares, words = _shares(odds, sizes, scale, power), np.array([_words(text.text) for text in texts])
    threshold = _threshold(shares[words == 2], labels[words == 2], PAIR_PRECISION)
    return scale, power, threshold, _threshold(shares[words < 2], labels[words < 2], WORD_PRECISION)


def _words(text: str) -> int:
    return 1 if is_word(text) else max(2, len(plain(text).split()))


def _shares(odds: Floats, sizes: Floats, scale: float, power: float) -> Floats:
    scaled = odds / (scale * np.maximum(1, sizes) ** power)[:, None]
    shares: Floats = np.exp(scaled - scaled.max(1, keepdims=True))
    shares /= shares.sum(1, keepdims=True)
    return shares


def _threshold(shares: Floats, labels: NDArray[np.int64], precision: float) -> float:
    """The lowest probability from which on so many of the answers are right."""
    best, is_right = shares.max(1), shares.argmax(1) == labels
    order = np.argsort(-best)
    reached = is_right[order].cumsum() / np.arange(1, len(order) + 1)
    return float(best[order][np.flatnonzero(reached >= precision)[-1]])


def save(identifier: LanguageIdentifier, file: Path) -> None:
    """Writes the identifier with its weights in 256 steps."""
    low, high = float(identifier.weights.min()), float(identifier.weights.max())
    step = (high - low) / _STEPS
    tensors = {"weights": np.rint((identifier.weights - low) / step).astype(np.uint8)}
    facts = {name: str(getattr(identifier, name)) for name in ("scale", "power", "threshold", "word_threshold")}
    HeadFile(tensors, facts | {"low": str(low), "step": str(step), "codes": json.dumps(identifier.codes)}).save(file)
    _log.info("Wrote %s: thresholds %.2f and %.2f.", file.name, identifier.threshold, identifier.word_threshold)


if __name__ == "__main__":
    typer.run(main)
