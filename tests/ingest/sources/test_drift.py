"""What a mapping expects and a file no longer has is told, and stops an import that would store nonsense."""

import io
from pathlib import Path

import pytest

from ingest.imports.readings import Reading, Seen
from ingest.sources.files.compression import MeteredStream
from ingest.sources.files.drift import Drift
from ingest.sources.files.mapping import ColumnMapping
from ingest.sources.files.records import Limits, UnreadableFileError

SAMPLES = Path(__file__).parent / "samples"


def opened(content: bytes, mapping: str = "") -> Reading:
    return Reading.of(MeteredStream(io.BytesIO(content)), Limits(), ColumnMapping.parse(mapping))


def drifts(content: bytes, mapping: str = "") -> list[Drift]:
    reading, seen = opened(content, mapping), Seen()
    reading.take(10_000, seen)
    return seen.drift.drifts(reading.translation, reading.contents.columns)


def table(rows: list[str]) -> bytes:
    return ("id,text,created_at,likes\n" + "".join(f"{row}\n" for row in rows)).encode()


SOUND = [f"{number},post {number},2026-10-05,{number}" for number in range(100)]


def test_a_file_as_the_mapping_expects_it_has_no_drift() -> None:
    assert drifts(table(SOUND)) == []
    assert drifts((SAMPLES / "brandwatch.csv").read_bytes()) == []


def test_a_renamed_column_is_named_with_what_it_is_called_now() -> None:
    content = (
        (SAMPLES / "brandwatch.csv").read_bytes().replace(b",Author,", b",Authors,").replace(b"Full Name", b"Name")
    )

    assert drifts(content, "preset:brandwatch") == [
        Drift(field="author", column="author", problem="renamed", rows=2, example_line=None, suggestion="Authors")
    ]


def test_a_column_that_is_gone_is_named() -> None:
    content = (SAMPLES / "brandwatch.csv").read_bytes().replace(b",Date,", b",Zeitpunkt,")

    [drift] = drifts(content, "preset:brandwatch")

    assert (drift.field, drift.column, drift.problem, drift.rows) == ("published_at", "date", "missing", 2)


@pytest.mark.parametrize(("wrong", "told"), [(5, False), (6, True)])
def test_dates_that_cannot_be_read_are_drift_from_one_in_twenty_on(wrong: int, told: bool) -> None:
    rows = [f"{number},post,some day,1" if number < wrong else row for number, row in enumerate(SOUND)]

    found = drifts(table(rows))

    expected = Drift(field="published_at", column="created_at", problem="unreadable", rows=wrong, example_line=2)
    assert found == ([expected] if told else [])


def test_empty_ids_are_drift() -> None:
    rows = [row.removeprefix(f"{number}") if number < 10 else row for number, row in enumerate(SOUND)]

    assert drifts(table(rows)) == [Drift(field="external_id", column="id", problem="empty", rows=10, example_line=2)]


def test_numbers_of_another_kind_are_drift_and_the_posts_are_taken() -> None:
    content = table([f"{number},post {number},2026-10-05,many" for number in range(30)])
    reading, seen = opened(content), Seen()

    stretch = reading.take(100, seen)

    assert len(stretch.intake) == 30
    assert [each.problem for each in seen.drift.drifts(reading.translation, reading.contents.columns)] == ["unreadable"]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("{0},post,some day,1", r'published_at cannot be read in 30 of the first 30 rows.*"created_at" \(line 2\)'),
        ("{0},,2026-10-05,1", r'text cannot be read in 30 of the first 30 rows.*"text"'),
    ],
)
def test_a_file_whose_vital_field_is_gone_is_stopped_before_anything_is_stored(row: str, problem: str) -> None:
    reading, seen = opened(table([row.format(number) for number in range(30)])), Seen()
    reading.take(100, seen)

    with pytest.raises(UnreadableFileError, match=problem):
        seen.drift.check(reading.translation)


def test_a_ready_mapping_whose_text_is_gone_is_refused_with_the_columns_that_are_there() -> None:
    content = (SAMPLES / "sprout.csv").read_bytes().replace(b",Message,", b",Nachricht,")

    with pytest.raises(
        UnreadableFileError, match=r'takes text from "message", "post", "text".*"Nachricht".*text=<column>'
    ):
        opened(content, "preset:sprout")


def test_a_column_that_replaces_a_lost_one_heals_the_mapping() -> None:
    content = (SAMPLES / "sprout.csv").read_bytes().replace(b",Message,", b",Nachricht,")

    reading, seen = opened(content, "preset:sprout,text=Nachricht"), Seen()

    assert len(reading.take(10, seen).intake) == 2
    assert seen.drift.drifts(reading.translation, reading.contents.columns) == []
