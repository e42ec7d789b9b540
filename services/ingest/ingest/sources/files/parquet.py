"""Parquet: row groups read in batches, never a whole one at once."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.sources.files.compression import MeteredStream, check_growth, grow
from ingest.sources.files.lists import listed_texts, rows_of
from ingest.sources.files.pageheaders import Page, read_pages
from ingest.sources.files.records import MOST_COLUMNS, Entry, Limits, UnreadableFileError

if TYPE_CHECKING:
    from pyarrow import RecordBatch
    from pyarrow.parquet import ColumnChunkMetaData, ParquetFile, RowGroupMetaData

PARQUET = b"PAR1"
_BATCH_ROWS = 200
_BUFFER_BYTES = 256 * 1024
_BATCH_BYTES = 256 * 1024**2
# Some writers count a little less than they write; below this, no lie is worth telling.
_TOLERATED_BYTES = 16 * 1024**2
# Arrow looks for pages a little behind the end of a column, because early writers put it too early (PARQUET-816).
_TAIL_BYTES = 100
# A single row may hold all values of the lists of its row group.
_MOST_LISTED = 16 * 1024**2
_DAMAGED = "The Parquet file is damaged or ends too early: send the file again."


@dataclass(frozen=True)
class ParquetTable:
    """A Parquet file that was opened."""

    columns: tuple[str, ...]
    rows: Iterator[Entry]


def read_parquet(source: io.BufferedReader, meter: MeteredStream, limits: Limits) -> ParquetTable:
    """The rows of a Parquet file; their lines are the numbers of the rows, from 1.

    Raises `UnreadableFileError` for damage, and for more columns or bytes than are allowed.
    """
    # Arrow takes 60 MB of memory when it is loaded: only who reads Parquet pays.
    from pyarrow import parquet

    if not source.seekable():
        raise UnreadableFileError("Parquet cannot be read as a stream: import it as a file.")
    try:
        schema = parquet.ParquetFile(source)
        file = parquet.ParquetFile(
            source, buffer_size=_BUFFER_BYTES, pre_buffer=False, read_dictionary=listed_texts(schema)
        )
        columns = tuple(_flat(file.schema_arrow))
    except (OSError, ValueError, NotImplementedError) as error:
        raise UnreadableFileError(_DAMAGED) from error
    if len(columns) > MOST_COLUMNS:
        raise UnreadableFileError(f"The file has {len(columns):,} columns: {MOST_COLUMNS:,} are allowed.")
    _check_claims(file, source.seek(0, io.SEEK_END), limits)
    return ParquetTable(columns, _rows(_Pages(file, source, limits), meter, limits))


def _flat(fields: object, prefix: str = "") -> Iterator[str]:
    """The names of columns, those within structures with a dot."""
    from pyarrow import types

    for field in fields:  # type: ignore[attr-defined]  # schemas and structures are iterated alike
        if types.is_struct(field.type):
            yield from _flat(field.type, f"{prefix}{field.name}.")
        else:
            yield f"{prefix}{field.name}"


def _check_claims(file: "ParquetFile", size: int, limits: Limits) -> None:
    """Refuses a bomb by what it says of itself, before a page of it is expanded."""
    groups = (file.metadata.row_group(number) for number in range(file.metadata.num_row_groups))
    check_growth(sum(max(group.total_byte_size, _expanded(group)) for group in groups), size, limits)


def _expanded(group: "RowGroupMetaData") -> int:
    return sum(group.column(number).total_uncompressed_size for number in range(group.num_columns))


@dataclass(frozen=True)
class _Pages:
    """The pages of an opened file, which are checked group by group before Arrow reads them."""

    file: "ParquetFile"
    source: io.BufferedReader
    limits: Limits

    def batch_rows(self, group: int) -> int:
        """How many rows of a row group may be read at once, so that long values that repeat cannot fill the memory.

        Raises `UnreadableFileError` when a page claims more than is allowed, or than its column does.
        """
        metadata = self.file.metadata.row_group(group)
        self._check_lists(metadata)
        repeated = sum(self._check(metadata.column(number)) for number in range(metadata.num_columns))
        return max(1, min(_BATCH_ROWS, _BATCH_BYTES // max(1, repeated)))

    def _check_lists(self, group: "RowGroupMetaData") -> None:
        """Every row has a value of each list at least; whatever is beyond may belong to one and the same row."""
        columns = [group.column(number) for number in range(group.num_columns)]
        lists = [each for number, each in enumerate(columns) if self.file.schema.column(number).max_repetition_level]
        if sum(max(0, each.num_values - group.num_rows) for each in lists) > _MOST_LISTED:
            longest = max(lists, key=lambda each: each.num_values).path_in_schema
            raise UnreadableFileError(
                f"The lists of {longest} and the like hold more than {_MOST_LISTED:,} values in one row group: write "
                "the file again with smaller row groups."
            )

    def _check(self, column: "ColumnChunkMetaData") -> int:
        """Checks the pages of a column; returns the size of the largest whose values may repeat."""
        start = column.data_page_offset
        if column.has_dictionary_page and 0 < column.dictionary_page_offset < start:
            start = column.dictionary_page_offset
        end = start + column.total_compressed_size + _TAIL_BYTES
        expanded = largest = 0
        for page in read_pages(self.source, start, end, column.num_values):
            expanded += page.expanded
            self._check_page(page, expanded, column)
            largest = max(largest, page.expanded * page.repeats)
        return largest

    def _check_page(self, page: Page, expanded: int, column: "ColumnChunkMetaData") -> None:
        if expanded > column.total_uncompressed_size + _TOLERATED_BYTES or page.values > column.num_values:
            raise UnreadableFileError(
                f"A page of column {column.path_in_schema} claims to be larger than the whole column: the Parquet file "
                "is damaged, or no file of posts."
            )
        if page.expanded > self.limits.page_bytes:
            raise UnreadableFileError(
                f"A page of column {column.path_in_schema} has {page.expanded:,} bytes: {self.limits.page_bytes:,} are "
                "allowed. Write the file again with smaller pages."
            )


def _rows(pages: _Pages, meter: MeteredStream, limits: Limits) -> Iterator[Entry]:
    number = 0
    for batch in _batches(pages):
        grow(meter, batch.nbytes, limits)
        yield from rows_of(batch, number)
        number += batch.num_rows


def _batches(pages: _Pages) -> "Iterator[RecordBatch]":
    try:
        for group in range(pages.file.num_row_groups):
            size = pages.batch_rows(group)
            for batch in pages.file.iter_batches(batch_size=size, row_groups=[group], use_threads=False):
                yield _readable(batch)
    except UnreadableFileError:
        raise
    except (OSError, ValueError, NotImplementedError) as error:
        raise UnreadableFileError(_DAMAGED) from error


def _readable(batch: "RecordBatch") -> "RecordBatch":
    """The batch with its moments in microseconds: Python knows no nanoseconds."""
    import pyarrow

    def coarse(field: pyarrow.Field) -> pyarrow.Field:
        fine = pyarrow.types.is_timestamp(field.type) and field.type.unit == "ns"
        return field.with_type(pyarrow.timestamp("us", field.type.tz)) if fine else field

    return batch.cast(pyarrow.schema([coarse(field) for field in batch.schema]), safe=False)
