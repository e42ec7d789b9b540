"""Stated reasons: cause, effect and connective as spans, in either order, and nothing where only time is told."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichment.readings.reader import Reader
from enrichment.reasons.finder import reasons
from pourquoi.ingest.v1.events_pb2 import Post


def told(text: str, language: str) -> list[tuple[str, str, str]]:
    """Effect, connective and cause of each reason."""
    return [
        (text[slice(*each.effect)], text[slice(*each.connective)], text[slice(*each.cause)])
        for each in reasons(text, language)
    ]


@pytest.mark.parametrize(
    ("text", "effect", "connective", "cause"),
    [
        ("I left because nobody answered, but the food was good", "I left", "because", "nobody answered"),
        ("It was delayed due to fog.", "It was delayed", "due to", "fog"),
        ("we moved since the rent went up", "we moved", "since", "the rent went up"),
        ("I took the bus, as I had no cash", "I took the bus", "as", "I had no cash"),
        ("Sorry for being late", "Sorry", "for", "being late"),
        ("fined for speeding twice", "fined", "for", "speeding twice"),
        ("My bag got lost because of you", "My bag got lost", "because of", "you"),
        ("The outage was caused by a fire", "The outage was", "caused by", "a fire"),
    ],
)
def test_an_english_cause_may_follow_its_effect(text: str, effect: str, connective: str, cause: str) -> None:
    assert told(text, "en") == [(effect, connective, cause)]


@pytest.mark.parametrize(
    ("text", "effect", "connective", "cause"),
    [
        ("Because the app crashed, I lost my booking.", "I lost my booking", "Because", "the app crashed"),
        ("Since it was raining, we stayed home", "we stayed home", "Since", "it was raining"),
        ("Thanks to Anna we made it", "we made it", "Thanks to", "Anna"),
        ("Due to the strike my train was cancelled", "my train was cancelled", "Due to", "the strike"),
        ("The heating is broken so I'm freezing", "I'm freezing", "so", "The heating is broken"),
        ("The flight was late. That's why we missed it", "we missed it", "That's why", "The flight was late"),
        ("They never called back. So I cancelled.", "I cancelled", "So", "They never called back"),
        ("prices doubled, as a result we left", "we left", "as a result", "prices doubled"),
        ("I am done. Because nobody answers.", "I am done", "Because", "nobody answers"),
    ],
)
def test_an_english_cause_may_come_first(text: str, effect: str, connective: str, cause: str) -> None:
    assert told(text, "en") == [(effect, connective, cause)]


@pytest.mark.parametrize(
    ("text", "effect", "connective", "cause"),
    [
        ("Je suis partie parce que personne ne répondait", "Je suis partie", "parce que", "personne ne répondait"),
        ("je n'y vais plus car c'est trop cher", "je n'y vais plus", "car", "c'est trop cher"),
        ("Annulé faute de neige", "Annulé", "faute de", "neige"),
        ("Le vol est annulé à cause du brouillard", "Le vol est annulé", "à cause du", "brouillard"),
        ("on reste vu que c'est moins cher", "on reste", "vu que", "c'est moins cher"),
        ("Désolé d’avoir tardé", "Désolé", "d", "avoir tardé"),
        ("Comme l'appli plantait, j'ai appelé.", "j'ai appelé", "Comme", "l'appli plantait"),
        ("Puisqu’il pleuvait, on est restés", "on est restés", "Puisqu", "il pleuvait"),
        ("Grâce à Anna on a réussi", "on a réussi", "Grâce à", "Anna"),
        ("Le chauffage est en panne du coup je gèle", "je gèle", "du coup", "Le chauffage est en panne"),
        ("Personne ne répond. C'est pourquoi je pars", "je pars", "C'est pourquoi", "Personne ne répond"),
        ("le prix a doublé, donc on part", "on part", "donc", "le prix a doublé"),
    ],
)
def test_french_reasons_are_found_in_either_order(text: str, effect: str, connective: str, cause: str) -> None:
    assert told(text, "fr") == [(effect, connective, cause)]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Customer since 2015", "en"),
        ("I have been waiting since last Monday", "en"),
        ("it has been down ever since we moved", "en"),
        ("a tool for cutting wood", "en"),
        ("as well as the others", "en"),
        ("I think so too", "en"),
        ("so far so good", "en"),
        ("Because.", "en"),
        ("Cliente depuis 2015", "fr"),
        ("j'ai pris le car de 8 h", "fr"),
        ("Comme d'habitude, c'est en retard", "fr"),
        ("il est beau comme un camion", "fr"),
        ("weil es regnet", "de"),
        ("I left because it rained", ""),
    ],
)
def test_time_comparison_and_purpose_are_no_reasons(text: str, language: str) -> None:
    assert reasons(text, language) == ()


def test_a_chain_of_reasons_shares_its_middle() -> None:
    assert told("I quit because it was slow so I switched", "en") == [
        ("I quit", "because", "it was slow"),
        ("I switched", "so", "it was slow"),
    ]


def test_spans_refer_to_the_text_as_it_was_sent() -> None:
    text = "@united RT I left because nobody answered https://t.co/x"

    [found] = reasons(text, "en")

    assert text[slice(*found.cause)] == "nobody answered"
    assert text[slice(*found.effect)].endswith("I left")


@given(st.text(alphabet="aİ because so ,.\nparce que car"), st.sampled_from(["en", "fr"]))
def test_spans_of_any_text_lie_within_it_and_apart(text: str, language: str) -> None:
    for found in reasons(text, language):
        assert all(0 <= span.start < span.end <= len(text) for span in (found.cause, found.effect, found.connective))
        assert found.cause.end <= found.effect.start or found.effect.end <= found.cause.start


def test_a_reading_carries_the_reasons_of_its_text(reader: Reader) -> None:
    text = "Mon vol a été annulé parce que le personnel est en grève."

    [reading] = reader.read([text])
    [found] = reading.reasons

    assert text[slice(*found.cause)] == "le personnel est en grève"
    assert text[slice(*found.effect)] == "Mon vol a été annulé"


async def test_reasons_are_stored_and_told(post: Callable[..., Post], collect: Callable[..., Any]) -> None:
    told_of_post = await collect(post("I left because nobody answered"))

    assert told_of_post["reasons"] == [
        {
            "cause": {"start": 15, "end": 30},
            "effect": {"start": 0, "end": 6},
            "connective": {"start": 7, "end": 14},
        }
    ]


@pytest.mark.timeout(30)
@pytest.mark.parametrize("unit", ["because ", "for going ", "so i ", "a", "car ", ", ", "since i ", "d'avoir eu "])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_text_takes_long(unit: str, language: str) -> None:
    reasons("x " + unit * (200_000 // len(unit)), language)
