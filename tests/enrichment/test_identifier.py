"""Language identification, and abstention."""

from collections.abc import Sequence

import numpy as np
import pytest

from enrichment.languages.identifier import LanguageIdentifier


@pytest.fixture(scope="module")
def identifier() -> LanguageIdentifier:
    return LanguageIdentifier.load()


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("my flight was cancelled and nobody answers", "en"),
        ("le vol a été annulé et personne ne répond", "fr"),
        ("mein Flug wurde gestrichen und niemand antwortet", "de"),
        ("mi vuelo fue cancelado y nadie responde", "es"),
        ("meu voo foi cancelado e ninguém responde", "pt"),
        ("il mio volo è stato cancellato", "it"),
        ("mijn vlucht is geannuleerd en niemand neemt op", "nl"),
        ("лечу завтра, но рейс отменили", "ru"),
        ("تم إلغاء رحلتي ولا أحد يجيب", "ar"),
        ("私のフライトはキャンセルされました", "ja"),
        ("मेरी उड़ान रद्द कर दी गई", "hi"),
        ("mera flight cancel ho gaya aur koi jawab nahi de raha", "hi-Latn"),
        ("@united toujours aucune nouvelle de ma valise https://t.co/abc", "fr"),
        ("merci beaucoup", "fr"),
        ("trop cher", "fr"),
        ("@SNCF toujours en retard 😡", "fr"),
        ("so good", "en"),
        ("hahaha merci beaucoup", "fr"),
        ("the customer service est vraiment nul", "fr"),
        ("Bonjour, my order has not arrived yet", "en"),
    ],
)
def test_ordinary_posts_are_recognised(identifier: LanguageIdentifier, text: str, language: str) -> None:
    assert identifier.identify([text]) == [language]


@pytest.mark.parametrize(
    "text",
    ["", "lol", "ok", "hahahaha", "LOOOL", "bon", "merci", "nul", "123 456", "😡😡", "@united https://t.co/abc", "!!!"],
)
def test_what_tells_nothing_is_abstained_from(identifier: LanguageIdentifier, text: str) -> None:
    assert identifier.identify([text]) == [""]


def test_a_single_word_must_be_surer_than_two(identifier: LanguageIdentifier) -> None:
    word, pair, ideographs = identifier.thresholds(["@united retard", "retard encore", "雅典"])

    assert word > pair == ideographs


def test_a_text_in_two_languages_gets_one_of_them_or_none(identifier: LanguageIdentifier) -> None:
    texts = ["J'ai reçu mon refund, thanks guys!", "My flight is late encore une fois, ras le bol"]

    assert set(identifier.identify(texts)) <= {"en", "fr", ""}


def test_probabilities_add_up_and_grow_with_the_text(identifier: LanguageIdentifier) -> None:
    shares = identifier.probabilities(["annulé", "annulé depuis hier", "annulé depuis hier et personne ne répond"])

    assert np.allclose(shares.sum(1), 1)
    assert sure(shares) == sorted(sure(shares))


def test_no_texts_give_no_languages(identifier: LanguageIdentifier) -> None:
    assert identifier.identify([]) == []


def sure(shares: np.ndarray) -> Sequence[float]:
    return shares.max(1).tolist()
