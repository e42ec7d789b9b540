"""Numbers that prove themselves: accounts, cards and ids, whose check digits or form tell them from any other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import ip_address

from enrichment.personal.data import PersonalData, PersonalKind

# Lengths of the countries of the IBAN registry (ISO 13616, SWIFT release 99).
_IBAN_LENGTHS = {
    country: length
    for length, countries in {
        15: "NO", 16: "BE", 18: "DK FI FK FO GL NL SD", 19: "MK SI", 20: "AT BA EE KZ LT LU MN XK",
        21: "CH HR LI LV", 22: "BG BH CR DE GB GE IE ME RS VA", 23: "AE GI IL IQ OM SO TL",
        24: "AD CZ ES MD PK RO SA SE SK TN VG", 25: "LY PT ST", 26: "IS TR",
        27: "BI DJ FR GR IT MC MR SM", 28: "AL AZ BY CY DO GT HN HU LB NI PL SV", 29: "BR EG PS QA UA",
        30: "JO KW MU YE", 31: "MT SC", 32: "LC", 33: "RU",
    }.items()
    for country in countries.split()
}  # fmt: skip
_IBAN = re.compile(r"(?<![^\W_])[A-Za-z]{2}\d{2}(?:[ -]?[A-Za-z0-9]){11,34}")
_CARD = re.compile(r"(?<![\d.,/-])\d(?:[ -]?\d){11,18}(?![\d/])(?![.,]\d)")
_CARD_BEGINNINGS = re.compile(r"1800|2131|2[2-7]|3[0-9]|4|5|6")
_SSN = re.compile(r"(?<![\d-])(?!000|666|9)\d{3}([- ])(?!00)\d{2}\1(?!0000)\d{4}(?![\d-])")
_NIR = re.compile(
    r"(?<!\d)[12] ?\d{2} ?(?:0[1-9]|1[0-2]|[2-9]\d) ?(?:\d{2}|2[AB]) ?\d{3} ?\d{3}(?: ?/? ?(?P<key>\d{2}))(?!\d)",
    re.IGNORECASE,
)
_IP = re.compile(
    r"(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}(?!\.?\d)|[0-9a-f]{1,4}(?::[0-9a-f]{0,4}){2,7})(?!\w)", re.IGNORECASE
)
_SEPARATORS = re.compile(r"[ -]")


def find_numbers(text: str) -> list[PersonalData]:
    """Accounts, cards, social security numbers of France and the United States, and addresses of machines."""
    return [*_ibans(text), *_ids(text), *_cards(text)]


def _ibans(text: str) -> Iterator[PersonalData]:
    for match in _IBAN.finditer(text):
        length = _IBAN_LENGTHS.get(match[0][:2].upper(), 0)
        end = _after(text, match.start(), length)
        number = _SEPARATORS.sub("", text[match.start() : end])
        if length and len(number) == length and has_valid_remainder(number):
            yield PersonalData(PersonalKind.IBAN, match.start(), end)


def _after(text: str, start: int, characters: int) -> int:
    """Where so many characters that are no separators end."""
    at = start
    while at < len(text) and characters:
        characters -= text[at] not in " -"
        at += 1
    return at


def has_valid_remainder(iban: str) -> bool:
    """True when the check digits of an IBAN are right (ISO 7064, MOD 97-10)."""
    moved = (iban[4:] + iban[:4]).upper()
    return moved.isascii() and moved.isalnum() and int("".join(str(int(each, 36)) for each in moved)) % 97 == 1


def _cards(text: str) -> Iterator[PersonalData]:
    for match in _CARD.finditer(text):
        number = _SEPARATORS.sub("", match[0])
        if _CARD_BEGINNINGS.match(number) and has_valid_check_digit(number):
            yield PersonalData(PersonalKind.CARD, *match.span())


def has_valid_check_digit(number: str) -> bool:
    """True when the last digit is right (Luhn, ISO/IEC 7812-1); a number of zeros is none."""
    digits = [int(each) for each in reversed(number)]
    doubled = [2 * each - 9 * (each > 4) for each in digits[1::2]]
    return any(digits) and (sum(digits[::2]) + sum(doubled)) % 10 == 0


def _ids(text: str) -> Iterator[PersonalData]:
    for match in _NIR.finditer(text):
        if has_valid_key(_SEPARATORS.sub("", match[0]).replace("/", "")):
            yield PersonalData(PersonalKind.ID, *match.span())
    for match in _SSN.finditer(text):
        yield PersonalData(PersonalKind.ID, *match.span())
    for match in _IP.finditer(text):
        if _is_address_of_machine(match[0]):
            yield PersonalData(PersonalKind.ID, *match.span())


def has_valid_key(nir: str) -> bool:
    """True when the key of a French NIR is right (INSEE); Corsican departments count as 19 and 18."""
    number = nir[:-2].upper().replace("2A", "19").replace("2B", "18")
    return number.isdecimal() and 97 - int(number) % 97 == int(nir[-2:])


def _is_address_of_machine(written: str) -> bool:
    try:
        return not ip_address(written).is_unspecified
    except ValueError:
        return False
