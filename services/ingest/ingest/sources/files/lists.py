"""How much the lists of rows of Parquet take, told before any of them becomes a Python object.

Their texts are read as dictionaries, so that a text which repeats ten million times in a row lies in memory once.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ingest.sources.files.records import Entry, Record, Rejection

if TYPE_CHECKING:
    from pyarrow import Array, RecordBatch
    from pyarrow.parquet import ParquetFile

MOST_BYTES = 64 * 1024**2
# What a value takes as a Python object in a list, beside its own bytes.
_OBJECT_BYTES = 64
_TOO_MUCH = f"The lists of this row take more than {MOST_BYTES // 1024**2} MiB: shorten or split them."


def listed_texts(file: "ParquetFile") -> list[str]:
    """The columns within lists that hold texts."""
    columns = (file.schema.column(number) for number in range(len(file.schema)))
    return [each.path for each in columns if each.max_repetition_level and each.physical_type == "BYTE_ARRAY"]


def rows_of(batch: "RecordBatch", before: int) -> Iterator[Entry]:
    """The rows of a batch, numbered behind `before`; one whose lists are too long is rejected alone."""
    if _weight(batch) <= MOST_BYTES:
        for number, fields in enumerate(batch.to_pylist(), before + 1):
            yield Record(number, fields)
        return
    for place in range(batch.num_rows):
        row, number = batch.slice(place, 1), before + place + 1
        if _weight(row) > MOST_BYTES:
            yield Rejection(number, _TOO_MUCH)
        else:
            yield Record(number, row.to_pylist()[0])


def _weight(batch: "RecordBatch") -> int:
    return sum(_taken(column, is_listed=False) for column in batch.columns)


def _taken(values: "Array", *, is_listed: bool) -> int:
    """Bytes that values within lists will take."""
    from pyarrow import types

    kind = values.type
    if types.is_map(kind):
        start, end = values.offsets.take([0, len(values)]).to_pylist()
        return _taken(values.values.slice(start, end - start), is_listed=True)
    if types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind):
        return _taken(values.flatten(), is_listed=True) + _OBJECT_BYTES * len(values)
    if types.is_struct(kind):
        return sum(_taken(child, is_listed=is_listed) for child in values.flatten())
    return _OBJECT_BYTES * len(values) + _text_bytes(values) if is_listed else 0


def _text_bytes(values: "Array") -> int:
    from pyarrow import compute, types

    if types.is_dictionary(values.type):
        lengths = compute.take(compute.binary_length(values.dictionary), values.indices)
    elif types.is_string(values.type) or types.is_binary(values.type):
        lengths = compute.binary_length(values)
    else:
        return 0
    return int(compute.sum(compute.cast(lengths, "int64")).as_py() or 0)
