"""Compressed files, archives and Parquet: read as streams, whole or not at all, and no bomb goes off."""

import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pyarrow
import pytest
import zstandard
from pyarrow import parquet

from ingest.imports.uploads import CHUNK_BYTES, ChunkedFile
from ingest.sources.files.compression import MeteredStream
from ingest.sources.files.reader import open_file
from ingest.sources.files.records import Contents, Limits, Record, Rejection, UnreadableFileError

ROWS = b"text,id\n" + b"".join(b"row %d,%d\n" % (number, number) for number in range(20_000))
X_TWEETS = b'window.YTD.tweets.part%d = [ {"tweet": {"full_text": "a", "id_str": "%d"}} ]'


def opened(content: bytes, **limits: int) -> Contents:
    return open_file(MeteredStream(io.BytesIO(content)), Limits(**limits))


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def as_parquet(table: pyarrow.Table, **options: object) -> bytes:
    buffer = io.BytesIO()
    parquet.write_table(table, buffer, **options)
    return buffer.getvalue()


def rows(contents: Contents) -> list[dict[str, object]]:
    return [dict(entry.fields) for entry in contents.entries if isinstance(entry, Record)]


def test_zstandard_frames_follow_one_another() -> None:
    content = zstandard.compress(b"text\na\n") + zstandard.compress(b"b\n") + zstandard.compress(b"")

    assert opened(content).compression == "zstd"
    assert rows(opened(content)) == [{"text": "a"}, {"text": "b"}]


@pytest.mark.parametrize("cut", [1, 9, 30])
@pytest.mark.parametrize("threads", [0, 1])
def test_a_cut_zstandard_file_is_refused_after_what_it_holds(cut: int, threads: int) -> None:
    content = zstandard.ZstdCompressor(threads=threads, write_checksum=bool(threads)).compress(ROWS)

    with pytest.raises(UnreadableFileError, match="damaged or ends too early"):
        list(opened(content[:-cut]).entries)


def test_a_window_larger_than_allowed_is_refused_with_the_setting_that_allows_it() -> None:
    wide = zstandard.ZstdCompressionParameters(window_log=22, enable_ldm=True)
    compressor = zstandard.ZstdCompressor(compression_params=wide).compressobj()
    content = compressor.compress(ROWS) + compressor.flush()

    with pytest.raises(UnreadableFileError, match="INGEST_ZSTD_WINDOW_MEGABYTES"):
        list(opened(content, zstd_window_bytes=2**20).entries)
    assert len(rows(opened(content, zstd_window_bytes=2**22))) == 20_000


def test_the_members_of_an_archive_are_read_in_turn_and_others_are_left_aside() -> None:
    content = zipped({"b.csv": b"text\nb\n", "a.csv": b"text\na\n", "cat.jpg": b"x", "__MACOSX/a.csv": b"x"})

    contents = opened(content)

    entries = list(contents.entries)
    assert [entry.fields["text"] for entry in entries if isinstance(entry, Record)] == ["a", "b"]
    assert [entry.reason for entry in entries if isinstance(entry, Rejection)] == []
    assert contents.warnings == ("1 files of the archive are left aside: they hold no posts.",)


def test_a_wrong_row_of_an_archive_is_named_with_its_member() -> None:
    content = zipped({"a.csv": b"text,n\na,1\n", "b.csv": b"text,n\nonly\n"})

    [wrong] = [entry for entry in opened(content).entries if isinstance(entry, Rejection)]

    assert (wrong.line, wrong.reason) == (2, "b.csv: The row has 1 fields where the header names 2.")


def test_of_an_archive_of_x_only_its_posts_are_read() -> None:
    content = zipped(
        {
            "data/tweets.js": X_TWEETS % (0, 1),
            "data/tweets-part1.js": X_TWEETS % (1, 2),
            "data/like.js": b"window.YTD.like.part0 = []",
            "data/account.js": b"window.YTD.account.part0 = [ {} ]",
            "Your archive.html": b"<html>",
        }
    )

    assert sorted(str(row["tweet"]) for row in rows(opened(content))) == [
        "{'full_text': 'a', 'id_str': '1'}",
        "{'full_text': 'a', 'id_str': '2'}",
    ]


def test_a_member_may_be_compressed_itself() -> None:
    assert rows(opened(zipped({"a.ndjson.zst": zstandard.compress(b'{"text": "a"}\n')}))) == [{"text": "a"}]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (zipped({"a.csv": ROWS})[:-30], "damaged or ends too early"),
        (zipped({"a.csv": ROWS})[:1_000] + b"\0" * 40 + zipped({"a.csv": ROWS})[1_040:], "damaged|cannot be unpacked"),
        (zipped({"a.txt.exe": b"x", "cat.png": b"x"}), "holds no CSV"),
        (zipped({}), "holds no CSV"),
        (zipped({"a.zip": zipped({"a.csv": ROWS})}), "holds no CSV"),
        (zipped({"[Content_Types].xml": b"<x/>", "xl/a.xml": b""}), "spreadsheet"),
        (zipped({"a.csv": b""}), "a.csv in the archive: The file is empty"),
        (zipped({f"{number}.csv": b"" for number in range(10_001)}, zipfile.ZIP_STORED), "too many files"),
    ],
    ids=["cut", "damaged", "no posts", "nothing", "zip in zip", "spreadsheet", "empty member", "too many"],
)
def test_an_archive_of_no_use_is_refused_with_advice(content: bytes, problem: str) -> None:
    with pytest.raises(UnreadableFileError, match=problem):
        list(opened(content).entries)


def test_a_table_of_contents_of_any_size_is_not_taken_into_memory() -> None:
    content = zipped({"a.csv": ROWS})
    end = content.rindex(b"PK\x05\x06")
    claimed = (5 * 1024 * 1024).to_bytes(4, "little")

    with pytest.raises(UnreadableFileError, match="too many files"):
        opened(b"PK\x03\x04" + b"\0" * 6_000_000 + content[: end + 12] + claimed + content[end + 16 :])


def test_an_encrypted_archive_is_refused_with_advice() -> None:
    content = bytearray(zipped({"a.csv": ROWS}))
    central = content.rindex(b"PK\x01\x02")
    content[6] |= 1
    content[central + 8] |= 1

    with pytest.raises(UnreadableFileError, match="is encrypted"):
        opened(bytes(content))


PLAIN = b"text\n" + (b"x" * 999 + b"\n") * 100_000


@pytest.mark.parametrize(
    "bomb",
    [zstandard.compress(PLAIN), zipped({"a.csv": PLAIN}), zipped({"a.json": b"[" + b" " * 10**8})],
    ids=["zstd", "zip", "blanks in zip"],
)
def test_a_bomb_is_refused_before_it_goes_off(bomb: bytes) -> None:
    with pytest.raises(UnreadableFileError, match=r"expands more than 200 times|a value of more than"):
        list(opened(bomb).entries)


def test_a_bomb_of_many_members_is_refused_as_one() -> None:
    content = zipped({f"{number}.csv": b"text\n" + (b"x" * 999 + b"\n") * 2_000 for number in range(12)})

    with pytest.raises(UnreadableFileError, match="expands more than 200 times"):
        list(opened(content).entries)


@pytest.mark.parametrize("compression", ["zstd", "gzip", "snappy", "none"])
def test_a_bomb_in_parquet_is_refused(compression: str) -> None:
    repeated = pyarrow.array(["x" * 10_000] * 20_000)
    content = as_parquet(pyarrow.table({"text": repeated}), compression=compression)

    with pytest.raises(UnreadableFileError, match="expands more than 200 times"):
        list(opened(content).entries)


def test_parquet_is_read_with_nested_fields_moments_and_nothing() -> None:
    moment = datetime(2026, 10, 5, 7, 41, tzinfo=UTC)
    table = pyarrow.table(
        {
            "text": ["a", None],
            "user": [{"name": "ada", "followers": 3}, None],
            "published_at": pyarrow.array([moment, None], pyarrow.timestamp("ns", "UTC")),
            "tags": [["x"], []],
        }
    )

    contents = opened(as_parquet(table, row_group_size=1))

    assert (contents.format, contents.columns) == (
        "parquet",
        ("text", "user.name", "user.followers", "published_at", "tags"),
    )
    first, second = list(contents.entries)
    assert isinstance(first, Record)
    assert isinstance(second, Record)
    assert (first.line, first.value("user.name"), first.value("tags.0")) == (1, "ada", "x")
    assert first.value("published_at") == moment
    assert (second.line, second.value("text"), second.value("user.name")) == (2, None, None)


@pytest.mark.parametrize("damage", [slice(-3, None), slice(-8, -4), slice(60, 90), slice(-200, -100)])
def test_damaged_parquet_is_refused(damage: slice) -> None:
    content = bytearray(as_parquet(pyarrow.table({"text": [f"row {number}" for number in range(5_000)]})))
    content[damage] = b"\xff" * len(content[damage])

    with pytest.raises(UnreadableFileError, match="Parquet file is damaged"):
        list(opened(bytes(content)).entries)


def test_parquet_with_too_many_columns_is_refused() -> None:
    content = as_parquet(pyarrow.table({f"c{number}": [1] for number in range(2_001)}))

    with pytest.raises(UnreadableFileError, match=r"2,001 columns: 2,000 are allowed"):
        opened(content)


def test_real_posts_in_parquet_are_read(data_folder: Path) -> None:
    with (data_folder / "bluesky" / "feed_posts.parquet").open("rb") as file:
        contents = open_file(MeteredStream(file))
        entries = list(contents.entries)

    assert len(entries) == parquet.read_metadata(data_folder / "bluesky" / "feed_posts.parquet").num_rows
    assert all(isinstance(entry, Record) for entry in entries)


def test_chunks_are_read_from_wherever_one_goes() -> None:
    content = bytes(range(256)) * (CHUNK_BYTES // 256 * 3) + b"the end"
    fetched: list[int] = []

    def fetch(number: int) -> bytes:
        fetched.append(number)
        return content[number * CHUNK_BYTES : (number + 1) * CHUNK_BYTES]

    file = io.BufferedReader(ChunkedFile(fetch, len(content)))

    file.seek(-7, io.SEEK_END)
    assert file.read() == b"the end"
    file.seek(CHUNK_BYTES - 2)
    assert file.read(4) == content[CHUNK_BYTES - 2 : CHUNK_BYTES + 2]
    file.seek(0)
    assert file.read() == content
    file.seek(2 * len(content))
    assert file.read() == b""
    assert sorted(fetched) == [0, 1, 2, 3]
