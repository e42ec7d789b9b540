"""Parquet: row groups read in batches, never a whole one at once."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.sources.files.compression import MeteredStream, check_growth, grow
from ingest.sources.files.records import MOST_COLUMNS, Entry, Limits, Record, UnreadableFileError

if TYPE_CHECKING:
    from pyarrow import RecordBatch
    from pyarrow.parquet import ParquetFile

PARQUET = b"PAR1"
_BATCH_ROWS = 200
_BUFFER_BYTES = 256 * 1024
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
        file = parquet.ParquetFile(source, buffer_size=_BUFFER_BYTES, pre_buffer=False)
        columns = tuple(_flat(file.schema_arrow))
    except (OSError, ValueError, NotImplementedError) as error:
        raise UnreadableFileError(_DAMAGED) from error
    if len(columns) > MOST_COLUMNS:
        raise UnreadableFileError(f"The file has {len(columns):,} columns: {MOST_COLUMNS:,} are allowed.")
    _check_claims(file, source.seek(0, io.SEEK_END), limits)
    return ParquetTable(columns, _rows(file, meter, limits))


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
    check_growth(sum(group.total_byte_size for group in groups), size, limits)


def _rows(file: "ParquetFile", meter: MeteredStream, limits: Limits) -> Iterator[Entry]:
    number = 0
    for batch in _batches(file):
        grow(meter, batch.nbytes, limits)
        for fields in batch.to_pylist():
            number += 1
            yield Record(number, fields)


def _batches(file: "ParquetFile") -> "Iterator[RecordBatch]":
    try:
        for batch in file.iter_batches(batch_size=_BATCH_ROWS, use_threads=False):
            yield _readable(batch)
    except (OSError, ValueError, NotImplementedError) as error:
        raise UnreadableFileError(_DAMAGED) from error


def _readable(batch: "RecordBatch") -> "RecordBatch":
    """The batch with its moments in microseconds: Python knows no nanoseconds."""
    import pyarrow

    def coarse(field: pyarrow.Field) -> pyarrow.Field:
        fine = pyarrow.types.is_timestamp(field.type) and field.type.unit == "ns"
        return field.with_type(pyarrow.timestamp("us", field.type.tz)) if fine else field

    return batch.cast(pyarrow.schema([coarse(field) for field in batch.schema]), safe=False)
