"""The coder that goes by the cues of codebooks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from enrichment.codebooks.codebook import Choice, Codebook, CodeDefinition, Cue, Negation
from enrichment.codebooks.shelf import fingerprint
from enrichment.coding.coder import Passages
from enrichment.coding.codes import Code, CoderKind, Effect
from enrichment.cues.context import Context, Setting
from enrichment.cues.matcher import Hit, Matcher, Passage, without_contained
from enrichment.cues.phrases import Needle, needles
from enrichment.texts.spans import Span

# Statements are short; only the last one of a document, and a post as a whole, may go on, and cost no more for it.
_LONGEST = 2_000
_FLIPPED = {Effect.BARRIER: Effect.ENABLER, Effect.ENABLER: Effect.BARRIER, Effect.NONE: Effect.NONE}


@dataclass(frozen=True, eq=False)
class CueClass:
    """A cue with what it tells; `order` is where its code stands in the codebook; `takes_back`: its `unless`."""

    codebook: Codebook
    definition: CodeDefinition
    cue: Cue
    order: int
    takes_back: bool


@dataclass(frozen=True)
class Found:
    """A code that a cue tells, before anybody has asked whom it is about."""

    kind: CueClass
    span: Span
    effect: Effect

    @property
    def strength(self) -> tuple[float, int, int]:
        """Orders what was found: by precision, then as the codebook does, then as the text does."""
        return self.kind.cue.precision, -self.kind.order, -self.span.start


@dataclass(frozen=True)
class CueCoder:
    """Codes passages by the cues of some codebooks; abstains where there is none, or none that is sure enough."""

    codebooks: tuple[Codebook, ...]

    @cached_property
    def version(self) -> str:
        """Changes with any word of the codebooks."""
        return f"cues:{fingerprint(self.codebooks)}"

    @cached_property
    def _matchers(self) -> dict[str, Matcher[CueClass]]:
        languages = {language for book in self.codebooks for language in book.languages}
        return {language: Matcher(language, self._phrases(language)) for language in languages}

    def _phrases(self, language: str) -> Iterator[tuple[CueClass, Needle]]:
        for book in self.codebooks:
            lists = book.lists.get(language, {})
            for order, definition in enumerate(book.codes):
                for cue in definition.cues.get(language, ()):
                    for phrases, takes_back in ((cue.phrases, False), (cue.unless, True)):
                        kind = CueClass(book, definition, cue, order, takes_back)
                        yield from ((kind, needle) for phrase in phrases for needle in needles(phrase, language, lists))

    def code(self, passages: Passages) -> list[tuple[Code, ...]]:
        """The codes of each passage; none in a language without cues."""
        rows: dict[str, list[int]] = defaultdict(list)
        for row, language in enumerate(passages.languages):
            rows[language].append(row)
        codes: list[tuple[Code, ...]] = [()] * len(passages.texts)
        for language, own in rows.items():
            if matcher := self._matchers.get(language):
                found = matcher.find([passages.texts[row][:_LONGEST] for row in own])
                hit = {row: passage for row, passage in zip(own, found, strict=True) if passage.hits}
                for row, coded in zip(hit, _coded(list(hit.values()), Context.of(language)), strict=True):
                    codes[row] = coded
        return codes


def _coded(passages: Sequence[Passage[CueClass]], context: Context | None) -> Iterator[tuple[Code, ...]]:
    """The codes of passages of one language."""
    chosen = [_told(passage, context) for passage in passages]
    if context is None:
        yield from (tuple(_code(each, Setting()) for each in found) for found in chosen)
        return
    evidence = [
        (passage.fold, [each.span for each in found]) for passage, found in zip(passages, chosen, strict=True) if found
    ]
    settings = iter(context.settings(evidence))
    for found in chosen:
        yield tuple(map(_code, found, next(settings))) if found else ()


def _told(passage: Passage[CueClass], context: Context | None) -> list[Found]:
    books = _by_codebook(passage.hits)
    return [each for book, hits in books for each in _chosen(book, _found(passage, hits, context))]


def _by_codebook(hits: Iterable[Hit[CueClass]]) -> Iterable[tuple[Codebook, list[Hit[CueClass]]]]:
    books: dict[str, tuple[Codebook, list[Hit[CueClass]]]] = {}
    for hit in hits:
        books.setdefault(hit.key.codebook.name, (hit.key.codebook, []))[1].append(hit)
    return books.values()


def _found(passage: Passage[CueClass], hits: Sequence[Hit[CueClass]], context: Context | None) -> Iterator[Found]:
    taken_back = {id(hit.key.cue) for hit in hits if hit.key.takes_back}
    for hit in without_contained([hit for hit in hits if not hit.key.takes_back], _precision):
        cue = hit.key.cue
        if id(cue) in taken_back:
            continue
        denied = cue.negation is not Negation.KEEPS and context is not None and context.denies(passage, hit.words)
        if denied and cue.negation is Negation.CANCELS:
            continue
        yield Found(hit.key, passage.span(hit.words), _FLIPPED[cue.effect] if denied else cue.effect)


def _precision(kind: CueClass) -> float:
    return kind.cue.precision


def _chosen(book: Codebook, found: Iterable[Found]) -> list[Found]:
    """The surest evidence of each code; of a codebook that gives one code, that of the surest code alone."""
    best: dict[str, Found] = {}
    for each in found:
        code = each.kind.definition.code
        if each.kind.cue.precision >= book.threshold and (code not in best or best[code].strength < each.strength):
            best[code] = each
    if book.choice is Choice.ONE and best:
        return [max(best.values(), key=lambda each: each.strength)]
    return list(best.values())


def _code(found: Found, setting: Setting) -> Code:
    book = found.kind.codebook
    return Code(
        codebook=book.name,
        version=book.version,
        code=found.kind.definition.code,
        probability=found.kind.cue.precision,
        coder=CoderKind.RULE,
        start=found.span.start,
        end=found.span.end,
        effect=found.effect,
        experiencer=setting.experiencer,
        tense=setting.tense,
        is_candidate=book.needs_target_behaviour,
    )
