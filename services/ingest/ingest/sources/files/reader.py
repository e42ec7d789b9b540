"""Opens a file of posts, whatever its format."""

import io
import itertools
import re
from collections.abc import Iterator
from dataclasses import replace

from ingest.sources.files.archives import ZIP, Member, members
from ingest.sources.files.compression import MeteredStream, expand
from ingest.sources.files.documents import read_document
from ingest.sources.files.lines import Line, Text, open_text, read_lines, rejoin
from ingest.sources.files.objects import is_cut, read_objects
from ingest.sources.files.parquet import PARQUET, read_parquet
from ingest.sources.files.records import Contents, Limits, Rejection, UnreadableFileError
from ingest.sources.files.tables import read_table

# Files of an archive that X gives its user are scripts: they assign a list of posts to a name.
_X_ARCHIVE = b"window.YTD."
_LONGEST_NAME = 200
_BLANK_LINES = re.compile(rb"\s*\n")


def open_file(stream: MeteredStream, limits: Limits | None = None) -> Contents:
    """The contents of a file of posts, in constant memory.

    CSV, TSV, NDJSON, a JSON document or Parquet, plain or within gzip, Zstandard or a ZIP archive; all of it is told
    by content, not by name. ZIP and Parquet need a stream that can be sought through.
    Raises `UnreadableFileError` here, or while the entries are read, when the file as a whole is of no use.
    """
    limits = limits or Limits()
    source: io.BufferedReader = io.BufferedReader(stream)
    if source.peek(4).startswith(ZIP):
        return _open_archive(source, stream, limits)
    if source.peek(4).startswith(PARQUET):
        table = read_parquet(source, stream, limits)
        return Contents("parquet", table.columns, table.rows)
    plain, compression = expand(source, stream, limits)
    return replace(_open_plain(plain, limits), compression=compression)


def _open_archive(source: io.BufferedReader, meter: MeteredStream, limits: Limits) -> Contents:
    opened, warnings, count = members(source, meter, limits)
    first = _open_member(next(opened), meter, limits, is_alone=count == 1)
    later = (entry for member in opened for entry in _open_member(member, meter, limits, is_alone=False).entries)
    return replace(
        first, entries=itertools.chain(first.entries, later), compression="zip", warnings=warnings + first.warnings
    )


def _open_member(member: Member, meter: MeteredStream, limits: Limits, *, is_alone: bool) -> Contents:
    plain, _ = expand(member.stream, meter, limits)
    try:
        return _open_plain(plain, limits, "" if is_alone else member.name)
    except UnreadableFileError as error:
        raise UnreadableFileError(f"{member.name} in the archive: {error}") from error


def _open_plain(plain: io.BufferedReader, limits: Limits, place: str = "") -> Contents:
    """The contents of plain text.

    An opening bracket begins a JSON document. A brace begins NDJSON if the line is a whole value, or too wrong to be
    the beginning of one; otherwise it begins a JSON document as well. Anything else is a table.
    """
    text = open_text(plain)
    begin = _pass_blank_lines(text.stream)
    if text.stream.peek(len(_X_ARCHIVE)).startswith(_X_ARCHIVE):
        _pass_name(text.stream)
    first = text.stream.readline(limits.line_bytes + 1)
    text.stream = rejoin(first, text.stream)
    if not first:
        raise UnreadableFileError("The file is empty.")
    start = first.lstrip()[:1]
    if start == b"[" or (start == b"{" and _goes_on(first, limits)):
        columns, entries = read_objects(read_document(text, limits.line_bytes, begin), place)
        return Contents("json", columns, entries, text.encoding)
    lines = _usable(read_lines(text, limits.line_bytes, begin))
    if start == b"{":
        columns, entries = read_objects(lines, place)
        return Contents("ndjson", columns, entries, text.encoding)
    return _open_table(lines, text, place)


def _open_table(lines: Iterator[Line | Rejection], text: Text, place: str) -> Contents:
    table = read_table(lines, place)
    passed = f"The first {table.preamble} lines are no table and are passed over."
    warnings = (passed,) if table.preamble else ()
    return Contents("csv", table.columns, table.rows, text.encoding, table.delimiter, warnings=warnings)


def _goes_on(first: bytes, limits: Limits) -> bool:
    return len(first) > limits.line_bytes or is_cut(first.decode("utf-8", "replace"))


def _pass_blank_lines(stream: io.BufferedReader) -> int:
    """Goes to the first line that is not blank, and tells its number."""
    number = 1
    while white := _BLANK_LINES.match(stream.peek(1)):
        number += stream.read(white.end()).count(b"\n")
    return number


def _pass_name(stream: io.BufferedReader) -> None:
    """Goes behind the name that the list is assigned to, which is on the same line."""
    name, found, _ = stream.peek(_LONGEST_NAME)[:_LONGEST_NAME].partition(b"[")
    if not found:
        raise UnreadableFileError("The file of the archive holds no list of posts.")
    stream.read(len(name))


def _usable(lines: Iterator[Line | Rejection]) -> Iterator[Line | Rejection]:
    """The lines, if there is a first one that can be used."""
    first = next(lines, None)
    if isinstance(first, Rejection):
        raise UnreadableFileError(f"The file has no usable first line. {first.reason}")
    if first is None:
        raise UnreadableFileError("The file is empty.")
    return itertools.chain([first], lines)
