"""The tags that words get, and which may follow which."""

from __future__ import annotations

from enum import StrEnum

import numpy as np
from numpy.typing import NDArray


class NameType(StrEnum):
    """What is named, in the words of WNUT 2017."""

    PERSON = "person"
    LOCATION = "location"
    CORPORATION = "corporation"
    GROUP = "group"
    PRODUCT = "product"
    WORK = "creative-work"


TYPES = tuple(NameType)
# Tag 0 is no name; each type has a tag for the first word of a name and one for every other.
TAGS = 1 + 2 * len(TYPES)


def first_tag(kind: NameType) -> int:
    """The tag of the first word of a name; that of its other words is the next."""
    return 1 + 2 * TYPES.index(kind)


def forbidden() -> NDArray[np.bool_]:
    """True at [i, j] where tag j must not follow tag i; the last row is that of the start of a text."""
    is_inside = np.arange(TAGS) % 2 == 0
    is_inside[0] = False
    before = np.arange(TAGS + 1)[:, None]
    continues = (before == np.arange(TAGS)) | (before == np.arange(TAGS) - 1)
    barred: NDArray[np.bool_] = is_inside & ~(continues & (before < TAGS))
    return barred
