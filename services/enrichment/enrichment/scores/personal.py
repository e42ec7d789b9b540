"""Score the search for personal data on synthetic sentences."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from enrichment.personal.data import PersonalData, PersonalKind
from enrichment.personal.finder import find_personal_data
from enrichment.scores.rows import ScoreRow

_KINDS = {
    "EMAIL_ADDRESS": PersonalKind.MAIL,
    "PHONE_NUMBER": PersonalKind.PHONE,
    "IBAN_CODE": PersonalKind.IBAN,
    "CREDIT_CARD": PersonalKind.CARD,
    "STREET_ADDRESS": PersonalKind.ADDRESS,
    "US_SSN": PersonalKind.ID,
    "IP_ADDRESS": PersonalKind.ID,
}


@dataclass(frozen=True)
class Sentence:
    """A sentence with its personal data."""

    text: str
    wanted: tuple[PersonalData, ...]


def sentences(folder: Path) -> list[Sentence]:
    """Sentences made by Presidio's research project (Microsoft, MIT), of the kinds that we look for."""
    documents = json.loads((folder / "pii_presidio" / "synth_dataset_v2.json").read_text(encoding="utf-8"))
    return [Sentence(each["full_text"], tuple(_wanted(each["spans"]))) for each in documents]


def _wanted(spans: Sequence[dict[str, str | int]]) -> list[PersonalData]:
    return [
        PersonalData(_KINDS[str(each["entity_type"])], int(each["start_position"]), int(each["end_position"]))
        for each in spans
        if each["entity_type"] in _KINDS
    ]


def personal_rows(folder: Path) -> list[ScoreRow]:
    """Recall and precision of each kind; a span counts where one of the same kind overlaps it."""
    present, met, given, right = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    texts = sentences(folder)
    for sentence in texts:
        found = find_personal_data(sentence.text, "en")
        present.update(each.kind for each in sentence.wanted)
        given.update(each.kind for each in found)
        met.update(each.kind for each in sentence.wanted if _overlaps(each, found))
        right.update(each.kind for each in found if _overlaps(each, sentence.wanted))
    return [
        _row(kind, measure, 100 * part[kind] / whole[kind], whole[kind])
        for kind in PersonalKind
        for measure, part, whole in (("recall", met, present), ("precision", right, given))
        if whole[kind]
    ]


def _overlaps(data: PersonalData, others: Sequence[PersonalData]) -> bool:
    return any(each.kind == data.kind and each.start < data.end and each.end > data.start for each in others)


def _row(kind: PersonalKind, measure: str, ours: float, spans: int) -> ScoreRow:
    return ScoreRow(f"personal data: {kind}", measure, ours, "", "rules", "Presidio synthetic sentences", spans)
