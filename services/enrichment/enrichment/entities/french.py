"""Names that French grammar gives away, beside those that a tagger taught in English finds."""

from __future__ import annotations

import re
from collections.abc import Iterator

from enrichment.entities.entity import Entity, EntityKind

_NAME = r"[A-ZÀ-Þ][a-zà-ÿ]{2,30}(?:-[A-Za-zÀ-ÿ]{1,30}){0,4}"
_BEFORE_PLACES = r"(?:à|en|vers|près d[e'’]|gare d[e'’]|ville d[e'’])"
_TITLE = r"(?:M\.|Mr|Mme|Mlle|Monsieur|Madame|Docteur|Dr|Maître)"
_PATTERNS = {
    EntityKind.PLACE: re.compile(rf"(?<!\w){_BEFORE_PLACES}\s?(?P<name>{_NAME})(?!\w)"),
    EntityKind.ORGANISATION: re.compile(rf"(?<!\w)[Cc]hez\s(?P<name>{_NAME})(?!\w)"),
    EntityKind.PERSON: re.compile(rf"(?<!\w){_TITLE}\s(?P<name>{_NAME}(?:\s{_NAME}){{0,2}})(?!\w)"),
}
_NO_NAMES = frozenset(
    {"Noël", "Pâques", "Toussaint", "Master", "Licence", "Français", "Française", "Anglais", "Allemand", "Espagnol"}
    | {
        "Mme",
        "Mlle",
        "Monsieur",
        "Madame",
        "Docteur",
        "Italien",
        "Dieu",
        "Internet",
        "Facebook",
        "Twitter",
        "Instagram",
        "Youtube",
        "Les",
        "Des",
        "Une",
        "Mon",
    }
)
# Share of places among a hundred words that followed these prepositions in tweets (UMSAB, training part).
_RIGHT = 0.8


def find_french_names(text: str) -> Iterator[Entity]:
    """Places after their prepositions, organisations after "chez", people after their titles."""
    for kind, pattern in _PATTERNS.items():
        for match in pattern.finditer(text):
            if match["name"] not in _NO_NAMES:
                yield Entity(kind, *match.span("name"), match["name"].casefold(), _RIGHT)
