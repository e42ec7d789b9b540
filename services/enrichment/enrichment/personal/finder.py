"""Find personal data in a post: mail, phone, bank account, card, address, and numbers that stand for a person."""

from __future__ import annotations

import re
from collections.abc import Iterator

from enrichment.personal.addresses import street_addresses
from enrichment.personal.data import PersonalData, PersonalKind
from enrichment.personal.numbers import find_numbers
from enrichment.personal.phones import find_phones

# A domain ends a mail address; what stands before the @ is read backwards, so that no position is looked at twice.
_DOMAIN = re.compile(r"@(?:[^\W_](?:[\w-]{0,62})\.)+[^\W\d_]{2,24}(?!\w)")
_LOCAL = frozenset("._%+-'")
_LONGEST_LOCAL = 64
_DIGIT = re.compile(r"\d")
_ADDRESS_OF_WEB = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)


def find_personal_data(text: str, language: str = "") -> tuple[PersonalData, ...]:
    """Spans of personal data, in order and without overlap; phone numbers are read as in countries of `language`.

    A text without a digit and without an @ costs a look at its characters and no more.
    """
    found = list(_mails(text)) if "@" in text else []
    if _DIGIT.search(text):
        found += find_numbers(text)
        found += street_addresses(text)
        found += _outside_links(text, find_phones(text, language, [(each.start, each.end) for each in found]))
    return _apart(found)


def _mails(text: str) -> Iterator[PersonalData]:
    for match in _DOMAIN.finditer(text):
        start, first = match.start(), max(0, match.start() - _LONGEST_LOCAL)
        while start > first and (text[start - 1].isalnum() or text[start - 1] in _LOCAL):
            start -= 1
        while start < match.start() and not text[start].isalnum():
            start += 1
        if start < match.start():
            yield PersonalData(PersonalKind.MAIL, start, match.end())


def _outside_links(text: str, found: list[PersonalData]) -> list[PersonalData]:
    """The number of an article or a video in a web address is nobody's phone."""
    if not found:
        return []
    links = [match.span() for match in _ADDRESS_OF_WEB.finditer(text)]
    return [each for each in found if not any(start <= each.start < end for start, end in links)]


def _apart(found: list[PersonalData]) -> tuple[PersonalData, ...]:
    """Without those that overlap an earlier or longer one."""
    kept: list[PersonalData] = []
    for each in sorted(found, key=lambda each: (each.start, -each.end)):
        if not kept or each.start >= kept[-1].end:
            kept.append(each)
    return tuple(kept)
