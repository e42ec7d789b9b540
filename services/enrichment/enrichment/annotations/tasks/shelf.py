"""Where the guides of tasks come from: the codebooks of the service and those of the workspace."""

from __future__ import annotations

from enrichment.annotations.tasks.guides import Choice, CodeExamples, CodeGuide, Guide, Unit
from enrichment.codebooks import codebook, definition
from enrichment.codebooks.service import CodebookService
from enrichment.codebooks.shelf import SHIPPED, shipped
from kit.db import Session
from kit.errors import NotFound

ANY_LANGUAGE = "any"


async def find_guide(session: Session, name: str, version: int) -> Guide:
    """The guide of a codebook that the session's workspace can use; raises `NotFound`, which says what there is."""
    if name not in SHIPPED:
        own = await CodebookService(session).named(name, version)
        return _guide(name, version, own.definition, [_own(code) for code in own.definition.codes])
    found = shipped(name)
    if found.version != version:
        raise NotFound(f"There is no version {version} of the codebook {name}; ask for version {found.version}.")
    return _guide(name, version, found, [_shipped(code) for code in found.codes])


def _guide(
    name: str, version: int, contents: codebook.Codebook | definition.Definition, codes: list[CodeGuide]
) -> Guide:
    return Guide(codebook=name, version=version, unit=Unit(contents.unit), choice=Choice(contents.choice), codes=codes)


def _shipped(code: codebook.CodeDefinition) -> CodeGuide:
    """A code as a coder knows it: without cues, which would tell what the machine looks for."""
    return CodeGuide(
        code=code.code,
        title=code.title,
        definition=code.definition,
        includes=list(code.includes),
        excludes=list(code.excludes),
        examples={language: _examples(each) for language, each in code.examples.items()},
    )


def _own(code: definition.CodeDefinition) -> CodeGuide:
    return CodeGuide(
        code=code.code,
        title=code.heading,
        definition=code.definition,
        excludes=list(code.excludes),
        examples={ANY_LANGUAGE: _examples(code.examples)},
    )


def _examples(examples: codebook.Examples | definition.CodeExamples) -> CodeExamples:
    return CodeExamples(positive=list(examples.positive), negative=list(examples.negative))
