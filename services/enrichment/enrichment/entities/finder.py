"""Everything that posts name, each with the sentiment of the statement that it stands in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from enrichment.encoding.encoder import Encoded
from enrichment.entities.amounts import find_amounts
from enrichment.entities.aspects import find_aspects
from enrichment.entities.dates import find_dates
from enrichment.entities.entity import Entity, EntityKind
from enrichment.entities.french import find_french_names
from enrichment.entities.marks import find_marks
from enrichment.entities.tagger import Name, NameTagger
from enrichment.entities.tags import NameType
from enrichment.sentiments.polarity import Polarity
from enrichment.texts.spans import Span

# More would be a catalogue; the rest of a post of ten thousand faces says nothing new.
MOST_ENTITIES = 200
# To be raised with every change of the rules.
RULES = 1
_KINDS = {
    NameType.PERSON: EntityKind.PERSON,
    NameType.LOCATION: EntityKind.PLACE,
    NameType.CORPORATION: EntityKind.ORGANISATION,
    NameType.GROUP: EntityKind.ORGANISATION,
    NameType.PRODUCT: EntityKind.PRODUCT,
    NameType.WORK: EntityKind.WORK,
}
# What is said of a day or a sum is said of something else.
_TONELESS = frozenset({EntityKind.MONEY, EntityKind.DATE, EntityKind.LINK, EntityKind.EMOJI})


@dataclass(frozen=True, slots=True)
class Tone:
    """A statement, and the polarity of what it says."""

    statement: Span
    polarity: Polarity | None


@dataclass(frozen=True)
class EntityFinder:
    """Rules for what is marked or written in figures, a trained tagger for names, a grammar for aspects."""

    tagger: NameTagger

    @property
    def version(self) -> str:
        """Changes whenever the same text may name something else."""
        return f"{RULES}.{self.tagger.version}"

    def find(self, texts: Sequence[str], languages: Sequence[str], encoded: Encoded) -> list[list[Entity]]:
        """What each text names, in order, as yet without aspects and sentiment."""
        names = self.tagger.tag(texts, encoded.tokens, encoded.token_states)
        return [_found(*each) for each in zip(texts, languages, names, strict=True)]


def _found(text: str, language: str, names: Iterable[Name]) -> list[Entity]:
    certain = [*find_marks(text), *find_amounts(text), *find_dates(text, language)]
    found = _together(certain, (_entity(text, name) for name in names))
    return (_together(found, find_french_names(text)) if language == "fr" else found)[:MOST_ENTITIES]


def _entity(text: str, name: Name) -> Entity:
    written = " ".join(text[name.start : name.end].split())
    return Entity(_KINDS[name.kind], name.start, name.end, written.casefold(), name.probability)


def with_tones(text: str, language: str, entities: Sequence[Entity], tones: Sequence[Tone]) -> tuple[Entity, ...]:
    """The entities with the polarity of their statements, and the aspects that the statements judge, in order."""
    toned, at = [], 0
    for entity in entities:
        while at < len(tones) and tones[at].statement.end <= entity.start:
            at += 1
        is_inside = at < len(tones) and tones[at].statement.start <= entity.start
        is_toned = is_inside and entity.kind not in _TONELESS
        toned.append(replace(entity, polarity=tones[at].polarity) if is_toned else entity)
    aspects = (find_aspects(text, tone.statement, language, tone.polarity) for tone in tones)
    return tuple(_together(toned, chain.from_iterable(aspects))[:MOST_ENTITIES])


def _together(certain: Sequence[Entity], others: Iterable[Entity]) -> list[Entity]:
    """All of the certain ones, and the others that overlap none of them, in the order of the text."""
    found = sorted(certain, key=lambda entity: entity.start)
    kept, at = [], 0
    for other in sorted(others, key=lambda entity: entity.start):
        while at < len(found) and found[at].end <= other.start:
            at += 1
        if at == len(found) or found[at].start >= other.end:
            kept.append(other)
    return sorted([*found, *kept], key=lambda entity: entity.start)
