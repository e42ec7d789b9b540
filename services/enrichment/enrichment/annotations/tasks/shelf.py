"""Where the guides of tasks come from: the codebooks of the service."""

from __future__ import annotations

from enrichment.annotations.tasks.guides import Choice, CodeExamples, CodeGuide, Guide, Unit
from enrichment.codebooks.codebook import Codebook, CodeDefinition
from enrichment.codebooks.shelf import SHIPPED, shipped
from kit.db import Session
from kit.errors import NotFound


async def find_guide(session: Session, name: str, version: int) -> Guide:
    """The guide of a codebook that the session's workspace can use; raises `NotFound`, which says what there is."""
    if name not in SHIPPED:
        raise NotFound(f"There is no codebook {name}; there are: {', '.join(SHIPPED)}.")
    found = shipped(name)
    if found.version != version:
        raise NotFound(f"There is no version {version} of the codebook {name}; ask for version {found.version}.")
    return guide_of(found)


def guide_of(codebook: Codebook) -> Guide:
    """What a coder needs of a codebook: no cues, which would tell what the machine looks for."""
    return Guide(
        codebook=codebook.name,
        version=codebook.version,
        unit=Unit(codebook.unit),
        choice=Choice(codebook.choice),
        codes=[_code(each) for each in codebook.codes],
    )


def _code(definition: CodeDefinition) -> CodeGuide:
    return CodeGuide(
        code=definition.code,
        title=definition.title,
        definition=definition.definition,
        includes=list(definition.includes),
        excludes=list(definition.excludes),
        examples={
            language: CodeExamples(positive=list(each.positive), negative=list(each.negative))
            for language, each in definition.examples.items()
        },
    )
