"""Pages of Parquet that lie about their size are refused before anything of them is expanded."""

import io
from collections.abc import Mapping
from uuid import UUID

import pyarrow
import pytest
from desk import Desk
from pyarrow import parquet

from ingest.sources.files.compression import MeteredStream
from ingest.sources.files.reader import open_file
from ingest.sources.files.records import Limits, Record, UnreadableFileError

ROWS = 50_000
# Texts of 36 signs: a page of all of them is larger than 1 MiB, so that its size takes four bytes.
TEXTS = [str(UUID(int=number * 7919**9 % 2**128)) for number in range(ROWS)]
LAYOUTS: dict[str, dict[str, object]] = {
    "plain": {"use_dictionary": False},
    "dictionary": {"use_dictionary": True, "dictionary_pagesize_limit": 2**23},
    "second version": {"use_dictionary": False, "data_page_version": "2.0"},
    "delta": {"use_dictionary": False, "column_encoding": {"text": "DELTA_BYTE_ARRAY"}},
}


def as_parquet(table: pyarrow.Table, layout: Mapping[str, object], **options: object) -> bytearray:
    buffer = io.BytesIO()
    parquet.write_table(table, buffer, compression="zstd", data_page_size=2**23, **layout, **options)
    return bytearray(buffer.getvalue())


def rows_of(content: bytes, limits: Limits | None = None) -> list[Record]:
    entries = list(open_file(MeteredStream(io.BytesIO(content)), limits or Limits()).entries)
    return [entry for entry in entries if isinstance(entry, Record)]


def first_page(content: bytes) -> int:
    column = parquet.read_metadata(io.BytesIO(content)).row_group(0).column(0)
    return int(column.dictionary_page_offset or column.data_page_offset)


def lying(content: bytearray) -> bytes:
    """The file with a first page that claims 128 MiB: field 1 is the type, field 2 the size, each after a head."""
    size = first_page(content) + 3
    assert all(byte >= 0x80 for byte in content[size : size + 3])
    assert content[size + 3] < 0x80
    content[size : size + 4] = b"\xfe\xff\xff\x7f"
    return bytes(content)


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_a_page_that_claims_more_than_its_column_is_refused(layout: Mapping[str, object]) -> None:
    content = lying(as_parquet(pyarrow.table({"text": TEXTS}), layout, max_rows_per_page=ROWS))

    with pytest.raises(UnreadableFileError, match="page of column text claims to be larger than the whole column"):
        rows_of(content)


async def test_who_uploads_a_lying_file_is_told(desk: Desk) -> None:
    study = await desk.ask()
    content = lying(as_parquet(pyarrow.table({"text": TEXTS}), LAYOUTS["plain"], max_rows_per_page=ROWS))

    answer = await desk.upload(study, "posts.parquet", content)

    assert answer.status_code == 422
    assert "claims to be larger than the whole column" in answer.json()["detail"]


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_a_page_larger_than_allowed_is_refused_with_advice(layout: Mapping[str, object]) -> None:
    content = as_parquet(pyarrow.table({"text": TEXTS}), layout, max_rows_per_page=ROWS)

    with pytest.raises(UnreadableFileError, match=r"1,000,000 are allowed. Write the file again with smaller pages"):
        rows_of(bytes(content), Limits(page_bytes=1_000_000))


@pytest.mark.parametrize("compression", ["none", "snappy", "gzip", "zstd"])
@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_honest_files_are_read_whole(layout: Mapping[str, object], compression: str) -> None:
    count = 3_000
    columns = {
        "text": TEXTS[:count],
        "likes": [None, *range(count - 1)],
        "user": [{"name": text, "tags": [text] * (number % 3)} for number, text in enumerate(TEXTS[:count])],
    }
    buffer = io.BytesIO()
    options = {"data_page_size": 4_096, "row_group_size": 700, "write_page_checksum": True, **layout}
    parquet.write_table(pyarrow.table(columns), buffer, compression=compression, **options)

    rows = rows_of(buffer.getvalue())

    assert [row.line for row in rows] == list(range(1, count + 1))
    assert [row.value("text") for row in rows] == columns["text"]
    assert [row.value("likes") for row in rows] == columns["likes"]
    assert [row.value("user") for row in rows] == columns["user"]


def test_a_long_value_that_repeats_is_read_a_few_rows_at_once() -> None:
    """Some kilobytes of file stand for 16 GB of rows."""
    repeated = pyarrow.DictionaryArray.from_arrays(pyarrow.array([0] * 2_000), pyarrow.array(["x" * 8_000_000]))
    content = bytes(as_parquet(pyarrow.table({"text": repeated}), LAYOUTS["dictionary"], store_schema=False))
    before = pyarrow.total_allocated_bytes()

    entries = open_file(MeteredStream(io.BytesIO(content)), Limits(ratio=10**9)).entries
    next(entries)

    assert pyarrow.total_allocated_bytes() - before < 400 * 1024**2
    with pytest.raises(UnreadableFileError, match="expands more than"):
        rows_of(content)
