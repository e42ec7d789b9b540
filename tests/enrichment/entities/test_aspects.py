"""What a statement judges, in English and French."""

import pytest

from enrichment.entities.aspects import find_aspects
from enrichment.sentiments.polarity import Polarity
from enrichment.texts.spans import Span


def aspects(text: str, language: str, polarity: Polarity | None = Polarity.NEGATIVE) -> list[str]:
    return [each.name for each in find_aspects(text, Span(0, len(text)), language, polarity)]


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("The crew was lovely", "en", ["crew"]),
        ("Worst airline ever, customer service is terrible", "en", ["airline", "customer service"]),
        ("love the new battery life, hate the camera", "en", ["battery life", "camera"]),
        ("Le service client est nul et le temps d'attente interminable", "fr", ["service client", "temps d'attente"]),
        ("Livraison trop lente, colis cassé", "fr", ["livraison", "colis"]),
        ("L'équipe est super sympa", "fr", ["équipe"]),
        ("I waited and nobody came", "en", []),
        ("der Service ist schlecht", "de", []),
    ],
)
def test_aspects_are_what_an_opinion_leans_on(text: str, language: str, found: list[str]) -> None:
    assert aspects(text, language) == found


@pytest.mark.parametrize("polarity", [None, Polarity.NEUTRAL])
def test_a_statement_without_an_opinion_has_no_aspects(polarity: Polarity | None) -> None:
    assert aspects("The crew was there", "en", polarity) == []


def test_aspects_stand_where_they_are_said_in_the_post() -> None:
    text = "Hello. The crew was rude."

    [aspect] = find_aspects(text, Span(7, len(text)), "en", Polarity.NEGATIVE)

    assert text[aspect.start : aspect.end] == "crew"
    assert aspect.polarity == Polarity.NEGATIVE
