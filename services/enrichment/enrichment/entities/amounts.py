"""Amounts of money, as English and French write them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from price_parser import Price

from enrichment.entities.entity import Entity, EntityKind

_NUMBER = r"\d{1,3}(?:[ .,'\u00a0\u202f]\d{3}){1,4}(?:[.,]\d{1,2})?|\d{1,12}(?:[.,]\d{1,2})?"
_MULTIPLE = r"(?:\s?(?:k|m|bn|mn|million|milliard|billion|thousand|mille)s?(?![a-z])(?:\sd(?:['’]|e\s))?)?"
_SIGN = r"[€$£¥₹₽₩₺₫₴₦]|US\$|C\$|CA\$|A\$|R\$"
_WORD = (
    r"(?:euros?|eur|dollars?|usd|cad|aud|bucks?|pounds?|quid|gbp|livres?|francs?|chf|yens?|jpy|rupees?|roupies?|inr"
    r"|pesos?|reais|brl|dirhams?|mad|fcfa|xof|balles)"
)
_AMOUNT = re.compile(
    rf"(?<![\w.,])(?:(?:{_SIGN})\s?(?:{_NUMBER}){_MULTIPLE}(?!\w)"
    rf"|(?:\d{{1,6}}[€£$]\d{{2}}|(?:{_NUMBER}){_MULTIPLE}\s?(?:(?:{_SIGN})|{_WORD}(?!\w)))(?!\d))",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")
_MULTIPLIERS = {"k": 3, "thousand": 3, "mille": 3, "m": 6, "mn": 6, "million": 6, "bn": 9, "billion": 9, "milliard": 9}
_MULTIPLIER = re.compile(r"\d\s?(k|mn?|bn|million|milliard|billion|thousand|mille)s?(?![a-z])", re.IGNORECASE)
_CURRENCIES = {
    "€": "EUR", "euro": "EUR", "eur": "EUR", "$": "USD", "us$": "USD", "usd": "USD", "dollar": "USD", "buck": "USD",
    "£": "GBP", "gbp": "GBP", "pound": "GBP", "quid": "GBP", "livre": "GBP", "c$": "CAD", "ca$": "CAD", "cad": "CAD",
    "a$": "AUD", "aud": "AUD", "chf": "CHF", "¥": "JPY", "yen": "JPY", "jpy": "JPY", "₹": "INR", "inr": "INR",
    "rupee": "INR", "roupie": "INR", "r$": "BRL", "reai": "BRL", "brl": "BRL", "dirham": "MAD", "mad": "MAD",
    "fcfa": "XOF", "xof": "XOF", "balle": "EUR", "franc": "CHF",
}  # fmt: skip
_CURRENCY = re.compile(rf"US\$|C\$|CA\$|A\$|R\$|[€$£¥₹₽₩₺₫₴₦]|{_WORD}(?!\w)", re.IGNORECASE)


def find_amounts(text: str) -> Iterator[Entity]:
    """Amounts with a currency, named `<amount> <ISO 4217 code>`, such as `1200.5 EUR`."""
    if _DIGIT.search(text) and _CURRENCY.search(text):
        for match in _AMOUNT.finditer(text):
            name = _name(match[0])
            if name:
                yield Entity(EntityKind.MONEY, *match.span(), name)


def _name(written: str) -> str:
    amount, currency = Price.fromstring(written).amount, _CURRENCY.search(written)
    if amount is None or currency is None:
        return ""
    sign = currency[0].lower()
    multiplier = _MULTIPLIER.search(written)
    value = amount.scaleb(_MULTIPLIERS[multiplier[1].lower()]) if multiplier else amount
    code = _CURRENCIES.get(sign) or _CURRENCIES.get(sign.rstrip("s"), currency[0])
    return f"{value.normalize():f} {code}"
