"""Postal addresses: a house number beside the name of a street, as the languages of western Europe write them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from enrichment.personal.data import PersonalData, PersonalKind

_NAME = r"[^\W\d_][\w'’.-]{0,30}"
_CAPITALISED = r"(?-i:[A-ZÀ-Þ0-9])[\w'’.-]{0,30}"
_ENGLISH_TYPE = (
    r"(?:street|str?|avenue|ave?|road|rd|lane|ln|drive|dr|boulevard|blvd|way|court|ct|circle|cir|place|pl|square|sq"
    r"|terrace|close|crescent|cres|highway|hwy|parkway|pkwy|trail|gardens|grove|row)\b\.?"
)
_PARTICLE = r"(?:(?:de|du|des|la|le|les|saint|sainte|st|ste)[\s-]|[ld]['’])"
_FRENCH_TYPE = (
    r"(?:(?:rue|avenue|av\.|boulevard|bd\.?|boul\.|impasse|allées?|chemin|quai|rte\.?|faubourg|fbg\.?|ruelle|sentier)\s"
    # These are words of every day, unless the name of a street follows.
    rf"|(?:place|cours|route|square|passage|villa|esplanade|résidence|lotissement)\s(?={_PARTICLE}|{_CAPITALISED}))\s?"
)
_UNIT = r"(?:,?\s{1,2}(?:apt|apartment|suite|ste|unit|flat|appt?|appartement|bât|bâtiment|étage|#)\.?\s{0,2}\w{1,6})?"
_PLACE = rf"(?:,?\s{{1,3}}(?:[A-Z]{{2}}\s)?\d{{4,5}}(?:-\d{{4}})?(?:\s{{1,2}}{_CAPITALISED}){{0,3}})?"
_AFTER_ENGLISH = rf"(?:,\s{{1,3}}{_CAPITALISED}(?:\s{{1,2}}{_CAPITALISED}){{0,2}},?\s{{1,3}}(?-i:[A-Z]{{2}})\s{{1,3}}\d{{5}}(?:-\d{{4}})?)?"  # noqa: E501
_ENGLISH = re.compile(
    rf"(?<![\w#.,/-])\d{{1,5}}[a-z]?\s{{1,2}}(?:{_CAPITALISED}\s{{1,2}}){{1,4}}{_ENGLISH_TYPE}{_UNIT}{_AFTER_ENGLISH}",
    re.IGNORECASE,
)
_FRENCH = re.compile(
    rf"(?<![\w#.,/-])\d{{1,4}}(?:\s?(?:bis|ter|quater|[a-d]\b))?,?\s{{1,2}}{_FRENCH_TYPE}{_PARTICLE}{{0,3}}"
    rf"{_NAME}(?:[\s-](?:(?:de|du|des|la|le|les|et)\s)?{_CAPITALISED}){{0,4}}{_UNIT}{_PLACE}",
    re.IGNORECASE,
)
_GERMAN = re.compile(
    rf"(?<!\w)(?:[^\W\d_]{{2,30}}(?:stra(?:ß|ss)e|str\.|weg|gasse|platz|allee))\s{{1,2}}\d{{1,4}}[a-z]?(?!\w){_PLACE}",
    re.IGNORECASE,
)
_ROMANCE = re.compile(
    rf"(?<!\w)(?:rua|via|viale|calle|avenida|corso|piazza|plaza|praça)\s{{1,2}}(?:(?:do|da|dos|de|del|di|della)\s)?"
    rf"{_CAPITALISED}(?:\s{_CAPITALISED}){{0,2}},?\s{{1,2}}\d{{1,4}}(?!\w)",
    re.IGNORECASE,
)
_BOX = re.compile(r"(?<!\w)(?:p\.?\s?o\.?\s?box|b\.?p\.)\s{0,2}\d{1,6}(?!\w)", re.IGNORECASE)
_APARTMENT = re.compile(r"(?<!\w)(?:apt|suite|appt)\.?\s{1,2}\d{1,5}(?!\w)", re.IGNORECASE)


def street_addresses(text: str) -> Iterator[PersonalData]:
    """Addresses that name a street and a house, or a box or flat with its number."""
    for pattern in (_ENGLISH, _FRENCH, _GERMAN, _ROMANCE, _BOX, _APARTMENT):
        for match in pattern.finditer(text):
            yield PersonalData(PersonalKind.ADDRESS, *match.span())
