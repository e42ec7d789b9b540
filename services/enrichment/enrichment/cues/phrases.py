"""The grammar of cue phrases.

    please add             these words, next to each other
    recommend*  *ed        a word that begins or ends so
    (add|allow|bring back) one of these
    [very]  [so|too]       one of these, or nothing
    not ... worth          up to three words between
    <how  so far>          at the start, at the end of the passage
    ?  !  $                the mark itself
    {used}                 one of a list of the codebook

Case, accents and the apostrophes of English contractions do not matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from enrichment.cues.folding import EDGE, folded

_LIST = re.compile(r"\{(\w+)\}")
_CLOSING = {"(": ")", "[": "]"}
_GAP = "..."
_TAIL = rf"[^ {EDGE}]*"
_BETWEEN = rf"(?:[^ {EDGE}]+ ){{0,3}}"
_MOST_LITERALS = 400


class PhraseError(ValueError):
    """A phrase cannot be understood; the message says which and why."""


@dataclass(frozen=True)
class Needle:
    """What a phrase looks for: `literal` must occur in the line, and `rest`, if any, must match right behind it."""

    literal: str
    rest: re.Pattern[str] | None = None


@dataclass(frozen=True)
class _Slot:
    """Alternatives of which one must follow; an empty one stands for nothing, None for a gap."""

    alternatives: tuple[str, ...] | None

    @property
    def is_closed(self) -> bool:
        """True when what follows begins with a new word."""
        return self.alternatives is not None and not any(each.endswith("*") for each in self.alternatives)

    @property
    def pattern(self) -> str:
        """What matches the slot, with the space behind it."""
        if self.alternatives is None:
            return _BETWEEN
        longest_first = sorted(self.alternatives, key=len, reverse=True)
        return f"(?:{'|'.join(map(_pattern, longest_first))})"


def needles(phrase: str, language: str, lists: Mapping[str, str] | None = None) -> list[Needle]:
    """Everything that a phrase of a language stands for; raises `PhraseError`.

    The slots in front are multiplied out, so that common words alone start no comparison; what they would multiply
    to too much is left to a regular expression.
    """
    slots = _slots(_with_lists(phrase, lists or {}), language)
    if not slots or slots[0].alternatives is None or slots[-1].alternatives is None:
        raise PhraseError(f"The phrase {phrase!r} must begin and end with words.")
    front, rest = _divided(slots)
    texts = dict.fromkeys(" ".join(filter(None, chosen)) for chosen in front)
    if "" in texts:
        raise PhraseError(f"The phrase {phrase!r} may stand for nothing at all: make one of its first words needed.")
    return [_needle(text, rest) for text in texts]


def _divided(slots: Sequence[_Slot]) -> tuple[list[tuple[str, ...]], Sequence[_Slot]]:
    """The products of the first slots, and the slots that are left."""
    front: list[tuple[str, ...]] = [()]
    for place, slot in enumerate(slots):
        if slot.alternatives is None or (place and len(front) * len(slot.alternatives) > _MOST_LITERALS):
            return front, slots[place:]
        front = [(*chosen, each) for chosen in front for each in slot.alternatives]
        if not slot.is_closed:
            return front, slots[place + 1 :]
    return front, []


def _needle(text: str, rest: Sequence[_Slot]) -> Needle:
    if not rest:
        return Needle(_literal(text))
    # Of a word of which only the beginning is given, the rest belongs to what follows.
    return Needle(_literal(text), re.compile((f"{_TAIL} " if text.endswith("*") else "") + _joined(rest)))


def _joined(slots: Sequence[_Slot]) -> str:
    return "".join(slot.pattern for slot in slots)


def _with_lists(phrase: str, lists: Mapping[str, str]) -> str:
    def alternatives(match: re.Match[str]) -> str:
        if match[1] not in lists:
            raise PhraseError(f"The phrase {phrase!r} refers to the list {match[1]!r}, which the codebook lacks.")
        return f"({lists[match[1]]})"

    return _LIST.sub(alternatives, phrase)


def _slots(phrase: str, language: str) -> list[_Slot]:
    slots: list[_Slot] = []
    for token in _outermost(phrase, " "):
        start, end = "<" * token.startswith("<"), token[len(token.rstrip("*>")) :]
        group = token.removeprefix("<").removesuffix(end)
        if group[:1] not in _CLOSING:
            slots.append(_Slot(None if token == _GAP else (_plain(token, language),)))
            continue
        texts = [each for part in _outermost(group[1:-1], "|") for each in _texts(part)]
        marked = (f"{start}{_plain(text, language)}{end}" for text in texts)
        slots.append(_Slot((*(() if group[0] == "(" else ("",)), *marked)))
    return slots


def _texts(part: str) -> Iterator[str]:
    """What an alternative stands for, which may hold alternatives of its own."""
    choices = []
    for token in _outermost(part, " "):
        inner = [each for piece in _outermost(token[1:-1], "|") for each in _texts(piece)]
        choices.append([token] if token[0] not in _CLOSING else inner if token[0] == "(" else ["", *inner])
    return (" ".join(filter(None, chosen)) for chosen in product(*choices))


def _outermost(text: str, separator: str) -> list[str]:
    """The parts between separators that stand in no bracket; raises `PhraseError` when brackets do not match."""
    parts, open_brackets = [""], ""
    for character in text:
        if character in _CLOSING:
            open_brackets += _CLOSING[character]
        elif character in _CLOSING.values():
            if not open_brackets.endswith(character):
                raise PhraseError(f"A bracket in {text!r} closes what is not open.")
            open_brackets = open_brackets[:-1]
        if character == separator and not open_brackets:
            parts.append("")
        else:
            parts[-1] += character
    if open_brackets:
        raise PhraseError(f"A bracket in {text!r} is not closed.")
    return [part.strip() for part in parts if part.strip()]


def _plain(text: str, language: str) -> str:
    """The text as lines have it."""
    return " ".join(folded(text).replace("'", "" if language == "en" else " ").split())


def _literal(text: str) -> str:
    before = "" if text.startswith("*") else f"{EDGE} " if text.startswith("<") else " "
    after = "" if text.endswith("*") else f" {EDGE}" if text.endswith(">") else " "
    return f"{before}{text.strip('*<>')}{after}"


def _pattern(text: str) -> str:
    if not text:
        return ""
    before = _TAIL if text.startswith("*") else ""
    after = f"{_TAIL} " if text.endswith("*") else f" (?={EDGE})" if text.endswith(">") else " "
    return f"{before}{re.escape(text.strip('*<>'))}{after}"
