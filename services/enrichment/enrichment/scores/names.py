"""Score the tagger of names: a name counts where its words and its type are right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from enrichment.encoding.encoder import Encoder
from enrichment.entities.tagger import Name, NameTagger
from enrichment.scores.rows import ScoreRow
from enrichment.texts.spans import Span
from enrichment.training.names import TaggedText, btc, wnut

_TEXTS_AT_ONCE = 500


@dataclass(frozen=True)
class EntityScore:
    """How many names were found, how many there are, and how many of those found are right."""

    texts: int
    found: int
    present: int
    right: int

    @property
    def precision(self) -> float:
        """Share of the names found that are right."""
        return self.right / max(1, self.found)

    @property
    def recall(self) -> float:
        """Share of the names present that were found."""
        return self.right / max(1, self.present)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall, as seqeval has it."""
        return 2 * self.right / max(1, self.found + self.present)


def entity_scores(
    encoder: Encoder, tagger: NameTagger, texts: Sequence[TaggedText], threshold: float | None = None
) -> EntityScore:
    """Asks the tagger; `encoder` has its projection.

    Where the data set has one type for several of ours, any of them is right; its hashtags are then not counted.
    """
    cut = tagger.threshold if threshold is None else threshold
    found = present = right = 0
    for first in range(0, len(texts), _TEXTS_AT_ONCE):
        some = texts[first : first + _TEXTS_AT_ONCE]
        said = [each.text for each in some]
        encoded = encoder.encode(said)
        for text, names in zip(some, tagger.tag(said, encoded.tokens, encoded.token_states), strict=True):
            wanted = {span: kinds for span, kinds in text.names if _counts(span, text)}
            given = {
                Span(name.start, name.end): name.kind
                for name in names
                if name.probability >= cut and name.kind not in text.untagged and _counts(name, text)
            }
            found, present = found + len(given), present + len(wanted)
            right += sum(kind in wanted.get(span, ()) for span, kind in given.items())
    return EntityScore(len(texts), found, present, right)


def _counts(place: Span | Name, text: TaggedText) -> bool:
    return not (text.untagged and text.text[place.start] == "#")


def name_rows(encoder: Encoder, tagger: NameTagger, folder: Path) -> list[ScoreRow]:
    """WNUT 2017's dev part, which is of another domain than its training part, and BTC's dev part."""
    parts = {
        ("WNUT17 dev", "best system 41.9 (test)"): wnut(folder, "emerging.dev.conll"),
        ("BTC dev, three types", ""): btc(folder, "btc.dev"),
    }
    rows = []
    for (part, published), texts in parts.items():
        score = entity_scores(encoder, tagger, texts)
        for measure in ("f1", "precision", "recall"):
            ours = 100 * float(getattr(score, measure))
            published_here = published if measure == "f1" else ""
            rows.append(ScoreRow("names", f"entity {measure}", ours, published_here, "CRF", part, score.texts))
    return rows
