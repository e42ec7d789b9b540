"""Which column holds what: as given, as guessed, and what is said when it is not there."""

import pytest

from ingest.sources.files.mapping import FIELDS, ColumnMapping, MappingSyntaxError, resolve_mapping
from ingest.sources.files.records import Record, UnreadableFileError
from ingest.sources.files.translation import translation

NOTHING = ColumnMapping({})


def test_a_mapping_is_read_and_shown_alike() -> None:
    mapping = ColumnMapping.parse("text=tweet, author=user.name")

    assert mapping.columns == {"text": "tweet", "author": "user.name"}
    assert ColumnMapping.parse(str(mapping)) == mapping


def test_a_column_name_may_hold_a_comma_or_an_equals_sign() -> None:
    assert ColumnMapping.parse('"text=a, b",author=x=y').columns == {"text": "a, b", "author": "x=y"}


@pytest.mark.parametrize("specification", ["text", "text=", "=column", "mood=column", "text=a,,author=b"])
def test_a_mapping_of_nothing_is_refused_with_the_known_fields(specification: str) -> None:
    with pytest.raises(MappingSyntaxError, match="external_id"):
        ColumnMapping.parse(specification)


@pytest.mark.parametrize(
    ("columns", "guess"),
    [
        (("id", "created_at", "author", "text"), "text=text,author=author,published_at=created_at,external_id=id"),
        (
            ("Post ID", "Full-Text", "User.Name"),
            "text=Full-Text,author=User.Name,external_id=Post ID,author_handle=User.Name",
        ),
        (("Date de publication", "Texte", "Auteur"), "text=Texte,author=Auteur,published_at=Date de publication"),
        (("Réseau", "Contenu", "Langue", "Lien"), "text=Contenu,platform=Réseau,language=Langue,url=Lien"),
        (("text", "full_text"), "text=text"),
    ],
)
def test_common_columns_are_guessed(columns: tuple[str, ...], guess: str) -> None:
    assert str(resolve_mapping(NOTHING, columns)) == guess


def test_what_is_given_wins_and_its_column_is_not_guessed_for_another_field() -> None:
    mapping = resolve_mapping(ColumnMapping.parse("text=message,author=text"), ("text", "message", "id"))

    assert mapping.columns == {"text": "message", "author": "text", "external_id": "id"}


def test_an_absent_column_is_named_together_with_those_that_are_there() -> None:
    with pytest.raises(UnreadableFileError, match=r'no column "tweet"\. Its columns are "id", "body"'):
        resolve_mapping(ColumnMapping.parse("text=tweet"), ("id", "body"))


def test_without_a_column_of_text_the_reader_is_asked_to_name_one() -> None:
    with pytest.raises(UnreadableFileError, match="mapping text=<column>"):
        resolve_mapping(NOTHING, ("a", "b"))


def test_empty_cells_are_left_out() -> None:
    found = translation(ColumnMapping.parse("text=t,author=u.name,url=l"), ("t", "u.name", "l"))
    record = Record(1, {"t": "hello", "u": {"name": "me"}, "l": ""})

    assert found.apply(record).fields == {"text": "hello", "author": "me"}


def test_a_value_may_be_the_same_for_every_post() -> None:
    found = translation(ColumnMapping.parse("text=t,platform==Instagram"), ("t",))

    assert found.apply(Record(1, {"t": "hello"})).fields == {"text": "hello", "platform": "Instagram"}


def test_a_ready_mapping_is_named_and_may_be_changed_by_column() -> None:
    mapping = ColumnMapping.parse("preset:brandwatch,text=Body")

    assert (mapping.preset, mapping.columns) == ("brandwatch", {"text": "Body"})
    assert ColumnMapping.parse(str(mapping)) == mapping


def test_an_unknown_ready_mapping_is_refused_with_those_that_exist() -> None:
    with pytest.raises(MappingSyntaxError, match="There are: bluesky_jetstream, "):
        ColumnMapping.parse("preset:myspace")


@pytest.mark.parametrize("name", ["a,b", 'say "hi"', "a=b", " x"])
def test_whatever_a_column_is_called_its_mapping_is_read_back(name: str) -> None:
    mapping = ColumnMapping({"text": name.strip(), "author": "author"})

    assert ColumnMapping.parse(str(mapping)) == mapping


@pytest.mark.parametrize(
    ("written", "number"),
    [(12, 12), ("12", 12), ("1,234", 1234), ("1 234", 1234), ("1.234.567", 1234567), ("3.4K", 3400), ("2M", 2000000)],
)
def test_counts_are_read_as_people_write_them(written: object, number: int) -> None:
    found = translation(ColumnMapping.parse("text=t,likes=n"), ("t", "n"))

    assert found.apply(Record(1, {"t": "x", "n": written})).fields["engagement"] == {"likes": number}


@pytest.mark.parametrize("written", ["many", "-1", -1, "1.23", True, [1], "9" * 40, float("nan"), float("inf")])
def test_a_count_that_cannot_be_read_is_left_out_and_told(written: object) -> None:
    translated = translation(ColumnMapping.parse("text=t,likes=n"), ("t", "n")).apply(
        Record(1, {"t": "x", "n": written})
    )

    assert "engagement" not in translated.fields
    assert translated.unreadable == ("likes",)


def test_every_field_can_be_guessed() -> None:
    assert tuple(resolve_mapping(NOTHING, FIELDS).columns) == FIELDS
