"""Statements: sentences, then clauses, at exact offsets."""

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichment.statements.splitter import MOST_STATEMENTS, split


def parts(text: str, language: str = "") -> list[str]:
    return [text[span.start : span.end] for span in split(text, language)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Late again. Never flying with you again!", ["Late again.", "Never flying with you again!"]),
        (
            "Call No. 5 now, Mr. Smith. It costs 3.50 in the U.S. today.",
            ["Call No. 5 now, Mr. Smith.", "It costs 3.50 in the U.S. today."],
        ),
        ("Bag lost!!! 😡😡 Where is it?", ["Bag lost!!! 😡😡", "Where is it?"]),
        ("1. Bags lost\n2. No refund", ["1. Bags lost", "2. No refund"]),
        ("so late.Now what?!No way", ["so late.", "Now what?!", "No way"]),
        ("We waited for hours... and nobody came", ["We waited for hours...", "and nobody came"]),
        ("Wait... what", ["Wait... what"]),
        ("Super ! Merci beaucoup", ["Super !", "Merci beaucoup"]),
        ("这是一个测试。我很高兴！", ["这是一个测试。", "我很高兴！"]),
        ("delayed by five hours #fail #neveragain", ["delayed by five hours #fail #neveragain"]),
    ],
)
def test_sentences_end_where_a_reader_would_say(text: str, expected: list[str]) -> None:
    assert parts(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("M. Dupont m'a rappelé, p. ex. hier, cf. mon mail.", ["M. Dupont m'a rappelé, p. ex. hier, cf. mon mail."]),
        ("Livré le 3 janv. dernier. Rien depuis.", ["Livré le 3 janv. dernier.", "Rien depuis."]),
        ("Le Dr Martin, etc. sont venus. Merci !", ["Le Dr Martin, etc. sont venus.", "Merci !"]),
        ("Colis n° 5 perdu av. Foch. Aucune réponse !!", ["Colis n° 5 perdu av. Foch.", "Aucune réponse !!"]),
        ("« C'est nul ! » dit-elle. « Revenez demain ! »", ["« C'est nul ! » dit-elle.", "« Revenez demain ! »"]),
        ("Où est mon colis ? Toujours rien !", ["Où est mon colis ?", "Toujours rien !"]),
        ("Prix : 3,50 €. Qualité : bof.", ["Prix : 3,50 €.", "Qualité : bof."]),
        ("Personne à 10h30... vraiment rien", ["Personne à 10h30... vraiment rien"]),
        ("QUELLE HONTE ! TOUJOURS RIEN REÇU", ["QUELLE HONTE !", "TOUJOURS RIEN REÇU"]),
    ],
)
def test_french_sentences_end_where_a_reader_would_say(text: str, expected: list[str]) -> None:
    assert parts(text, "fr") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            'He said "Never again!" and left. "Why?" I asked.',
            ['He said "Never again!" and left.', '"Why?"', "I asked."],
        ),
        (
            "Dr. Smith of Acme Inc. paid $3.50, e.g. for parking.",
            ["Dr. Smith of Acme Inc. paid $3.50, e.g. for parking."],
        ),
        ("ask J. R. Smith, Ph.D., about it. No reply", ["ask J. R. Smith, Ph.D., about it.", "No reply"]),
        ("Tip: 1. open it 2. tap it 3. reset", ["Tip:", "1. open it", "2. tap it", "3. reset"]),
        ("It costs 5. Then 2 more.", ["It costs 5.", "Then 2 more."]),
        ("- no charger\n- no manual\n1) late\n2) rude", ["- no charger", "- no manual", "1) late", "2) rude"]),
        ("your app v2.3.1 is broken", ["your app v2.3.1 is broken"]),
        ("great phone,great camera,bad battery.Never again", ["great phone,great camera,bad battery.", "Never again"]),
        ("My bag is lost :( and you don't care", ["My bag is lost :(", "and you don't care"]),
        ("we landed 🤷‍♀️ nobody knew the gate", ["we landed 🤷‍♀️ nobody knew the gate"]),
        ("we landed at noon 🤷‍♀️ nobody knew the gate", ["we landed at noon 🤷‍♀️", "nobody knew the gate"]),
        ("paid three times, i.e. far too much", ["paid three times, i.e. far too much"]),
    ],
)
def test_abbreviations_quotes_and_lists_end_no_sentence_of_their_own(text: str, expected: list[str]) -> None:
    assert parts(text, "en") == expected


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("the wifi is down, nobody answers the phone", "en", ["the wifi is down,", "nobody answers the phone"]),
        ("le wifi est coupé , personne ne répond", "fr", ["le wifi est coupé ,", "personne ne répond"]),
        ("late, rude, and very expensive food", "en", ["late, rude, and very expensive food"]),
        (
            "jai attendu une heure du coup jai abandonné",
            "fr",
            ["jai attendu une heure", "du coup jai abandonné"],
        ),
        (
            "we waited ages then they hung up",
            "en",
            ["we waited ages", "then they hung up"],
        ),
    ],
)
def test_clauses_are_told_apart_without_any_full_stop(text: str, language: str, expected: list[str]) -> None:
    assert parts(text, language) == expected


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        (
            "my flight was cancelled and I've been on hold for 2 hours because nobody answers",
            "en",
            ["my flight was cancelled", "and I've been on hold for 2 hours", "because nobody answers"],
        ),
        ("bags and coats and more coats were lost", "en", ["bags and coats and more coats were lost"]),
        ("nice but slow", "en", ["nice but slow"]),
        (
            "Le vol a été annulé parce qu'il neigeait mais personne ne nous a prévenus",
            "fr",
            ["Le vol a été annulé", "parce qu'il neigeait", "mais personne ne nous a prévenus"],
        ),
        ("Das Essen war gut aber der Service war langsam", "de", ["Das Essen war gut", "aber der Service war langsam"]),
        ("Le vol était long mais le repas était bon", "", ["Le vol était long mais le repas était bon"]),
    ],
)
def test_clauses_open_at_connectives_of_the_language(text: str, language: str, expected: list[str]) -> None:
    assert parts(text, language) == expected


def test_handles_in_front_and_addresses_belong_to_no_statement() -> None:
    assert parts("@united thanks for nothing! https://t.co/abc") == ["thanks for nothing!"]


@pytest.mark.parametrize("text", ["😡😡", "https://t.co/abc", "@united", "#fail", "???"])
def test_a_post_without_sentences_is_one_statement(text: str) -> None:
    assert parts(text) == [text]


@pytest.mark.parametrize("text", ["", " \n\t "])
def test_a_blank_text_has_no_statements(text: str) -> None:
    assert split(text) == []


def test_a_text_without_punctuation_is_cut_before_it_grows_too_long() -> None:
    text = "word " * 500

    spans = split(text)

    assert all(span.end - span.start <= 400 for span in spans)
    assert "".join(parts(text)).replace(" ", "") == "word" * 500


def test_a_document_keeps_its_end_in_the_last_statement() -> None:
    text = "Yes it is. " * 1000

    spans = split(text)

    assert len(spans) == MOST_STATEMENTS
    assert spans[-1].end == len(text.rstrip())


HOSTILE = [" ", ".", "!", "… ", "😡 ", "a.", "and I ", "- ", "\n", ":) ", "@a ", "No. ", "1. a ", "p. ", '!" ']


@pytest.mark.parametrize("unit", HOSTILE)
def test_no_text_takes_long(unit: str) -> None:
    started = time.process_time()

    split("a" + unit * (40_000 // len(unit)) + "b", "en")

    assert time.process_time() - started < 1


@given(st.text(), st.sampled_from(["", "en", "fr"]))
def test_spans_are_in_order_and_cover_every_word(text: str, language: str) -> None:
    spans = split(text, language)

    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert all(before.end <= after.start for before, after in pairwise(spans))
    if "@" not in text and "://" not in text and "www." not in text.lower():
        covered = {at for span in spans for at in range(*span)}
        assert all(at in covered for at, character in enumerate(text) if character.isalnum())
