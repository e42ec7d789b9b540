"""Cut a post into statements: sentences first, then clauses where a connective opens one."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator

from enrichment.statements.connectives import CONNECTIVES
from enrichment.texts.spans import Span, spoken

# More would be a document, not a post: the last statement then holds the rest.
MOST_STATEMENTS = 100
_FEWEST_WORDS = 3
_LONGEST = 400

# Repetitions are bounded, so that the time a pattern takes grows no faster than the text.
_FACES = r"(?:\s{0,2}(?:[☀-➿⬀-⯿🀀-🫿\ufe0f\u200d]|(?<=\s)[:;=8][-'^]?[()DPp/\\|*](?!\w)))"
_CLOSERS = r"[\"'”’»)\]]*"
_SENTENCE_END = re.compile(
    rf"(?:(?:(?<!\.)\.|[.…]{{0,5}}[!?][.!?…]*){_CLOSERS}(?=\s|\Z)"
    r"|[!?]+(?=[^\W\d_])|(?<=[a-zà-ÿ]{2})\.(?=[A-ZÀ-Þ][a-zà-ÿ'’])|[。！？]+)"
    rf"{_FACES}*|\n"
)
_PAUSE = re.compile(rf"…|\.{{2,}}|;|\s[-–—/|](?=\s)|—|{_FACES}+(?=\s)")
_WORD = re.compile(r"\w+(?:['’-]\w+)*")
_LIST_NUMBER = re.compile(r"\s*\d{1,2}\.")
_ABBREVIATION = re.compile(
    r"\b(?:mr|mrs|ms|dr|st|mt|prof|jr|sr|vs|approx|dept|mme|mlle|mgr|env|cf|p\.\s?ex|[a-z](?:\.[a-z])+|(?-i:[A-HJ-Z]))\.\Z",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"\b(?:no|nr|n|num|art|fig|vol|p|pp|ch|tel|tél|max|min|av)\.\Z", re.IGNORECASE)


def split(text: str, language: str = "") -> list[Span]:
    """Spans of the statements of a text, in order and without overlap; none for a blank text.

    A sentence ends at a terminator, with the faces after it, or at a new line. It is cut further at pauses
    and before the connectives of `language`, but only where both sides keep three words. Spans leave out
    surrounding space, and web addresses and handles in front where something else is said.
    """
    said = spoken(text)
    pieces = (
        piece
        for sentence in sentences(said)
        for clause in _clauses(said, sentence, language)
        for piece in _pieces(said, clause)
    )
    return _capped(_with_words(said, pieces))


def sentences(text: str) -> Iterator[Span]:
    """Spans of the sentences of a text, with the space around them: together they are the text."""
    start = 0
    for end in _SENTENCE_END.finditer(text):
        if not _is_abbreviation(text, start, end):
            yield Span(start, end.end())
            start = end.end()
    yield Span(start, len(text))


def _is_abbreviation(text: str, start: int, end: re.Match[str]) -> bool:
    if end[0] != ".":
        return False
    before = text[max(start, end.end() - 10) : end.end()]
    is_number_next = text[end.end() : end.end() + 2].strip().isdigit()
    is_list_number = _LIST_NUMBER.fullmatch(text, start, end.end()) is not None
    return is_list_number or bool(_ABBREVIATION.search(before) or (is_number_next and _NUMBERED.search(before)))


def _clauses(text: str, sentence: Span, language: str) -> Iterator[Span]:
    words = [word.start() for word in _WORD.finditer(text, *sentence)]
    start, words_before = sentence.start, 0
    for cut in _cuts(text, sentence, language):
        words_until = bisect_left(words, cut)
        if min(words_until - words_before, len(words) - words_until) >= _FEWEST_WORDS:
            yield Span(start, cut)
            start, words_before = cut, words_until
    yield Span(start, sentence.end)


def _cuts(text: str, sentence: Span, language: str) -> list[int]:
    connective = CONNECTIVES.get(language)
    before = [match.start() for match in connective.finditer(text, *sentence)] if connective else []
    return sorted(before + [match.end() for match in _PAUSE.finditer(text, *sentence)])


def _pieces(text: str, clause: Span) -> Iterator[Span]:
    start = clause.start
    while clause.end - start > _LONGEST:
        space = text.rfind(" ", start + 1, start + _LONGEST)
        cut = space if space > start else start + _LONGEST
        yield Span(start, cut)
        start = cut
    yield Span(start, clause.end)


def _with_words(text: str, pieces: Iterable[Span]) -> list[Span]:
    """Trims the pieces; one without a word, a face say, joins the statement before it."""
    statements: list[Span] = []
    is_worded = True
    for piece in pieces:
        trimmed = _trimmed(text, piece)
        if trimmed.start >= trimmed.end:
            continue
        has_word = _WORD.search(text, *trimmed) is not None
        if statements and not (has_word and is_worded):
            statements[-1] = Span(statements[-1].start, trimmed.end)
            is_worded = is_worded or has_word
        else:
            statements.append(trimmed)
            is_worded = has_word
    return statements


def _trimmed(text: str, piece: Span) -> Span:
    said = text[piece.start : piece.end]
    return Span(piece.start + len(said) - len(said.lstrip()), piece.start + len(said.rstrip()))


def _capped(statements: list[Span]) -> list[Span]:
    if len(statements) <= MOST_STATEMENTS:
        return statements
    kept = statements[: MOST_STATEMENTS - 1]
    return [*kept, Span(statements[len(kept)].start, statements[-1].end)]
