"""Brands and products of a study, found in its posts by the ways to write them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from uuid import UUID

from enrichment.entities.entity import Entity, EntityKind
from enrichment.readings.reading import Reading
from enrichment.sentiments.polarity import Polarity


@dataclass(frozen=True)
class StudyName:
    """What a study calls a brand or product, and how else people write it."""

    study_id: UUID
    kind: EntityKind
    name: str
    spellings: tuple[str, ...] = ()


@dataclass(frozen=True)
class StudyNames:
    """The names of all studies of a workspace."""

    names: tuple[StudyName, ...]

    @cached_property
    def _by_study(self) -> Mapping[UUID, tuple[StudyName, ...]]:
        found: dict[UUID, list[StudyName]] = defaultdict(list)
        for each in self.names:
            found[each.study_id].append(each)
        return {study: tuple(names) for study, names in found.items()}

    def named(self, text: str, study_ids: Iterable[UUID], reading: Reading) -> Reading:
        """The reading with the brands and products of those studies, which take the place of what overlaps them."""
        names = [name for study in study_ids for name in self._by_study.get(study, ())]
        found = _find(text, tuple(names)) if names else []
        if not found:
            return reading
        others = [each for each in reading.entities if not _overlaps(each, found)]
        toned = [replace(each, polarity=_polarity(each, reading)) for each in found]
        return replace(reading, entities=tuple(sorted([*others, *toned], key=lambda each: each.start)))


def _find(text: str, names: tuple[StudyName, ...]) -> list[Entity]:
    pattern, owners = _compiled(names)
    found = []
    for match in pattern.finditer(text):
        # A few letters, such as the dotless i, have no single lower case.
        owner = owners.get(match[0].casefold())
        if owner is not None:
            found.append(Entity(owner.kind, *match.span(), owner.name))
    return found


@lru_cache(maxsize=256)
def _compiled(names: tuple[StudyName, ...]) -> tuple[re.Pattern[str], Mapping[str, StudyName]]:
    """One pattern for all ways to write the names, whole words only, the longest first."""
    owners = {spelling.casefold(): name for name in names for spelling in (name.name, *name.spellings)}
    ways = "|".join(re.escape(each) for each in sorted(owners, key=len, reverse=True))
    return re.compile(rf"(?<![^\W_])(?:{ways})(?![^\W_])", re.IGNORECASE), owners


def _overlaps(entity: Entity, others: Sequence[Entity]) -> bool:
    is_mark = entity.kind in (EntityKind.HASHTAG, EntityKind.MENTION, EntityKind.LINK)
    return not is_mark and any(each.start < entity.end and each.end > entity.start for each in others)


def _polarity(entity: Entity, reading: Reading) -> Polarity | None:
    for statement in reading.statements:
        if statement.span.start <= entity.start < statement.span.end:
            return statement.sentiment.polarity
    return None
