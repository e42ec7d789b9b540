"""A thing that a post names."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from enrichment.sentiments.polarity import Polarity


class EntityKind(StrEnum):
    """What is named."""

    BRAND = "brand"
    PRODUCT = "product"
    PERSON = "person"
    PLACE = "place"
    ORGANISATION = "organisation"
    WORK = "work"
    ASPECT = "aspect"
    HASHTAG = "hashtag"
    MENTION = "mention"
    LINK = "link"
    EMOJI = "emoji"
    MONEY = "money"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Entity:
    """A named thing: characters `start` to `end` of the post; `name` is what all ways to write it share.

    `polarity` is that of what is said of it, and None where nothing can be told.
    """

    kind: EntityKind
    start: int
    end: int
    name: str
    probability: float = 1.0
    polarity: Polarity | None = None
