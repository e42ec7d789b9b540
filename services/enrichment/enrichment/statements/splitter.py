"""Cut a post into statements: sentences first, then clauses where a connective opens one."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping

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
# Of "1. open it 2. close it" each number opens a statement.
_ENUMERATED = re.compile(r"(?:(?<=\s)|\A)(\d{1,2})[.)](?=\s+[^\W\d_])")
_ABBREVIATION = re.compile(
    r"\b(?:mr|mrs|ms|dr|st|ste|mt|prof|jr|sr|vs|approx|dept|mme|mlle|mm|mgr|env|cf|p\.\s?ex|ph\.d|bd|inc|ltd|corp|resp"
    r"|[a-z](?:\.[a-z])+|(?-i:[A-HJ-Z]))\.\Z",
    re.IGNORECASE,
)
# These end a sentence too: only what goes on in lower case tells.
_OPEN_ABBREVIATION = re.compile(
    r"\b(?:etc|janv|févr?|avr|juil|sept?|oct|nov|déc|jan|feb|aug|dec|tues|thurs|fri|ex|esp|incl|excl|hr|hrs|km|kg|p\.m|a\.m)\.\Z",
    re.IGNORECASE,
)
_TOLD_ON = re.compile(r"(?:(?<=[\"”»])|\s?»)\s+(?=[a-zà-ÿ])")
_OF_P_EX = re.compile(r"\s?ex\.")
_NUMBERED = re.compile(r"\b(?:no|nr|n|num|art|fig|vol|p|pp|ch|tel|tél|max|min|av|réf|ref|lot|rte)\.\Z", re.IGNORECASE)


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
    start, items = 0, _items(text)
    for end in _ends(text, items):
        if end > start:
            yield Span(start, end)
            start = end
    yield Span(start, len(text))


def _ends(text: str, items: Mapping[int, int]) -> list[int]:
    """Where sentences end: before the items of an enumeration, and at terminators that belong to nothing else."""
    numbers = frozenset(items.values())
    found = [*items]
    start = 0
    for end in _SENTENCE_END.finditer(text):
        if end.start() + 1 not in numbers and not _is_abbreviation(text, start, end):
            found.append(end.end())
            start = end.end()
    return sorted(found)


def _is_abbreviation(text: str, start: int, end: re.Match[str]) -> bool:
    next_said = text[end.end() : end.end() + 2].strip()
    if end[0] != ".":
        # What somebody said ends, and the sentence that tells it goes on: "Never again!" he said.
        return _TOLD_ON.match(text, end.end()) is not None
    before = text[max(start, end.end() - 10) : end.end()]
    is_list_number = _LIST_NUMBER.fullmatch(text, start, end.end()) is not None
    is_street = before.endswith((" av.", " bd.", " Av.")) and next_said[:1].isupper()
    return (
        is_list_number
        or is_street
        or bool(_ABBREVIATION.search(before))
        or bool(next_said[:1].islower() and _OPEN_ABBREVIATION.search(before))
        or bool(next_said.isdigit() and _NUMBERED.search(before))
        or bool(before.endswith("p.") and _OF_P_EX.match(text, end.end()))
    )


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


def _items(text: str) -> dict[int, int]:
    """Where the numbers of an enumeration begin and end; a number alone may be anything."""
    found = [(int(match[1]), match.span()) for match in _ENUMERATED.finditer(text)]
    numbers = {number for number, _ in found}
    return dict(span for number, span in found if 1 in numbers and {number - 1, number + 1} & numbers)


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
