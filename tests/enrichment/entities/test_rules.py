"""What is marked or written in figures is found by rules, in English and French."""

import pytest

from enrichment.entities.amounts import find_amounts
from enrichment.entities.dates import find_dates
from enrichment.entities.entity import EntityKind
from enrichment.entities.french import find_french_names
from enrichment.entities.marks import find_marks, link_name


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("12 €", ["12 EUR"]),
        ("payé 1 200,50 € hier", ["1200.5 EUR"]),
        ("12€50", ["12.5 EUR"]),
        ("3 millions d'euros", ["3000000 EUR"]),
        ("$1,200.50 or £5k", ["1200.5 USD", "5000 GBP"]),
        ("20 bucks and €5", ["20 USD", "5 EUR"]),
        ("flight 12, gate 5, 100%", []),
        ("the euro is strong", []),
    ],
)
def test_amounts_are_named_by_sum_and_currency(text: str, names: list[str]) -> None:
    assert [each.name for each in find_amounts(text)] == names


@pytest.mark.parametrize(
    ("text", "language", "names"),
    [
        ("le 3 mars", "fr", ["--03-03"]),
        ("le 1er août 2024", "fr", ["2024-08-01"]),
        ("rdv lundi 12/03/24", "fr", ["lundi", "2024-03-12"]),
        ("en février 2023", "fr", ["2023-02"]),
        ("on March 3rd, 2024", "en", ["2024-03-03"]),
        ("03/04/2024", "en", ["2024-03-04"]),
        ("03/04/2024", "fr", ["2024-04-03"]),
        ("13/04/2024", "en", ["2024-04-13"]),
        ("2024-02-28 but not 2024-02-31", "en", ["2024-02-28"]),
        ("it may rain, march on, version 1.2.3", "en", []),
    ],
)
def test_dates_are_named_as_far_as_they_are_said(text: str, language: str, names: list[str]) -> None:
    assert [each.name for each in find_dates(text, language)] == names


def test_marks_are_found_where_they_stand() -> None:
    text = "#Grève @SNCF voir https://www.Example.fr/A/?utm_source=x&b=2#c, merci 👍🏽❤️"

    marks = find_marks(text)

    assert [(each.kind, each.name) for each in marks] == [
        (EntityKind.HASHTAG, "grève"),
        (EntityKind.MENTION, "sncf"),
        (EntityKind.LINK, "example.fr/A?b=2"),
        (EntityKind.EMOJI, "thumbs_up"),
        (EntityKind.EMOJI, "red_heart"),
    ]
    assert text[marks[3].start : marks[3].end] == "👍🏽"
    assert text[marks[2].start : marks[2].end] == "https://www.Example.fr/A/?utm_source=x&b=2#c"


@pytest.mark.parametrize("text", ["a@b.com", "#1", "C#", "http://x.org/#part", "&#39;", "no marks", ""])
def test_what_only_looks_like_a_tag_is_none(text: str) -> None:
    assert not [each for each in find_marks(text) if each.kind != EntityKind.LINK]


@pytest.mark.parametrize("address", ["http://[", "https://", "http://a:b/", "www."])
def test_an_address_that_is_none_keeps_its_own_name(address: str) -> None:
    assert link_name(address) in (address, "", "/")


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        ("je pars à Bordeaux demain", EntityKind.PLACE, "bordeaux"),
        ("on habite en Belgique", EntityKind.PLACE, "belgique"),
        ("acheté chez Darty", EntityKind.ORGANISATION, "darty"),
        ("merci à Mme Durand", EntityKind.PERSON, "durand"),
    ],
)
def test_french_grammar_gives_names_away(text: str, kind: EntityKind, name: str) -> None:
    assert [(each.kind, each.name) for each in find_french_names(text)] == [(kind, name)]


@pytest.mark.parametrize("text", ["à demain", "en retard", "à Noël", "chez moi", "À LYON"])
def test_french_grammar_gives_nothing_else_away(text: str) -> None:
    assert not list(find_french_names(text))


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "part", ["#a", "@a.b", "http://", "$1", "1 ", "1,", "3 mars ", "1.1.", "é", "😀", "à Aa-", "M. Aaa ", "lundi", "z̸̡̢"]
)
def test_a_megabyte_is_searched_in_time(part: str) -> None:
    text = part * (1_000_000 // len(part))

    marks, amounts, dates = find_marks(text[:200_000]), list(find_amounts(text)), list(find_dates(text, "fr"))

    assert all(each.end <= len(text) for each in [*marks, *amounts, *dates, *find_french_names(text)])
