"""Put the codes of own codebooks on enrichments, from vectors alone: one matrix product per codebook and batch."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias
from uuid import UUID

from enrichment.codebooks.heads import Given, Head, vectors_of
from enrichment.coding.codes import Code, CoderKind
from enrichment.enrichments.enrichment import Enrichment
from enrichment.readings.reading import Reading
from enrichment.texts.spans import Span

# The texts of posts by id; only heads that read texts miss one that is not there.
Texts: TypeAlias = Mapping[UUID, str]


@dataclass(frozen=True)
class OwnCoder:
    """The head of an own codebook, and what it codes: statements or posts, of one study or of all, by one encoder."""

    codebook: str
    version: int
    study_id: UUID | None
    unit: str
    model: str
    head: Head

    def takes(self, enrichment: Enrichment) -> bool:
        """Whether the post is of its study, and was read by its encoder."""
        is_of_study = self.study_id is None or self.study_id in enrichment.origin.study_ids
        return is_of_study and enrichment.version.model == self.model

    def code(self, enrichments: Sequence[Enrichment], texts: Texts) -> dict[UUID, list[tuple[Code, ...]]]:
        """Codes of each post that it takes: one entry per passage, which is a statement or the post as a whole."""
        passages = {each.origin.post_id: _passages(each.reading, self.unit) for each in enrichments if self.takes(each)}
        vectors = [vector for of_post in passages.values() for vector, _ in of_post]
        if not vectors:
            return {}
        words = [_words(texts.get(post_id, ""), span) for post_id, of_post in passages.items() for _, span in of_post]
        given = iter(self.head.code(vectors_of(vectors), words))
        return {
            post_id: [self._codes(next(given), span) for _, span in of_post] for post_id, of_post in passages.items()
        }

    def _codes(self, given: tuple[Given, ...], span: Span) -> tuple[Code, ...]:
        study = str(self.study_id or "")
        return tuple(
            Code(
                self.codebook,
                self.version,
                each.code,
                each.probability,
                CoderKind.MODEL,
                span.start,
                span.end,
                study=study,
            )
            for each in given
        )


def put_codes(
    enrichments: Sequence[Enrichment], texts: Texts, coders: Sequence[OwnCoder], codebooks: Collection[str]
) -> list[Enrichment]:
    """The enrichments, in order, with exactly the codes that the coders give in place of those of `codebooks`."""
    by_post = {each.codebook: each.code(enrichments, texts) for each in coders}
    units = {each.codebook: each.unit for each in coders}
    return [_recoded(each, by_post, units, codebooks) for each in enrichments]


def _recoded(
    enrichment: Enrichment,
    by_post: Mapping[str, Mapping[UUID, list[tuple[Code, ...]]]],
    units: Mapping[str, str],
    codebooks: Collection[str],
) -> Enrichment:
    reading, post_id = enrichment.reading, enrichment.origin.post_id
    whole = _kept(reading.codes, codebooks)
    parts = [_kept(each.codes, codebooks) for each in reading.statements]
    for codebook, found in by_post.items():
        codes = found.get(post_id, [])
        if units[codebook] == "post":
            whole += [code for of_passage in codes for code in of_passage]
        else:
            parts = [before + list(more) for before, more in zip(parts, codes or [()] * len(parts), strict=True)]
    statements = tuple(replace(each, codes=tuple(codes)) for each, codes in zip(reading.statements, parts, strict=True))
    return replace(enrichment, reading=replace(reading, codes=tuple(whole), statements=statements))


def _kept(codes: Sequence[Code], codebooks: Collection[str]) -> list[Code]:
    return [code for code in codes if code.codebook not in codebooks]


def _words(text: str, span: Span) -> str:
    return text[span.start : span.end]


def _passages(reading: Reading, unit: str) -> list[tuple[bytes, Span]]:
    """Vector and span of what is coded; a post reaches from its first statement to its last."""
    statements = reading.statements
    if unit == "statement":
        return [(each.vector or reading.vector, each.span) for each in statements]
    span = Span(statements[0].span.start, statements[-1].span.end) if statements else Span(0, 0)
    return [(reading.vector, span)]
