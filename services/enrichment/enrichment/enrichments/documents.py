"""What a reading found, as JSON columns hold it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any, TypeAlias

from enrichment.coding.codes import Code, CoderKind, Effect, Experiencer, Tense
from enrichment.entities.entity import Entity, EntityKind
from enrichment.personal.data import PersonalData, PersonalKind
from enrichment.reasons.reason import Reason
from enrichment.sentiments.polarity import Polarity
from enrichment.texts.spans import Span

Document: TypeAlias = dict[str, object]
Found: TypeAlias = Code | Entity | Reason | PersonalData

# Looked at once: a post has a dozen of them.
_DEFAULTS = {
    kind: tuple((field.name, field.default) for field in fields(kind)) for kind in (Code, Entity, Reason, PersonalData)
}


def to_documents(found: Iterable[Found]) -> list[Document]:
    """One document each; what has its default is left out."""
    return [_document(each) for each in found]


def _document(found: Found) -> Document:
    values = ((name, default, getattr(found, name)) for name, default in _DEFAULTS[type(found)])
    # A span is a tuple with names, which the JSON library does not take for a tuple.
    return {
        name: list(value) if isinstance(value, Span) else value for name, default, value in values if value != default
    }


def codes_of(documents: Iterable[Mapping[str, object]]) -> tuple[Code, ...]:
    """Codes from documents."""
    kinds = {"coder": CoderKind, "effect": Effect, "experiencer": Experiencer, "tense": Tense}
    return tuple(Code(**_typed(each, kinds)) for each in documents)


def entities_of(documents: Iterable[Mapping[str, object]]) -> tuple[Entity, ...]:
    """Entities from documents."""
    return tuple(Entity(**_typed(each, {"kind": EntityKind, "polarity": Polarity})) for each in documents)


def personal_data_of(documents: Iterable[Mapping[str, object]]) -> tuple[PersonalData, ...]:
    """Personal data from documents."""
    return tuple(PersonalData(**_typed(each, {"kind": PersonalKind})) for each in documents)


def reasons_of(documents: Iterable[Mapping[str, Iterable[int]]]) -> tuple[Reason, ...]:
    """Reasons from documents."""
    return tuple(Reason(**{name: Span(*span) for name, span in each.items()}) for each in documents)


def _typed(document: Mapping[str, object], kinds: Mapping[str, type]) -> dict[str, Any]:
    return {name: kinds[name](value) if name in kinds else value for name, value in document.items()}
