"""Dates, as English and French write them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from enrichment.entities.entity import Entity, EntityKind

_MONTHS = {
    1: "january jan janvier janv", 2: "february feb février fevrier févr fév", 3: "march mar mars",
    4: "april apr avril avr", 5: "may mai", 6: "june jun juin", 7: "july jul juillet juil",
    8: "august aug août aout", 9: "september sept sep septembre", 10: "october oct octobre",
    11: "november nov novembre", 12: "december dec décembre decembre déc",
}  # fmt: skip
_MONTH_OF = {name: month for month, names in _MONTHS.items() for name in names.split()}
_MONTH = rf"(?P<month>{'|'.join(sorted(_MONTH_OF, key=len, reverse=True))})\b\.?"
_DAYS = r"(?:mon|tues?|wednes|thurs?|fri|satur|sun)day|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"
_YEAR = r"(?P<year>(?:19|20)\d{2})(?!\d)"
_GATE = re.compile(r"\d|day\b|\b(?:lun|mar|mercre|jeu|vendre|same|diman)di|\bdimanche", re.IGNORECASE)
_PATTERNS = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?<![\d/.-]){_YEAR}-(?P<month_number>\d{{2}})-(?P<day>\d{{2}})(?!\d)",
        r"(?<![\d/.-])(?P<day>\d{1,2})(?P<mark>[/.-])(?P<month_number>\d{1,2})(?P=mark)(?P<year>(?:19|20)?\d{2})(?![\d/-])",
        rf"(?<!\w)(?P<day>\d{{1,2}})(?:st|nd|rd|th|er)?\s(?:of\s)?{_MONTH}(?:,?\s{_YEAR})?",
        rf"(?<!\w){_MONTH}\s(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?!\d|[.,:]\d)(?:,?\s{_YEAR})?",
        rf"(?<!\w){_MONTH}\s{_YEAR}",
        rf"(?<!\w)(?P<weekday>{_DAYS})(?!\w)",
    )
]


def find_dates(text: str, language: str = "") -> Iterator[Entity]:
    """Dates, named as ISO 8601 does, with a part that is not said left out: `2024-03-03`, `--03-03`, `2024-03`.

    Weekdays are named as they are written. `03/04/2024` is the third of April, and in English the fourth of March
    where that is a date.
    """
    if not _GATE.search(text):
        return
    at = 0
    found = (match for pattern in _PATTERNS for match in pattern.finditer(text))
    for match in sorted(found, key=lambda match: (match.start(), -match.end())):
        name = _name(match, language)
        if name and match.start() >= at:
            at = match.end()
            yield Entity(EntityKind.DATE, *match.span(), name)


def _name(match: re.Match[str], language: str) -> str:
    """Empty for what looks like a date and is none, such as 31/31/2024."""
    said = match.groupdict()
    if said.get("weekday"):
        return match[0].lower()
    month = int(said["month_number"]) if said.get("month_number") else _MONTH_OF[said["month"].lower()]
    day, year = int(said.get("day") or 0), int(said.get("year") or 0)
    is_month_first = said.get("mark") in ("/", "-") and language.startswith("en") and day <= 12
    if is_month_first or month > 12:
        day, month = month, day
    year += 2000 * (0 < year < 70) + 1900 * (70 <= year < 100)
    return _iso(year, month, day)


def _iso(year: int, month: int, day: int) -> str:
    try:
        date(year or 2000, month, day or 1)
    except ValueError:
        return ""
    return f"{year or '-'}-{month:02}{f'-{day:02}' if day else ''}"
