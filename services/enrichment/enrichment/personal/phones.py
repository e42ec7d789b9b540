"""Phone numbers, as Google's libphonenumber knows them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice

from phonenumbers import NumberParseException, is_possible_number, is_valid_number, parse

from enrichment.personal.data import PersonalData, PersonalKind

# Where those who write a language are likely to call from; the first that knows the number decides.
_REGIONS = {
    "en": ("US", "GB", "AU", "IN", "ZA", "IE", "NZ"),
    "fr": ("FR", "BE", "CH", "CA", "SN", "CI", "MA"),
    "de": ("DE", "AT", "CH"),
    "es": ("ES", "MX", "AR", "CO"),
    "it": ("IT", "CH"),
    "pt": ("PT", "BR"),
    "nl": ("NL", "BE"),
}
_USUAL_REGIONS = ("US", "FR", "GB", "DE", "ES", "IT", "BR", "AU", "CH", "BE", "NL", "SE", "NO", "DK", "FI", "PL", "HU")
_CANDIDATE = re.compile(
    r"(?<![\w./-])(?<!\d[,:])(?:\+|00)?\(?\d{1,5}\)?(?:[ .\-\u00a0/]{0,3}\(?\d{1,5}\)?){1,7}"
    r"(?:\s?(?:x|ext\.?|poste)\s?\d{1,5})?(?!\w)(?![.,/:-]\d)",
    re.IGNORECASE,
)
_ANNOUNCED = re.compile(
    r"(?:phone|call|tel|tél|téléphone|fax|mobile|cell|desk|number|whatsapp|sms|texts?|reach|messages?|num[ée]ro|appel\w{0,4}"
    r"|joindre|portable)\W{0,3}(?:(?:me|us|at|on|to|is|au|est|le|nous|moi|aux?)\W{1,3}){0,3}\Z",
    re.IGNORECASE,
)
_DATE = re.compile(r"(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)?\d{2})(?![-/.]?\d)")
_THOUSANDS = re.compile(r"\d{1,3}(?:[ .\u00a0]\d{3})+\Z")
_UNIT = re.compile(r"\s?(?:[€$£¥%]|eur|usd|euros?|dollars?|views|vues|km|kg)", re.IGNORECASE)
_SEPARATOR = re.compile(r"[ .\-\u00a0/()]")
_FEWEST_DIGITS, _MOST_DIGITS = 7, 15
_LOOK_BACK = 40
# A post with more of them is a table of numbers, not a message.
_MOST_CHECKED = 200


def find_phones(text: str, language: str, taken: Sequence[tuple[int, int]] = ()) -> list[PersonalData]:
    """Phone numbers outside the spans that are taken.

    One in the international form need only be possible, and so one that follows a word such as "call" or "tél". Any
    other must be valid in a country of the language and written in groups, or begin with 0.
    """
    found = []
    for match in islice(_CANDIDATE.finditer(text), _MOST_CHECKED):
        is_free = all(match.end() <= start or match.start() >= end for start, end in taken)
        if is_free and _is_phone(text, match, language):
            found.append(PersonalData(PersonalKind.PHONE, *match.span()))
    return found


def _is_phone(text: str, match: re.Match[str], language: str) -> bool:
    written = match[0]
    digits = sum(map(str.isdigit, written))
    if not _FEWEST_DIGITS <= digits <= _MOST_DIGITS or _DATE.match(written):
        return False
    if written.startswith(("+", "00")):
        return _is_possible(f"+{written.lstrip('+0')}")
    if _ANNOUNCED.search(text[max(0, match.start() - _LOOK_BACK) : match.start()]):
        return True
    is_amount = _THOUSANDS.match(written) or _UNIT.match(text, match.end())
    if is_amount and not written.startswith("0"):
        return False
    is_grouped, has_trunk = _SEPARATOR.search(written) is not None, written.startswith("0")
    regions = _REGIONS.get(language, ()) + (_USUAL_REGIONS if (is_grouped and has_trunk) or not language else ())
    return (is_grouped or has_trunk) and any(_is_valid(written, region) for region in regions)


def _is_possible(written: str) -> bool:
    try:
        return is_possible_number(parse(written))
    except NumberParseException:
        return False


def _is_valid(written: str, region: str) -> bool:
    try:
        return is_valid_number(parse(written, region))
    except NumberParseException:
        return False
