"""Personal data that a post gives away."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class PersonalKind(StrEnum):
    """What is given away."""

    MAIL = "mail"
    PHONE = "phone"
    IBAN = "iban"
    CARD = "card"
    ADDRESS = "address"
    ID = "id"


@dataclass(frozen=True, slots=True)
class PersonalData:
    """Characters `start` to `end` of the post are personal data of this kind."""

    kind: PersonalKind
    start: int
    end: int
