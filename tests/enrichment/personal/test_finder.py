"""Personal data is found by what proves it, and left alone where it only looks like it."""

import pytest

from enrichment.personal.finder import find_personal_data
from enrichment.personal.masking import blank, mask, mask_part
from enrichment.texts.spans import Span


def masked(text: str, language: str) -> str:
    return mask(text, find_personal_data(text, language))


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("écrivez à jean.dupont+a@orange.fr, merci", "fr", "écrivez à [mail], merci"),
        ("me@mail.example.co.uk.", "en", "[mail]."),
        ("appelez le 06 12 34 56 78 ce soir", "fr", "appelez le [phone] ce soir"),
        ("+33 6 12 34 56 78", "fr", "[phone]"),
        ("03.93.92.16.85", "fr", "[phone]"),
        ("call me at (415) 555-2671", "en", "call me at [phone]"),
        ("IBAN FR76 3000 6000 0112 3456 7890 189 merci", "fr", "IBAN [iban] merci"),
        ("GB82WEST12345698765432", "en", "[iban]"),
        ("card 4111 1111 1111 1111 exp", "en", "card [card] exp"),
        ("SSN 123-45-6789", "en", "SSN [id]"),
        ("sécu 2 69 05 49 588 157 80", "fr", "sécu [id]"),
        ("from 192.168.1.1 and 6e40:4041:c617:e898:c11:40d2:c669:2eb4", "en", "from [id] and [id]"),
        ("au 12 bis rue de la Paix, 75002 Paris et toi ?", "fr", "au [address] et toi ?"),
        ("at 123 Main St, Springfield, IL 62704 now", "en", "at [address] now"),
        ("Hauptstraße 12a, 10115 Berlin", "de", "[address]"),
    ],
)
def test_personal_data_is_masked(text: str, language: str, expected: str) -> None:
    assert masked(text, language) == expected


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("@SNCF merci pour rien", "fr"),
        ("le 06/12/2024 j'ai payé 1 200,50 €", "fr"),
        ("on 2024-03-03 12:30:45 we had 10 000 000 views", "en"),
        ("FR76 3000 6000 0112 3456 7890 188", "fr"),
        ("4111 1111 1111 1112", "en"),
        ("il y a 3 place libres, 2 place settings", "fr"),
        ("https://x.com/a/status/0612345678", "fr"),
        ("I waited 2 hours at gate 15", "en"),
        ("version 10.2.300", "en"),
        ("", ""),
    ],
)
def test_what_only_looks_personal_is_left_alone(text: str, language: str) -> None:
    assert masked(text, language) == text


def test_a_part_is_masked_where_personal_data_reaches_into_it() -> None:
    text = "call 06 12 34 56 78 now"
    found = find_personal_data(text, "fr")

    assert mask_part(text, Span(0, 10), found) == "call [phone]"
    assert mask_part(text, Span(20, 23), found) == "now"
    assert blank(text, found) == "call                now"


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "part", ["a@", "@a.b", "1 ", "(1)", "+1", "FR76", "1.1.", "1", "1 Aa ", "a:1:", "1 rue de la "]
)
def test_a_megabyte_of_what_looks_personal_is_searched_in_time(part: str) -> None:
    text = part * (1_000_000 // len(part))

    assert len(mask(text, find_personal_data(text))) > 0
