"""What counts as said in a post."""

import pytest

from enrichment.texts.spans import masked, spoken, worded


def test_handles_in_front_and_addresses_are_blanked_and_the_rest_stays_where_it_was() -> None:
    text = "@united @delta: late again, says @bob https://t.co/x1 😡"

    said = spoken(text)

    assert said.split() == ["late", "again,", "says", "@bob", "😡"]
    assert len(said) == len(text)
    assert said.index("late") == text.index("late")


def test_the_mark_of_a_repost_is_not_said() -> None:
    assert spoken("RT @united: we are sorry").split() == ["we", "are", "sorry"]


@pytest.mark.parametrize("text", ["", "   ", "@united", "https://example.org/a?b=c", "@a www.example.org"])
def test_a_text_of_nothing_else_stays_as_it_is(text: str) -> None:
    assert spoken(text) == text


def test_words_are_left_without_handles_wherever_they_stand() -> None:
    assert worded("@a likes @b at http://c.d").split() == ["likes", "at"]


def test_masks_are_those_of_the_training_data() -> None:
    assert masked("Hi  @Bob_1,\nsee HTTPS://T.co/Ab") == "hi @user, see http"
