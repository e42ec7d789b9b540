"""NDJSON: one JSON object per line."""

import itertools
import json
from collections.abc import Iterator

import pydantic_core

from ingest.sources.files.lines import Line
from ingest.sources.files.records import Contents, Entry, Record, Rejection

_SAMPLED_OBJECTS = 20
_DEEPEST_COLUMN = 3


def read_objects(lines: Iterator[Line | Rejection]) -> Contents:
    """The objects of a stream of lines; the columns are the keys of the first few."""
    entries = (_read_object(line) for line in lines if isinstance(line, Rejection) or not line.text.isspace())
    sample = list(itertools.islice(entries, _SAMPLED_OBJECTS))
    names = (name for entry in sample if isinstance(entry, Record) for name in _names(dict(entry.fields)))
    return Contents("ndjson", tuple(dict.fromkeys(names)), itertools.chain(sample, entries))


def parse_json(text: str | bytes) -> object:
    """The value that JSON text stands for; raises `ValueError` with a position.

    Half an emoji, left by somebody's length limit, is kept for `clean_text` to remove.
    """
    try:
        return pydantic_core.from_json(text)
    except ValueError as error:
        if "surrogate" not in str(error) and "hex escape" not in str(error):
            raise
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("recursion limit exceeded") from None


def _read_object(line: Line | Rejection) -> Entry:
    if isinstance(line, Rejection):
        return line
    try:
        value = parse_json(line.text)
    except ValueError as error:
        return Rejection(line.number, f"The line is no JSON: {str(error).replace('line 1 ', '')}.")
    if not isinstance(value, dict):
        return Rejection(line.number, "The line is JSON but no object: send one {...} per line.")
    return Record(line.number, value)


def _names(fields: dict[str, object], depth: int = 1) -> Iterator[str]:
    for name, value in fields.items():
        if isinstance(value, dict) and depth < _DEEPEST_COLUMN:
            yield from (f"{name}.{inner}" for inner in _names(value, depth + 1))
        else:
            yield name
