"""JSON objects, one per line or item of a list: each a post, or a page of posts."""

import itertools
import json
from collections.abc import Iterator

import pydantic_core

from ingest.sources.files.lines import Line
from ingest.sources.files.pages import posts_of
from ingest.sources.files.records import MOST_COLUMNS, Entry, Record, Rejection, UnreadableFileError

_SAMPLED_OBJECTS = 20
_DEEPEST_COLUMN = 4
_NO_OBJECTS = (
    "The file begins with nothing that can be read (line {line}: {reason}): send one JSON object per line (NDJSON), "
    "or a list of objects."
)


def read_objects(lines: Iterator[Line | Rejection], place: str = "") -> tuple[tuple[str, ...], Iterator[Entry]]:
    """The objects of a stream of lines; the columns are the keys of the first few.

    Raises `UnreadableFileError` when none of the first few is an object.
    """
    entries = (
        entry
        for line in lines
        if isinstance(line, Rejection) or not line.text.isspace()
        for entry in _read_line(line, place)
    )
    sample = list(itertools.islice(entries, _SAMPLED_OBJECTS))
    if sample and not any(isinstance(entry, Record) for entry in sample):
        raise UnreadableFileError(_NO_OBJECTS.format(line=sample[0].line, reason=_reason(sample[0])))
    return columns_of(sample), itertools.chain(sample, entries)


def columns_of(sample: list[Entry]) -> tuple[str, ...]:
    """The keys of the records, those within objects with a dot; as many as may be columns."""
    names = (name for entry in sample if isinstance(entry, Record) for name in _names(dict(entry.fields)))
    return tuple(dict.fromkeys(itertools.islice(names, MOST_COLUMNS * _SAMPLED_OBJECTS)))[:MOST_COLUMNS]


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


def is_cut(text: str) -> bool:
    """Whether the text is the beginning of a JSON value that goes on on the next line."""
    try:
        parse_json(text)
    except ValueError as error:
        return "EOF" in str(error)
    return False


def _reason(entry: Entry) -> str:
    return entry.reason.rstrip(".") if isinstance(entry, Rejection) else ""


def _read_line(line: Line | Rejection, place: str) -> Iterator[Entry]:
    if isinstance(line, Rejection):
        yield line
        return
    try:
        value = parse_json(line.text)
    except ValueError as error:
        yield Record(line.number, {}, place).rejected(f"The line is no JSON: {str(error).replace('line 1 ', '')}.")
        return
    if not isinstance(value, dict):
        yield Record(line.number, {}, place).rejected("The line is JSON but no object: send one {...} per line.")
        return
    yield from _records(line.number, value, place)


def _records(line: int, value: dict[str, object], place: str) -> Iterator[Entry]:
    posts = posts_of(value)
    if posts is None:
        yield Record(line, value, place)
        return
    for number, post in enumerate(posts, 1):
        where = ", ".join(part for part in (place, f"post {number} of the page") if part)
        if isinstance(post, dict):
            yield Record(line, post, where)
        else:
            yield Record(line, {}, where).rejected("It is no object.")


def _names(fields: dict[str, object], depth: int = 1) -> Iterator[str]:
    for name, value in fields.items():
        if isinstance(value, dict) and value and depth < _DEEPEST_COLUMN:
            yield from (f"{name}.{inner}" for inner in _names(value, depth + 1))
        else:
            yield name
