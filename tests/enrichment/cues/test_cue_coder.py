"""Cues code statements: negation, evidence, whom and when, and abstention."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from enrichment.codebooks.shelf import SHIPPED, fingerprint, read_codebook, shipped
from enrichment.coding.coder import Passages
from enrichment.coding.codes import Code, CoderKind, Effect, Experiencer, Tense
from enrichment.cues.coder import CueCoder
from enrichment.scores.gold import Agreement, agreements, gold_folder, read_gold, together

LAYERS = ("speech_act", "drivers", "needs", "relationship", "promotion")


@cache
def coder(*names: str) -> CueCoder:
    """Made once: compiling the cues of four codebooks takes a second."""
    return CueCoder(tuple(map(shipped, names)))


def code(text: str, language: str = "en", *names: str) -> tuple[Code, ...]:
    empty = np.zeros((1, 1), np.float32)
    [codes] = coder(*(names or LAYERS[:4])).code(Passages([text], [language], empty, empty))
    return codes


def keys(text: str, language: str = "en", *names: str) -> set[str]:
    return {each.key for each in code(text, language, *names)}


def test_a_code_tells_its_evidence_and_who_coded() -> None:
    text = "hello, please add a dark mode"
    [found] = code(text, "en", "speech_act")

    assert (found.key, found.coder, found.version) == ("speech_act/suggestion", CoderKind.RULE, 1)
    assert text[found.start : found.end] == "please add"
    assert 0.5 < found.probability <= 1


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("It is easy to use", "en", Effect.ENABLER),
        ("It is not easy to use", "en", Effect.BARRIER),
        ("C'est facile à utiliser", "fr", Effect.ENABLER),
        ("C'est pas facile à utiliser", "fr", Effect.BARRIER),
        ("Not worth the money", "en", Effect.BARRIER),
        ("worth every penny", "en", Effect.ENABLER),
        ("ça ne vaut pas le coup", "fr", Effect.BARRIER),
        ("ça vaut le coup", "fr", Effect.ENABLER),
    ],
)
def test_a_negation_turns_a_driver_round(text: str, language: str, expected: Effect) -> None:
    assert {each.effect for each in code(text, language, "drivers")} == {expected}


def test_a_negation_does_not_reach_over_a_comma() -> None:
    assert {each.effect for each in code("No, worth every penny", "en", "drivers")} == {Effect.ENABLER}


def test_not_only_is_no_negation() -> None:
    assert "relationship/satisfaction" in keys("not only very happy with it", "en", "relationship")


def test_what_is_taken_back_is_not_coded() -> None:
    assert keys("use the promo code at checkout", "en", "promotion") == {"promotion/promotion"}
    assert keys("the promo code does not work", "en", "promotion") == set()


@pytest.mark.parametrize(
    ("text", "language", "experiencer", "tense"),
    [
        ("I was scared of the needle", "en", Experiencer.SELF, Tense.PAST),
        ("my mother can't figure out the menu", "en", Experiencer.CLOSE_OTHER, Tense.PRESENT),
        ("people don't trust them", "en", Experiencer.PEOPLE, Tense.PRESENT),
        ("I would be scared of it", "en", Experiencer.SELF, Tense.HYPOTHETICAL),
        ("I decided to switch next month, can't wait to start", "en", Experiencer.SELF, Tense.INTENDED),
        ("j'avais peur des piqûres", "fr", Experiencer.SELF, Tense.PAST),
        ("ma mère n'arrive pas à comprendre la notice", "fr", Experiencer.CLOSE_OTHER, Tense.PRESENT),
        ("les gens n'ont pas confiance", "fr", Experiencer.PEOPLE, Tense.PRESENT),
        ("j'aurais peur de le faire", "fr", Experiencer.SELF, Tense.HYPOTHETICAL),
    ],
)
def test_drivers_tell_whom_and_when(text: str, language: str, experiencer: Experiencer, tense: Tense) -> None:
    [found, *_] = code(text, language, "drivers")

    assert (found.experiencer, found.tense) == (experiencer, tense)


def test_a_statement_has_one_speech_act_but_may_have_several_needs() -> None:
    text = "I wish you would just please add a setting, there is no way to print"

    assert len(code(text, "en", "speech_act")) == 1
    assert {"needs/wish", "needs/request", "needs/unmet_job"} <= keys(text, "en", "needs")


@pytest.mark.parametrize("text", ["", "ok", "good morning from the office", "😡😡", "Das ist ein Test"])
@pytest.mark.parametrize("language", ["", "en", "de"])
def test_without_evidence_it_abstains(text: str, language: str) -> None:
    assert code(text, language) == ()


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_codebooks_say_what_their_codes_mean(name: str) -> None:
    book = shipped(name)

    assert (book.name, book.version >= 1) == (name, True)
    for each in book.codes:
        assert each.source
        assert set(each.examples) == {"en", "fr"}
        assert set(each.cues) in (set(), {"en", "fr"})


@pytest.mark.parametrize("name", ["speech_act", "drivers", "needs", "relationship", "promotion"])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_codebooks_agree_with_their_own_examples(name: str, language: str) -> None:
    wrong = [
        text
        for each in shipped(name).codes
        if each.cues
        for text in each.examples[language].positive
        if f"{name}/{each.code}" not in keys(text, language, name)
    ]
    accepted = [
        text
        for each in shipped(name).codes
        if each.cues
        for text in each.examples[language].negative
        if f"{name}/{each.code}" in keys(text, language, name)
    ]

    assert (wrong, accepted) == ([], [])


def test_the_version_changes_with_any_word() -> None:
    book = shipped("promotion")
    changed = book.model_copy(update={"description": "another"})

    assert fingerprint([book]) != fingerprint([changed])
    assert CueCoder((book,)).version != CueCoder((changed,)).version


def test_a_code_that_occurs_twice_is_refused() -> None:
    twice = "{name: own, title: Own, version: 1, codes: [%s, %s]}" % (("{code: a, title: A, definition: x}",) * 2)

    with pytest.raises(ValueError, match="a occurs twice"):
        read_codebook(twice)


# What the cues reach on statements that nobody looked at while they were written, less what a dozen statements vary.
@pytest.mark.parametrize(
    ("name", "language", "precision", "f1"),
    [
        ("speech_act", "en", 0.85, 0.78),
        ("speech_act", "fr", 0.85, 0.78),
        ("drivers", "en", 0.80, 0.65),
        ("drivers", "fr", 0.80, 0.70),
        ("needs", "en", 0.85, 0.78),
        ("needs", "fr", 0.85, 0.70),
        ("relationship", "en", 0.80, 0.80),
        ("relationship", "fr", 0.80, 0.70),
        ("promotion", "en", 0.85, 0.80),
        ("promotion", "fr", 0.85, 0.80),
    ],
)
def test_cues_agree_with_people(name: str, language: str, precision: float, f1: float) -> None:
    gold = [each for each in read_gold(gold_folder() / f"{name}.yaml") if each.language == language]
    held_out = [each for each in gold if each.is_held_out]
    found = together(agreements(coder(name), name, held_out).values())

    assert len(gold) >= 25
    assert (found.precision or 0) >= precision
    assert found.f1 >= f1


def test_agreement_counts_what_is_right() -> None:
    found = Agreement(right=1, given=2, wanted=4)

    assert (found.precision, found.recall, round(found.f1, 3)) == (0.5, 0.25, 0.333)
    assert Agreement(0, 0, 0).precision is None


def test_gold_files_lie_beside_the_tests() -> None:
    assert gold_folder() == Path(__file__).parents[1] / "gold"


@pytest.mark.timeout(30)
@pytest.mark.parametrize("unit", ["please add ", "not worth it ", "?", "😡 ", "a", "é̶̷ ", "\u202e never again "])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_text_takes_long(unit: str, language: str) -> None:
    code(unit * (1_000_000 // len(unit)), language)
