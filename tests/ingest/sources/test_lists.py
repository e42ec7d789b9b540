"""Lists of Parquet that are too long for memory cost their row, or their file, and nothing else."""

import io

import pyarrow
import pytest
from pyarrow import parquet

from ingest.sources.files.compression import MeteredStream
from ingest.sources.files.reader import open_file
from ingest.sources.files.records import Entry, Limits, Record, Rejection, UnreadableFileError

HUGE = 10_000_000
WIDE = Limits(ratio=10**9)


def entries(table: pyarrow.Table, **options: object) -> list[Entry]:
    buffer = io.BytesIO()
    parquet.write_table(table, buffer, compression="zstd", **options)
    return list(open_file(MeteredStream(io.BytesIO(buffer.getvalue())), WIDE).entries)


def listing(values: pyarrow.Array, *lengths: int) -> pyarrow.Array:
    offsets = [sum(lengths[:place]) for place in range(len(lengths) + 1)]
    return pyarrow.ListArray.from_arrays(pyarrow.array(offsets, pyarrow.int32()), values)


@pytest.mark.parametrize("nesting", ["list", "structure", "map", "list of lists"])
def test_a_row_with_too_many_values_is_rejected_alone(nesting: str) -> None:
    many = 2_000_000
    lists = listing(pyarrow.array(range(many + 2), pyarrow.int32()), 1, many, 0, 1)
    column = {
        "list": lambda: lists,
        "structure": lambda: pyarrow.StructArray.from_arrays([lists], ["values"]),
        "map": lambda: pyarrow.MapArray.from_arrays(lists.offsets, lists.values, lists.values),
        "list of lists": lambda: pyarrow.ListArray.from_arrays(pyarrow.array([0, 1, 2, 3, 4]), lists),
    }[nesting]()

    read = entries(pyarrow.table({"text": ["a", "b", "c", "d"], "many": column}))

    assert [type(entry) for entry in read] == [Record, Rejection, Record, Record]
    assert [entry.line for entry in read] == [1, 2, 3, 4]
    [rejection] = [entry for entry in read if isinstance(entry, Rejection)]
    assert "The lists of this row take more than 64 MiB" in rejection.reason


def test_ten_million_values_of_one_row_are_rejected() -> None:
    [entry] = entries(pyarrow.table({"many": listing(pyarrow.array(range(HUGE), pyarrow.int32()), HUGE)}))

    assert isinstance(entry, Rejection)


def test_a_long_text_that_repeats_in_a_list_lies_in_memory_once() -> None:
    """A few kilobytes of file stand for 10 GB of one row."""
    repeated = pyarrow.DictionaryArray.from_arrays(pyarrow.array([0] * HUGE, pyarrow.int32()), ["x" * 1_000])
    buffer = io.BytesIO()
    table = pyarrow.table({"tags": listing(repeated, HUGE)})
    parquet.write_table(table, buffer, compression="zstd", store_schema=False)
    before = pyarrow.total_allocated_bytes()

    [entry] = open_file(MeteredStream(io.BytesIO(buffer.getvalue())), WIDE).entries

    assert isinstance(entry, Rejection)
    assert pyarrow.total_allocated_bytes() - before < 400 * 1024**2


def test_row_groups_whose_lists_could_fill_the_memory_are_refused_by_name() -> None:
    values = pyarrow.array([1] * HUGE, pyarrow.int8())
    columns = {"text": ["a"], "many": listing(values, HUGE), "more": listing(values, HUGE)}

    with pytest.raises(UnreadableFileError, match=r"The lists of \w+.list.element and the like hold more than"):
        entries(pyarrow.table(columns))


def test_many_rows_with_lists_of_usual_length_are_read_whole() -> None:
    rows = [{"tags": [f"tag{number}", "train", None][: number % 4]} for number in range(30_000)]

    read = entries(pyarrow.table({"text": ["a"] * len(rows), "user": rows}))

    assert [entry.value("user") for entry in read if isinstance(entry, Record)] == rows
