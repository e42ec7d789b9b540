"""Cue phrases find what their grammar says, in the spelling of posts, at exact offsets."""

import pytest

from enrichment.cues.matcher import Matcher
from enrichment.cues.phrases import PhraseError, needles


def found(phrase: str, text: str, language: str = "en", **lists: str) -> list[str]:
    matcher = Matcher(language, [(phrase, needle) for needle in needles(phrase, language, lists)])
    [passage] = matcher.find([text])
    return [text[slice(*passage.span(hit.words))] for hit in passage.hits]


@pytest.mark.parametrize(
    ("phrase", "text", "expected"),
    [
        ("please add", "Please, ADD a lid", ["Please, ADD"]),
        ("please add", "pleased address", []),
        ("recommend*", "I recommended it", ["recommended"]),
        ("*ed", "it crashed twice", ["crashed"]),
        ("(add|bring back) it", "bring back it and add it", ["bring back it", "add it"]),
        ("so [very|too] slow", "so slow, so very slow", ["so slow", "so very slow"]),
        ("not ... worth", "not really at all worth it", ["not really at all worth"]),
        ("not ... worth", "not one two three four worth it", []),
        ("<how", "how? and how", ["how"]),
        ("so far>", "so far so good, so far", ["so far"]),
        ("<(add|fix) (it|this)>", "fix this", ["fix this"]),
        ("get * % off", "Get 20% off today", ["Get 20% off"]),
        ("is it ... ?", "Is it any good?", ["Is it any good?"]),
        ("won't work", "it wont work, it won’t work", ["wont work", "won’t work"]),
        ("recommend* it", "we recommended it", ["recommended it"]),
    ],
)
def test_a_phrase_finds_what_it_stands_for(phrase: str, text: str, expected: list[str]) -> None:
    assert found(phrase, text) == expected


@pytest.mark.parametrize(
    ("phrase", "text", "expected"),
    [
        ("je n'arrive pas", "Je n’arrive PAS à payer", ["Je n’arrive PAS"]),
        ("a eviter", "À ÉVITER !", ["À ÉVITER"]),
        ("l'appli plante", "l'appli plante", ["l'appli plante"]),
        ("deçu", "déçue et déçu", ["déçu"]),
    ],
)
def test_accents_and_elisions_of_french_do_not_matter(phrase: str, text: str, expected: list[str]) -> None:
    assert found(phrase, text, "fr") == expected


def test_a_phrase_may_refer_to_a_list_of_its_codebook() -> None:
    assert found("i {used} it", "I bought it", used="bought|tried") == ["I bought it"]


@pytest.mark.parametrize(
    ("phrase", "problem"),
    [
        ("i {used} it", "'used'"),
        ("... worth", "begin and end"),
        ("worth ...", "begin and end"),
        ("[so] [very]", "nothing"),
    ],
)
def test_a_phrase_that_says_nothing_is_refused(phrase: str, problem: str) -> None:
    with pytest.raises(PhraseError, match=problem):
        needles(phrase, "en")


def test_long_alternatives_stay_few_literals() -> None:
    many = "|".join(f"word{number}" for number in range(60))

    assert len(needles(f"({many}) ({many}) ({many})", "en")) <= 400
    assert found(f"({many}) ({many}) ({many})", "word1 word59 word7") == ["word1 word59 word7"]


def test_nothing_is_found_across_passages_and_each_keeps_its_own() -> None:
    matcher = Matcher("en", [("key", needle) for needle in needles("please add", "en")])

    passages = matcher.find(["please", "add", "", "please add", "\x1fplease\x1fadd"])

    assert [len(passage.hits) for passage in passages] == [0, 0, 0, 1, 1]
