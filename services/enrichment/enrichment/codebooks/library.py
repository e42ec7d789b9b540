"""The shipped codebooks as anybody may read and clone them; they are changed by a release only."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from uuid import NAMESPACE_URL, UUID, uuid5

from enrichment.codebooks.codebook import Codebook
from enrichment.codebooks.codebook import CodeDefinition as ShippedCode
from enrichment.codebooks.definition import CodeDefinition, CodeExamples, Definition
from enrichment.codebooks.shelf import SHIPPED, shipped


@dataclass(frozen=True)
class ShippedCodebook:
    """A shipped codebook in the form of an own one, under an id that is the same everywhere."""

    id: UUID
    name: str
    version: int
    definition: Definition


@cache
def library() -> tuple[ShippedCodebook, ...]:
    """All of them, by name."""
    return tuple(_entry(shipped(name)) for name in sorted(SHIPPED))


def find(codebook_id: UUID) -> ShippedCodebook | None:
    """The shipped codebook with this id."""
    return next((each for each in library() if each.id == codebook_id), None)


def _entry(codebook: Codebook) -> ShippedCodebook:
    definition = Definition(
        title=codebook.title,
        description=codebook.description,
        unit=codebook.unit.value,
        choice=codebook.choice.value,
        codes=tuple(map(_code, codebook.codes)),
    )
    return ShippedCodebook(
        uuid5(NAMESPACE_URL, f"pourquoi:codebook:{codebook.name}"), codebook.name, codebook.version, definition
    )


def _code(code: ShippedCode) -> CodeDefinition:
    """A code without its cues, which only the rules of the shipped codebook read."""
    examples = code.examples.values()
    return CodeDefinition(
        code=code.code,
        title=code.title,
        definition=code.definition,
        excludes=code.excludes,
        examples=CodeExamples(
            positive=tuple(text for each in examples for text in each.positive),
            negative=tuple(text for each in examples for text in each.negative),
        ),
    )
