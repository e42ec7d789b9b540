"""Find stated reasons: a connective, the cause beside it, and what it explains.

The connectives are explicit ones, as in the Penn Discourse Treebank (Prasad et al. 2008) and, for French, LEXCONN
(Roze, Danlos and Muller 2012). A reason that nobody states is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from enrichment.reasons.connectives import Connectives, Follows, Tie
from enrichment.reasons.reason import Reason
from enrichment.statements.splitter import sentences
from enrichment.texts.spans import Span, spoken

# More would be a document, not a post.
_MOST_REASONS = 100
_WORD = re.compile(r"\w")
_WHOLE_WORD = re.compile(r"\w+")
_EDGES = " \t\n,;:.!?…-–—\"'’“”«»()[]"
# A thought of its own begins here: it belongs neither to the cause before it nor to the effect after it.
_TURN = re.compile(
    r"[;\n]|\s[-–—]\s|—|,?\s(?:but|although|though|however|mais|pourtant|cependant|sauf que)\s", re.IGNORECASE
)
_COMMA = re.compile(r",\s")


def reasons(text: str, language: str) -> tuple[Reason, ...]:
    """The reasons that a text states, in order; none in a language whose connectives are not known."""
    connectives, said = Connectives.of(language), spoken(text)
    lower = said.lower()
    # A letter that becomes two would move every span behind it.
    if connectives is None or len(lower) != len(text) or next(connectives.find(lower, 0, len(lower)), None) is None:
        return ()
    return tuple(islice(_reasons(lower, list(sentences(said)), connectives), _MOST_REASONS))


def _reasons(text: str, parts: Sequence[Span], connectives: Connectives) -> Iterator[Reason]:
    before: Span | None = None
    for sentence in parts:
        for tie, limit in _ties(text, sentence, connectives):
            if _WORD.search(text, limit.start, tie.start):
                found = _medial(text, tie, limit)
            else:
                found = _opening(text, tie, limit, connectives) or _across(text, tie, limit, before)
            if found:
                yield _reason(tie, *found, _trimmed(text, Span(tie.start, tie.end)))
        if _WORD.search(text, *sentence):
            before = sentence


def _reason(tie: Tie, behind: Span, other: Span, connective: Span) -> Reason:
    if tie.follows is Follows.EFFECT:
        return Reason(cause=other, effect=behind, connective=connective)
    return Reason(cause=behind, effect=other, connective=connective)


def _ties(text: str, sentence: Span, connectives: Connectives) -> Iterator[tuple[Tie, Span]]:
    """Each connective with the part of the sentence that it may reach: from the connective before to the one after."""
    found = list(connectives.find(text, *sentence))
    bounds = [sentence.start, *(tie.end for tie in found)], [*(tie.start for tie in found[1:]), sentence.end]
    for tie, start, end in zip(found, *bounds, strict=False):
        yield tie, Span(start, end)


def _opening(text: str, tie: Tie, limit: Span, connectives: Connectives) -> tuple[Span, Span] | None:
    """Cause and effect where the connective comes first: a comma parts them, or a clause that begins behind a thing."""
    if tie.follows is Follows.EFFECT:
        return None
    comma = _COMMA.search(text, tie.end, limit.end)
    if comma:
        return _pair(text, Span(tie.end, comma.start()), Span(comma.end(), limit.end))
    clause = connectives.clause_after(text, _word_end(text, tie.end), limit.end)
    if clause and tie.follows is Follows.CAUSING_THING:
        return _pair(text, Span(tie.end, clause), Span(clause, limit.end))
    return None


def _across(text: str, tie: Tie, limit: Span, before: Span | None) -> tuple[Span, Span] | None:
    """What lies behind a connective that opens a sentence, and the sentence before."""
    return _pair(text, Span(tie.end, _turn(text, tie.end, limit.end)), before) if before else None


def _medial(text: str, tie: Tie, limit: Span) -> tuple[Span, Span] | None:
    start = limit.start
    for turn in _TURN.finditer(text, limit.start, tie.start):
        start = turn.end() if _WORD.search(text, turn.end(), tie.start) else start
    return _pair(text, Span(tie.end, _turn(text, tie.end, limit.end)), Span(start, tie.start))


def _word_end(text: str, start: int) -> int:
    word = _WHOLE_WORD.search(text, start)
    return word.end() if word else start


def _turn(text: str, start: int, end: int) -> int:
    turns = (turn.start() for turn in _TURN.finditer(text, start, end))
    return next((at for at in turns if _WORD.search(text, start, at)), end)


def _pair(text: str, behind: Span, other: Span) -> tuple[Span, Span] | None:
    behind, other = _trimmed(text, behind), _trimmed(text, other)
    return (behind, other) if behind.start < behind.end and other.start < other.end else None


def _trimmed(text: str, span: Span) -> Span:
    said = text[span.start : span.end]
    start = span.start + len(said) - len(said.lstrip(_EDGES))
    return Span(start, max(start, span.start + len(said.rstrip(_EDGES))))
