"""What SQL may think of single signs is what folding makes of them."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.queries.signs import known_signs
from ingest.queries.tokens import fold

SIGNS = st.one_of(
    st.characters(max_codepoint=0x52F),
    st.characters(min_codepoint=0x5D0, max_codepoint=0x6FF),
    st.characters(min_codepoint=0x2000, max_codepoint=0x30FF),
    st.characters(),
)


def spelled_out(text: str) -> str:
    """The text with every sign replaced by the letter that it is a spelling of, and the others by blanks."""
    spellings = known_signs().spellings.items()
    return "".join(next((letter for letter, spelling in spellings if sign in spelling[1:-1]), " ") for sign in text)


def is_opaque(text: str) -> bool:
    return re.search(known_signs().opaque, text) is not None


@settings(max_examples=2_000)
@given(st.lists(SIGNS, max_size=12).map("".join))
def test_a_text_without_opaque_signs_spells_the_letters_it_folds_to(text: str) -> None:
    if not is_opaque(text):
        assert spelled_out(text).split() == re.findall("[a-z0-9_]+", fold(text))


@pytest.mark.parametrize("sign", ["\u0301", "™", "œ", "ﬁ", "½", "①", "Ｋ", "\u0483", "\u064b", "\u3099"])
def test_a_sign_that_vanishes_or_becomes_several_letters_is_opaque(sign: str) -> None:
    assert is_opaque(f"a{sign}b")


@pytest.mark.parametrize(
    "text", ["Hi\n", "Voilà l’été… « déjà » – 25 €", "So late 😡🚆❤️", "поезд опоздал", "電車が遅い", "tab\tand\nline"]
)
def test_usual_texts_hold_no_opaque_sign(text: str) -> None:
    assert not is_opaque(text)
