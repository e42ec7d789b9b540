"""Heads code what is obvious, and abstain where they know too little."""

import numpy as np
import pytest

from enrichment.coding.coder import Passages
from enrichment.coding.codes import Code, CoderKind
from enrichment.heads.coder import HeadCoder
from enrichment.heads.shipped_coders import EMOTIONS, shipped_coders
from enrichment.readings.reader import Reader


@pytest.fixture(scope="module")
def coders(reader: Reader) -> dict[str, HeadCoder]:
    return {coder.codebook: coder for coder in shipped_coders(reader.encoder.label).posts}  # type: ignore[attr-defined]


def codes_of(reader: Reader, coder: HeadCoder, text: str, language: str = "en") -> set[str]:
    encoded = reader.encoder.encode([text])
    (codes,) = coder.code(Passages([text], [language], encoded.features, encoded.vectors))
    return {code.code for code in codes}


@pytest.mark.parametrize(
    ("text", "emotion"),
    [
        ("I am so angry about this, it makes me furious.", "anger"),
        ("I'm scared, this is terrifying!", "fear"),
        ("Thank you so much, I love it, best day ever!", "joy"),
        ("I miss her so much, I can't stop crying.", "sadness"),
        ("Wow, I did not expect that at all!", "surprise"),
        ("I hope it gets better soon.", "optimism"),
        ("That is disgusting, eww.", "disgust"),
    ],
)
def test_each_of_the_seven_emotions_is_found(
    reader: Reader, coders: dict[str, HeadCoder], text: str, emotion: str
) -> None:
    assert emotion in EMOTIONS
    assert emotion in codes_of(reader, coders["emotion"], text)


def test_a_matter_of_fact_has_no_emotion(reader: Reader, coders: dict[str, HeadCoder]) -> None:
    assert codes_of(reader, coders["emotion"], "The store opens at nine on weekdays.") == set()


def test_insults_are_offensive_and_thanks_are_not(reader: Reader, coders: dict[str, HeadCoder]) -> None:
    assert codes_of(reader, coders["offensive"], "You are a fucking idiot, shut up.") == {"offensive"}
    assert codes_of(reader, coders["offensive"], "Thank you for the quick answer.") == set()


def test_hatred_of_a_group_is_found(reader: Reader, coders: dict[str, HeadCoder]) -> None:
    hateful = "Immigrants are filthy animals, deport them all. #BuildThatWall #SendThemBack"

    assert codes_of(reader, coders["hate"], hateful) == {"hate"}
    assert codes_of(reader, coders["hate"], "The delivery was two days late.") == set()


def test_irony_is_a_hint_on_posts_alone(reader: Reader, coders: dict[str, HeadCoder]) -> None:
    assert codes_of(reader, coders["irony"], "Oh great, another Monday. Just what I needed... can't wait 😒") == {
        "irony"
    }
    assert "irony" not in {getattr(coder, "codebook", "") for coder in reader.coders.statements}


def test_sentences_about_a_product_may_bear_a_need(reader: Reader, coders: dict[str, HeadCoder]) -> None:
    need = "The straps are easy to adjust and keep my baby safe in the seat."

    assert codes_of(reader, coders["needs"], need) == {"need_bearing"}
    assert codes_of(reader, coders["needs"], "I bought this two years ago.") == set()


def test_a_language_that_a_head_has_not_learnt_is_left_uncoded(reader: Reader, coders: dict[str, HeadCoder]) -> None:
    for coder in coders.values():
        assert codes_of(reader, coder, "You are a fucking idiot, I am so angry!", "fr") == set()


def test_a_passage_of_unknown_language_is_read(reader: Reader, coders: dict[str, HeadCoder]) -> None:
    assert codes_of(reader, coders["emotion"], "I am so angry about this, it makes me furious.", "") == {"anger"}


def test_a_code_says_who_gave_it_how_surely_and_for_what(reader: Reader, coders: dict[str, HeadCoder]) -> None:
    texts = ["The store opens at nine.", "Thank you so much, I love it!"]
    encoded = reader.encoder.encode(texts)

    none, (code, *_) = coders["emotion"].code(Passages(texts, ["en", "en"], encoded.features, encoded.vectors))

    assert none == ()
    assert isinstance(code, Code)
    assert (code.key, code.coder, code.start, code.end) == ("emotion/joy", CoderKind.MODEL, 0, len(texts[1]))
    assert coders["emotion"].head.thresholds.min() <= code.probability <= 1


def test_statements_are_coded_apart_from_each_other(reader: Reader) -> None:
    (reading,) = reader.read(["The crew was lovely, thank you so much! But you are all fucking idiots at the desk."])

    first, second = reading.statements
    assert "emotion/joy" in {code.key for code in first.codes}
    assert "offensive/offensive" not in {code.key for code in first.codes}
    assert "offensive/offensive" in {code.key for code in second.codes}
    assert all(second.span.start <= code.start < code.end <= second.span.end for code in second.codes)


def test_texts_without_a_token_are_read(reader: Reader) -> None:
    encoded = reader.encoder.encode(["", "😡", "x"])

    assert np.isfinite(encoded.features).all()
