"""Keyphrases: what a post is about, in a few words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichment.keyphrases.extraction import MOST_PHRASES, keyphrases


def test_a_complaint_gives_what_it_is_about() -> None:
    found = keyphrases("@united my flight was cancelled and I've been on hold for 2 hours", "en")

    assert found[0] == "flight cancelled"
    assert {"flight", "hold", "2 hours"} <= set(found)


def test_french_elisions_and_compound_verbs_are_read() -> None:
    found = keyphrases("Le vol a été annulé et l'équipage n'a rien dit", "fr")

    assert {"vol annulé", "équipage"} <= set(found)


def test_handles_addresses_and_markers_are_never_phrases() -> None:
    found = keyphrases("RT @united: lost bag &amp; lost patience via @delta http://t.co/lost", "en")

    assert {"lost bag", "lost patience"} <= set(found)
    assert not {"united", "delta", "rt", "via", "amp", "http"} & {word for phrase in found for word in phrase.split()}


def test_phrases_do_not_reach_across_punctuation() -> None:
    assert "bag staff" not in keyphrases("lost bag, staff rude", "en")


def test_stretched_words_are_one_word() -> None:
    assert keyphrases("coooool app", "en")[0] == "cool app"
    assert keyphrases("sooooo", "en") == []


def test_what_is_repeated_comes_first() -> None:
    assert keyphrases("The refund, the form, the refund, the queue, the refund.", "en")[0] == "refund"


def test_a_language_without_spaces_gives_its_runs_of_characters() -> None:
    assert keyphrases("我的航班被取消了，客服很差", "zh") != []


@pytest.mark.parametrize("text", ["", "@united", "http://a.b", "😡", "and so it was"])
def test_a_text_that_says_nothing_has_no_keyphrases(text: str) -> None:
    assert keyphrases(text, "en") == []


@given(st.text(), st.sampled_from(["", "en", "fr", "ja"]))
def test_there_are_few_and_they_are_lower_case_and_distinct(text: str, language: str) -> None:
    found = keyphrases(text, language)

    assert len(found) == len(set(found)) <= MOST_PHRASES
    assert all(phrase and phrase == phrase.lower() for phrase in found)
