"""Opens a file of posts, whatever its format."""

import io
import itertools
from collections.abc import Iterator

from ingest.sources.files.compression import MeteredStream, expand
from ingest.sources.files.lines import Line, read_lines
from ingest.sources.files.objects import read_objects
from ingest.sources.files.records import Contents, Limits, Rejection, UnreadableFileError
from ingest.sources.files.tables import read_table


def open_file(stream: MeteredStream, limits: Limits | None = None) -> Contents:
    """The contents of a CSV, TSV or NDJSON stream, plain or compressed by gzip, in constant memory.

    The format follows from the first line that is not blank: one that begins with a brace starts NDJSON.
    Raises `UnreadableFileError` here, or while the entries are read, when the file as a whole is of no use.
    """
    limits = limits or Limits()
    plain: io.BufferedReader = expand(stream, limits)
    first, rest = _skip_blank(read_lines(plain, limits.line_bytes))
    lines = itertools.chain([first], rest)
    start = first.text.lstrip()
    if start.startswith("["):
        raise UnreadableFileError("The file is a JSON array: send one JSON object per line (NDJSON).")
    return read_objects(lines) if start.startswith("{") else read_table(lines)


def _skip_blank(lines: Iterator[Line | Rejection]) -> tuple[Line, Iterator[Line | Rejection]]:
    for line in lines:
        if isinstance(line, Rejection):
            raise UnreadableFileError(f"The file has no usable first line. {line.reason}")
        if not line.text.isspace():
            return line, lines
    raise UnreadableFileError("The file is empty.")
