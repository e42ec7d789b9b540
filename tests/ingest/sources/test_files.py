"""Files of posts: formats, encodings, compression, and what is wrong with hostile ones."""

import gzip
import io
import json
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.sources.files.compression import MeteredStream
from ingest.sources.files.reader import open_file
from ingest.sources.files.records import Contents, Limits, Record, Rejection, UnreadableFileError


def opened(content: bytes, **limits: int) -> Contents:
    return open_file(MeteredStream(io.BytesIO(content)), Limits(**limits))


def records(content: bytes, **limits: int) -> list[tuple[int, list[object]]]:
    entries = list(opened(content, **limits).entries)
    return [(entry.line, list(entry.fields.values())) for entry in entries if isinstance(entry, Record)]


def rejections(content: bytes, **limits: int) -> list[tuple[int, str]]:
    entries = list(opened(content, **limits).entries)
    return [(entry.line, entry.reason) for entry in entries if isinstance(entry, Rejection)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_in_the_header(delimiter: str) -> None:
    content = f"text{delimiter}author\nhello{delimiter}me\n".encode()

    assert opened(content).columns == ("text", "author")
    assert records(content) == [(2, ["hello", "me"])]


def test_a_delimiter_within_a_quoted_column_name_does_not_count() -> None:
    assert opened(b'"a,b,c";text\n1;2\n').columns == ("a,b,c", "text")


def test_quoted_fields_span_lines_and_the_number_is_that_of_the_first() -> None:
    content = b'id,text\n1,"two\nlines, ""quoted"""\n2,plain\n'

    assert records(content) == [(2, ["1", 'two\nlines, "quoted"']), (4, ["2", "plain"])]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("text\nété\n".encode(), "été"),
        (b"\xef\xbb\xbf" + "text\nété\n".encode(), "été"),
        ("text\nété\n".encode("utf-16"), "été"),
        (b"\xfe\xff" + "text\r\nété\r\n".encode("utf-16-be"), "été"),
        ("text\nété\n".encode("latin-1"), "été"),
        ("text\nl’été à 5 €\n".encode("cp1252"), "l’été à 5 €"),
    ],
    ids=["utf-8", "utf-8 with mark", "utf-16", "utf-16 big endian", "latin-1", "windows-1252"],
)
def test_encodings_are_recognised(content: bytes, text: str) -> None:
    assert opened(content).columns == ("text",)
    assert records(content) == [(2, [text])]


def test_each_line_may_have_its_own_encoding() -> None:
    assert records("text\nété\n".encode() + "été\n".encode("latin-1")) == [(2, ["été"]), (3, ["été"])]


def test_a_row_of_another_width_is_rejected_and_the_next_is_read() -> None:
    content = b"text,author\nonly one\nthree,fields,here\nfine,me\ntrailing,comma,\n\n"

    assert rejections(content) == [
        (2, "The row has 1 fields where the header names 2."),
        (3, "The row has 3 fields where the header names 2."),
    ]
    assert [line for line, _ in records(content)] == [4, 5]


def test_a_quotation_mark_that_never_closes_costs_a_bounded_stretch() -> None:
    content = b'text,n\n"open,0\n' + b"row,1\n" * 50_000

    assert rejections(content)[0][0] == 2
    assert "131,072 characters" in rejections(content)[0][1]
    assert len(records(content)) > 25_000


def test_ndjson_is_recognised_by_its_first_brace() -> None:
    contents = opened(b'\n{"text": "a", "user": {"name": "me"}}\n')

    assert contents.format == "ndjson"
    assert contents.columns == ("text", "user.name")
    entry = next(contents.entries)
    assert isinstance(entry, Record)
    assert (entry.line, entry.value("user.name"), entry.value("user.age")) == (2, "me", None)


def test_bad_json_is_rejected_by_line() -> None:
    content = b'{"text": "a"}\n{"text": }\n[1, 2]\n\n"text"\n' + b"[" * 5_000 + b'\n{"text": "b"}\n'

    assert [line for line, _ in rejections(content)] == [2, 3, 5, 6]
    assert [line for line, _ in records(content)] == [1, 7]


def test_half_an_emoji_is_kept_for_cleaning() -> None:
    assert records(b'{"text": "cut \\ud83d"}\n') == [(1, ["cut \ud83d"])]


def test_a_line_over_the_limit_is_rejected_and_the_rest_is_read() -> None:
    content = b"text\n" + b"x" * 5_000 + b"\nshort\n"

    assert rejections(content, line_bytes=1_000) == [(2, "The line is longer than 1,000 bytes.")]
    assert records(content, line_bytes=1_000) == [(3, ["short"])]


@pytest.mark.parametrize("plain", [b"text\nhello\n", b'{"text": "hello"}\n'])
def test_gzip_is_recognised_by_its_signature(plain: bytes) -> None:
    assert records(gzip.compress(plain)) == records(plain)


def test_gzip_members_follow_one_another() -> None:
    assert records(gzip.compress(b"text\na\n") + gzip.compress(b"b\n")) == [(2, ["a"]), (3, ["b"])]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "empty"),
        (b"\n \n\n", "empty"),
        (gzip.compress(b"", mtime=0), "empty"),
        (b"PK\x03\x04 and more", "ZIP archive"),
        (b"PAR1 and more", "Parquet"),
        (b"\x28\xb5\x2f\xfd more", "damaged"),
        (b"BZh9 more", "bzip2"),
        (b"text\x00\x01\x02", "binary"),
        (b"[1, 2", "ends too early"),
        (b",,,\n1,2,3,4", "header"),
        (b",".join([b"c"] * 1_000_000) + b"\n", "first line"),
        (b",".join([b"c"] * 3_000) + b"\n", "3,000 columns"),
    ],
)
def test_a_file_of_no_use_is_refused_with_advice(content: bytes, problem: str) -> None:
    with pytest.raises(UnreadableFileError, match=problem):
        opened(content)


@pytest.mark.parametrize("cut", [1, 9, 30])
def test_a_cut_gzip_file_is_refused_after_what_it_holds(cut: int) -> None:
    content = gzip.compress(b"text\n" + b"".join(b"row %d\n" % n for n in range(50_000)))

    with pytest.raises(UnreadableFileError, match="damaged or ends too early"):
        list(opened(content[:-cut]).entries)


def test_a_bomb_is_refused_before_it_fills_the_memory() -> None:
    bomb = gzip.compress(b"text\n" + (b"x" * 999 + b"\n") * 100_000)
    tracemalloc.start()

    with pytest.raises(UnreadableFileError, match="expands more than 200 times"):
        for _ in opened(bomb).entries:
            pass

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 * 1024 * 1024


def test_the_expanded_size_is_bounded() -> None:
    content = gzip.compress(b"text\n" + b"row\n" * 100_000)

    with pytest.raises(UnreadableFileError, match="more than 50,000 bytes"):
        list(opened(content, expanded_bytes=50_000).entries)


class Endless(io.RawIOBase):
    """A CSV file of any size that nobody has to hold."""

    ROW = b'"a longer text, of a post",me\n'

    def __init__(self, rows: int) -> None:
        self._left = len(self.ROW) * rows

    def read(self, size: int = -1) -> bytes:
        rows = min(size, self._left) // len(self.ROW)
        self._left -= rows * len(self.ROW)
        return self.ROW * rows


def test_memory_does_not_grow_with_the_file() -> None:
    def peak(thousands: int) -> int:
        tracemalloc.start()
        count = sum(1 for _ in open_file(MeteredStream(Endless(thousands * 1_000))).entries)  # type: ignore[arg-type]
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert count == thousands * 1_000 - 1
        return most

    peak(1)
    assert peak(40) < peak(4) + 200_000


def test_the_meter_tells_how_much_of_the_file_was_read() -> None:
    content = gzip.compress(json.dumps({"text": "a"}).encode() + b"\n")
    meter = MeteredStream(io.BytesIO(content))

    list(open_file(meter).entries)

    assert meter.position == len(content)


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    try:
        entries = list(opened(content, line_bytes=100).entries)
    except UnreadableFileError as error:
        entries = []
        refusal = str(error)
    else:
        refusal = ""

    assert refusal or all(entry.line >= 1 for entry in entries)


CELLS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30)


@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=20))
def test_what_a_csv_writer_writes_is_read_back(rows: list[tuple[str, str]]) -> None:
    written = "".join(f'"{a.replace(chr(34), chr(34) * 2)}","{b.replace(chr(34), chr(34) * 2)}"\n' for a, b in rows)

    read = records(b"text,author\n" + written.encode())

    assert [(str(fields[0]), str(fields[1])) for _, fields in read] == rows
