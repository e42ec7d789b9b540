"""Score the text-level heads that ship: sentiment, emotion, offensive language, hate and irony."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from statistics import mean

import numpy as np

from enrichment.coding.coder import Passages
from enrichment.encoding.encoder import Encoder
from enrichment.heads.files import SHIPPED
from enrichment.heads.text_head import TextHead
from enrichment.scores.measures import Answers, Findings, Score
from enrichment.scores.published import FASTTEXT, GOEMOTIONS, TWEETEVAL, XLM_T
from enrichment.scores.rows import ScoreRow
from enrichment.training.corpora import UMSAB_LANGUAGES
from enrichment.training.examples import Example
from enrichment.training.tasks import Task, all_tasks

MODEL = "head on MiniLM"
# The groups of the published score, which counts optimism as joy.
_EKMAN = ("anger", "disgust", "fear", "joy", "sadness", "surprise", "neutral")


@dataclass(frozen=True)
class TextHeadScorer:
    """Asks heads, which know the language of the data set; texts that they do not read are scored as well."""

    encoder: Encoder
    folder: Path
    heads: Path = SHIPPED

    def rows(self) -> list[ScoreRow]:
        """All text-level heads."""
        return [*self._tweeteval(), self._feelings(), *self._sentiment()]

    @cached_property
    def tasks(self) -> Mapping[str, Task]:
        """The tasks that the heads were trained on; each knows its scored part."""
        return all_tasks(self.folder)

    def emotion(self) -> Answers:
        """Which of four emotions a tweet of TweetEval's test part expresses."""
        return self._answers("emotion", self.tasks["emotion"].part("scored"))

    def found(self, name: str) -> Findings:
        """What the head of that name finds in the scored part of its data."""
        head, examples = self.head(name), self.tasks[name].part("scored")
        targets = self.tasks[name].targets(examples) > 0
        return Findings(targets, self._shares(head, examples), head.cuts, head.thresholds)

    def ekman(self) -> Findings:
        """Ekman's emotions and neutral in the development part of GoEmotions."""
        found = self.found("feelings")
        classes = self.head("feelings").classes
        columns = [classes.index(name) for name in _EKMAN]
        joy, optimism = _EKMAN.index("joy"), classes.index("optimism")
        targets, shares = found.targets[:, columns], found.shares[:, columns].copy()
        targets[:, joy] |= found.targets[:, optimism]
        # Where optimism is found, so is joy: it is as sure as the surer of the two, each by its own cut.
        surer = found.shares[:, optimism] - found.cuts[optimism] + found.cuts[columns[joy]]
        shares[:, joy] = np.clip(np.maximum(shares[:, joy], surer), 0, 1)
        return Findings(targets, shares, found.cuts[columns], found.thresholds[columns])

    def tweeteval_sentiment(self) -> Answers:
        """TweetEval's validation part, without texts of the training data."""
        return self._answers("sentiment_en", self.tasks["sentiment"].part("elsewhere"))

    def umsab(self) -> dict[str, Answers]:
        """UMSAB's validation part, by language."""
        tweets = self.tasks["sentiment"].part("scored")
        return {
            code: self._answers(
                "sentiment_en" if code == "en" else "sentiment", [tweet for tweet in tweets if tweet.language == code]
            )
            for code in UMSAB_LANGUAGES.values()
        }

    def head(self, name: str) -> TextHead:
        """The head of that name."""
        return TextHead.load(self.heads / f"{name}.safetensors", self.encoder.label)

    def _answers(self, name: str, examples: Sequence[Example]) -> Answers:
        head = self.head(name)
        labels = np.array([example.labels[0] for example in examples])
        return Answers(labels, self._shares(head, examples), head.thresholds)

    def _shares(self, head: TextHead, examples: Sequence[Example]) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        texts = [example.text for example in examples]
        encoded = self.encoder.encode(texts)
        languages = [example.language for example in examples]
        return head.probabilities(Passages(texts, languages, encoded.features, encoded.vectors))

    def _tweeteval(self) -> list[ScoreRow]:
        on = "TweetEval test"
        scores = {
            "emotion": ("macro-F1", self.emotion().macro_f1),
            "offensive": ("macro-F1", self.found("offensive").macro_f1),
            "hate": ("macro-F1", self.found("hate").macro_f1),
            "irony": ("F1", self.found("irony").f1),
        }
        return [row(name, measure, score, TWEETEVAL[name], on) for name, (measure, score) in scores.items()]

    def _feelings(self) -> ScoreRow:
        return row("emotion, Ekman", "macro-F1", self.ekman().f1, GOEMOTIONS, "GoEmotions dev")

    def _sentiment(self) -> list[ScoreRow]:
        english = row(
            *("sentiment en", "macro-recall", self.tweeteval_sentiment().macro_recall, TWEETEVAL["sentiment"]),
            "TweetEval validation, unseen part",
        )
        readable = self.head("sentiment").languages
        scores = {code: answers.macro_f1 for code, answers in self.umsab().items()}
        rows = [
            row(
                f"sentiment {code}" if code in readable else f"sentiment {code}, not read",
                *("macro-F1", score, f"XLM-T {XLM_T[code]}, FastText {FASTTEXT[code]}", "UMSAB validation"),
            )
            for code, score in scores.items()
        ]
        published = f"XLM-T {mean(XLM_T.values()):.1f}, FastText {mean(FASTTEXT.values()):.1f}"
        texts, ours = sum(score.texts for score in scores.values()), mean(score.value for score in scores.values())
        overall = ScoreRow("sentiment, mean of 8", "macro-F1", 100 * ours, published, MODEL, "UMSAB validation", texts)
        return [english, *rows, overall]


def row(task: str, measure: str, score: Score, published: str, scored_on: str) -> ScoreRow:
    """The row of a text-level head."""
    return ScoreRow(
        task=task,
        measure=measure,
        ours=100 * score.value,
        published=published,
        model=MODEL,
        scored_on=scored_on,
        texts=score.texts,
        calibration_error=100 * score.calibration_error,
        answered=100 * score.answered,
        right=100 * score.right,
    )
