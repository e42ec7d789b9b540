"""Mask personal data in whatever is shown of a post."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from enrichment.entities.entity import Entity
from enrichment.personal.data import PersonalData
from enrichment.texts.spans import Span


def mask(text: str, spans: Iterable[PersonalData]) -> str:
    """The text with each span replaced by what it was: "call [phone]". Spans are in order and do not overlap."""
    parts, at = [], 0
    for each in spans:
        parts += [text[at : each.start], f"[{each.kind}]"]
        at = each.end
    return "".join([*parts, text[at:]])


def blank(text: str, spans: Sequence[PersonalData]) -> str:
    """The text with every character of the spans replaced by a space, every other one where it was."""
    if not spans:
        return text
    parts, at = [], 0
    for each in spans:
        parts += [text[at : each.start], " " * (each.end - each.start)]
        at = each.end
    return "".join([*parts, text[at:]])


def mask_part(text: str, part: Span, spans: Iterable[PersonalData]) -> str:
    """The part of a text, masked where spans of the whole text reach into it."""
    inside = (
        PersonalData(each.kind, max(0, each.start - part.start), min(part.end, each.end) - part.start)
        for each in spans
        if each.start < part.end and each.end > part.start
    )
    return mask(text[part.start : part.end], inside)


def masked_name(entity: Entity, spans: Iterable[PersonalData]) -> str:
    """The name of an entity, or what kind of personal data it is or touches."""
    touched = (each.kind for each in spans if each.start < entity.end and each.end > entity.start)
    kind = next(touched, None)
    return entity.name if kind is None else f"[{kind}]"
