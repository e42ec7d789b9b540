"""CSV and TSV: the delimiter is found in the header, a quoted field may span lines."""

import csv
import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.sources.files.lines import Line
from ingest.sources.files.records import MOST_COLUMNS, Entry, Record, Rejection, UnreadableFileError, located

_DELIMITERS = (",", ";", "\t", "|")
# Exports of listening tools begin with a few short lines about the export itself.
_LONGEST_PREAMBLE = 25
_PREAMBLE_COLUMNS = 3
_LEAST_COLUMNS = 6


@dataclass(frozen=True)
class Table:
    """A table that was opened; `preamble` counts the lines before its header."""

    columns: tuple[str, ...]
    delimiter: str
    preamble: int
    rows: Iterator[Entry]


def read_table(lines: Iterator[Line | Rejection], place: str = "") -> Table:
    """The rows of a table whose first line names its columns, or the first line behind a preamble.

    Raises `UnreadableFileError` when there is no usable header.
    """
    preamble, lines = _pass_preamble(lines)
    feed = _Feed(lines)
    header = next(feed, "")
    delimiter = _find_delimiter(header)
    feed.put_back(header)
    reader = csv.reader(feed, delimiter=delimiter)
    columns = _read_header(reader)
    return Table(columns, delimiter, preamble, _read_rows(feed, reader, columns, place))


def _pass_preamble(lines: Iterator[Line | Rejection]) -> tuple[int, Iterator[Line | Rejection]]:
    """How many lines come before the header, and the lines from there on.

    A header is the first wide line; before it only narrow ones may come. Where the first line is no narrow one, or no
    wide one follows, the first is the header.
    """
    head = list(itertools.islice(lines, _LONGEST_PREAMBLE))
    widths = [_width(line) for line in head]
    rest = itertools.chain(head, lines)
    if not widths or widths[0] > _PREAMBLE_COLUMNS:
        return 0, rest
    wide = next((index for index, width in enumerate(widths) if width > _PREAMBLE_COLUMNS), 0)
    if widths[wide] < _LEAST_COLUMNS:
        return 0, rest
    return wide, itertools.islice(rest, wide, None)


def _width(line: Line | Rejection) -> int:
    if isinstance(line, Rejection):
        return 0
    outside_quotes = "".join(line.text.rstrip(",;\t| \r\n").split('"')[::2])
    return 1 + max(outside_quotes.count(delimiter) for delimiter in _DELIMITERS)


def _find_delimiter(header: str) -> str:
    outside_quotes = "".join(header.split('"')[::2])
    return max(_DELIMITERS, key=outside_quotes.count)


def _read_header(reader: Iterator[list[str]]) -> tuple[str, ...]:
    try:
        columns = tuple(name.strip() for name in next(reader, []))
    except csv.Error as error:
        raise UnreadableFileError("The first line is no header: name the columns there.") from error
    if not any(columns):
        raise UnreadableFileError("The file has no header: name the columns in its first line.")
    if len(columns) > MOST_COLUMNS:
        raise UnreadableFileError(f"The header names {len(columns):,} columns: {MOST_COLUMNS:,} are allowed.")
    return columns


def _read_rows(feed: "_Feed", reader: Iterator[list[str]], columns: tuple[str, ...], place: str) -> Iterator[Entry]:
    while True:
        feed.begin_row()
        try:
            fields = next(reader)
        except StopIteration:
            yield from feed.take_rejections()
            return
        except csv.Error:
            limit = csv.field_size_limit()
            reason = f"A quotation mark opens a field of more than {limit:,} characters (to line {feed.last})."
            yield Rejection(feed.first, located(place, reason))
            continue
        yield from feed.take_rejections()
        if fields:
            yield _row(feed.first, fields, columns, place)


def _row(line: int, fields: list[str], columns: tuple[str, ...], place: str) -> Entry:
    record = Record(line, dict(zip(columns, fields, strict=False)), place)
    if len(fields) < len(columns) or any(fields[len(columns) :]):
        return record.rejected(f"The row has {len(fields)} fields where the header names {len(columns)}.")
    return record


class _Feed(Iterator[str]):
    """Hands lines to `csv.reader` and remembers which ones the present row is made of."""

    def __init__(self, lines: Iterator[Line | Rejection]) -> None:
        self._lines = lines
        self._waiting: list[str] = []
        self._rejections: list[Rejection] = []
        self._row_begins = True
        self.first = 0
        self.last = 0

    def __next__(self) -> str:
        if self._waiting:
            return self._waiting.pop()
        for line in self._lines:
            if isinstance(line, Rejection):
                self._rejections.append(line)
                continue
            self.last = line.number
            if self._row_begins:
                self.first, self._row_begins = line.number, False
            return line.text
        raise StopIteration

    def put_back(self, text: str) -> None:
        self._waiting.append(text)

    def begin_row(self) -> None:
        self._row_begins = True

    def take_rejections(self) -> list[Rejection]:
        taken, self._rejections = self._rejections, []
        return taken
