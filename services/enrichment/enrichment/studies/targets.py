"""Bind the drivers found in a post to the studies that ask for them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from uuid import UUID

from enrichment.coding.codes import Code
from enrichment.readings.reading import Reading


def bound(reading: Reading, studies: Collection[UUID]) -> Reading:
    """The reading with its candidates coded for each of some studies, and for no other.

    Candidates stay, so that the same can be done once a study changes. That the post meets the query of the study is
    all that ties it to the behaviour: the cosine of post and behaviour would lose one post in ten that belongs to it.
    """
    ordered = sorted(map(str, studies))
    statements = tuple(replace(each, codes=tuple(_bound(each.codes, ordered))) for each in reading.statements)
    return replace(reading, codes=tuple(_bound(reading.codes, ordered)), statements=statements)


def _bound(codes: Iterable[Code], studies: list[str]) -> Iterator[Code]:
    for code in codes:
        if not code.study:
            yield code
        if code.is_candidate:
            yield from (replace(code, is_candidate=False, study=study) for study in studies)
