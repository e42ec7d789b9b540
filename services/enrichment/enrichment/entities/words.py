"""Words of a text, as the tagger of names counts them, with their place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Integers: TypeAlias = NDArray[np.int64]

# Clitics and elisions stand alone, so that "Lyon's" and "l'Oréal" begin and end where the name does.
_WORD = re.compile(
    r"(?:https?://|www\.)\S+"
    r"|[@＠#＃]\w+"
    r"|(?:[cdjlmnst]|qu)['’](?=\w\w)"
    r"|(?:[^\W\d_]\.){2,}"
    r"|\w+(?:(?:[-&]|['’](?=\w{3}))\w+)*"
    r"|[^\w\s]",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Words:
    """Words of many texts, end to end: characters `starts` to `ends` of text `texts`."""

    forms: list[str]
    starts: Integers
    ends: Integers
    texts: Integers

    @classmethod
    def of(cls, texts: Sequence[str]) -> Words:
        """The words of each text, in order; what is neither letter, digit nor space is a word of its own."""
        found = [[(match[0], *match.span()) for match in _WORD.finditer(text)] for text in texts]
        every = list(chain.from_iterable(found))
        places = np.array([each[1:] for each in every], np.int64).reshape(-1, 2)
        return cls(
            [each[0] for each in every],
            places[:, 0],
            places[:, 1],
            np.repeat(np.arange(len(texts)), list(map(len, found))),
        )
