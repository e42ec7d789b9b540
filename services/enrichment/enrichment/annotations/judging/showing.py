"""What a coder is shown of a post: the item, some words around it, and nothing that names or reaches a person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from enrichment.personal.data import PersonalData

AROUND = 280
MASK = "█"


@dataclass(frozen=True, slots=True)
class Shown:
    """An item in its surroundings; `start` is where it begins in the post, in Unicode code points."""

    before: str
    text: str
    after: str
    start: int


def show(text: str, start: int, stop: int, personal: Iterable[PersonalData]) -> Shown:
    """The characters `start` to `stop` of a post, with up to 280 characters on either side.

    Personal data is masked character by character, so that every position stays what it is.
    """
    masked = mask(text, personal)
    return Shown(masked[max(0, start - AROUND) : start], masked[start:stop], masked[stop : stop + AROUND], start)


def mask(text: str, personal: Iterable[PersonalData]) -> str:
    """The text with its personal data blacked out, in the same length."""
    for found in personal:
        hidden = text[found.start : found.end]
        text = text[: found.start] + MASK * len(hidden) + text[found.end :]
    return text
