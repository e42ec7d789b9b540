"""Lexicons tell what speaks well or ill, in the language of a text, and what is denied."""

from pathlib import Path

import numpy as np
import pytest
import yaml

from enrichment.lexicons import lexicon
from enrichment.lexicons.counts import COLUMNS, lexicon_counts
from enrichment.lexicons.lexicon import Sense, lexicon_of

FILES = sorted(Path(lexicon.__file__).parent.glob("*.yaml"))


def balance(text: str, language: str) -> float:
    """1 where a text speaks well on balance, -1 where ill."""
    return float(lexicon_counts([text], [language])[0, -1])


@pytest.mark.parametrize(
    ("language", "well", "ill"),
    [
        ("en", "The crew was lovely, thanks!", "Lost my bag again, what a mess"),
        ("fr", "Équipe adorable, merci !", "Encore en retard, c'est inadmissible"),
        ("de", "Super Service, danke!", "Schon wieder kaputt, furchtbar"),
        ("es", "Excelente servicio, gracias", "Qué vergüenza, otra mentira"),
        ("it", "Bellissima sorpresa, grazie", "Che schifo, sempre in ritardo"),
        ("pt", "Amei o atendimento, obrigada", "Que vergonha, produto horrível"),
        ("ar", "شكرا خدمة ممتازة", "للأسف خدمة سيئة"),
    ],
)
def test_words_of_each_language_tell_well_from_ill(language: str, well: str, ill: str) -> None:
    assert balance(well, language) == 1
    assert balance(ill, language) == -1


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "not good", -1),
        ("en", "It wasn't bad", 1),
        ("en", "not the screen but the service is good", 1),
        ("fr", "ce n'est pas génial", -1),
        ("fr", "pas de panne", 1),
        ("fr", "c'est génial", 1),
    ],
)
def test_a_negation_turns_the_words_after_it(language: str, text: str, expected: int) -> None:
    assert balance(text, language) == expected


def test_emoji_and_emoticons_tell_in_any_language() -> None:
    glad, sad = lexicon_counts(["😍❤️ :)", "😡 :("], ["sw", ""])

    assert np.flatnonzero(glad).tolist() != np.flatnonzero(sad).tolist()
    assert glad.any()
    assert sad.any()


def test_words_mean_what_they_do_in_their_language() -> None:
    assert balance("die Sonne", "de") == 1
    assert balance("die Sonne", "en") == -1


def test_a_phrase_of_two_words_counts() -> None:
    assert lexicon_of("en").words["fed up"] is Sense.NEGATIVE
    assert balance("so fed up with this", "en") == -1


def test_a_text_of_no_known_language_or_of_nothing_has_no_counts() -> None:
    assert lexicon_counts(["", "lovely", "x" * 100_000], ["en", "", "../en"]).tolist() == [[0.0] * COLUMNS] * 3


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_no_list_contradicts_another(file: Path) -> None:
    lists = {name: set(words.split()) for name, words in yaml.safe_load(file.read_text(encoding="utf-8")).items()}

    assert lists.keys() <= {sense.value for sense in Sense}
    assert not lists["positive"] & (lists["negative"] | lists.get("insults", set()))
