"""What folding makes of single signs: as much of it as a regular expression of a database can know.

Folding goes sign by sign. ASCII letters become small, accented Latin letters lose their accent, and most other signs
never turn into an ASCII letter. A text of only such signs can be searched in SQL; any other holds an opaque sign.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from string import ascii_lowercase, digits

from ingest.queries.tokens import fold

# Where the signs of most texts come from. What lies elsewhere counts as opaque without being looked at.
_BLOCKS = (
    (0x80, 0x17F),  # Latin with accents
    (0x370, 0x52F),  # Greek, Cyrillic
    (0x5D0, 0x6FF),  # Hebrew, Arabic
    (0x2010, 0x205E),  # dashes, quotation marks, ellipsis
    (0x20A0, 0x20BF),  # currencies
    (0x2190, 0x22FF),  # arrows, operators
    (0x2500, 0x27BF),  # boxes, symbols, dingbats
    (0x3001, 0x30FF),  # kana
    (0x4E00, 0x9FFF),  # Han
    (0xFE0E, 0xFE0F),  # styles of emoji
    (0x1F300, 0x1FAFF),  # emoji
)
COMPARABLE = frozenset(ascii_lowercase + digits + "_")


@dataclass(frozen=True, slots=True)
class Signs:
    """As bracket expressions: how texts spell each small ASCII letter, digit and `_`, and which signs are opaque."""

    spellings: dict[str, str]
    opaque: str


@lru_cache(maxsize=1)
def known_signs() -> Signs:
    """Worked out from `fold` itself, so that the two can never differ."""
    folded = {sign: fold(sign) for first, last in _BLOCKS for sign in map(chr, range(first, last + 1))}
    plain = {sign: made for sign, made in folded.items() if len(made) == 1 and made in COMPARABLE}
    # A sign that vanishes joins its neighbours, so it is not harmless.
    harmless = [sign for sign, made in folded.items() if made and COMPARABLE.isdisjoint(made)]
    known = "".join(f"{first}-{last}" for first, last in _stretches(sorted([*plain, *harmless])))
    return Signs(
        spellings={
            letter: _spelling(letter, (sign for sign in plain if plain[sign] == letter)) for letter in COMPARABLE
        },
        opaque=rf"[^\u0001-\u007f{known}]",
    )


def _spelling(letter: str, others: Iterable[str]) -> str:
    return f"[{''.join(dict.fromkeys((letter, letter.upper(), *others)))}]"


def _stretches(signs: Iterable[str]) -> Iterator[tuple[str, str]]:
    first = last = ""
    for sign in signs:
        if last and ord(sign) == ord(last) + 1:
            last = sign
            continue
        if last:
            yield first, last
        first = last = sign
    if last:
        yield first, last
