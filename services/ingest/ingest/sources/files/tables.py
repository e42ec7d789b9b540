"""CSV and TSV: the delimiter is found in the header, a quoted field may span lines."""

import csv
from collections.abc import Iterator

from ingest.sources.files.lines import Line
from ingest.sources.files.records import Contents, Entry, Record, Rejection, UnreadableFileError

_DELIMITERS = (",", ";", "\t", "|")
_MOST_COLUMNS = 2_000


def read_table(lines: Iterator[Line | Rejection]) -> Contents:
    """The rows of a table whose first line names its columns.

    Raises `UnreadableFileError` when there is no usable header.
    """
    feed = _Feed(lines)
    header = next(feed, "")
    delimiter = _find_delimiter(header)
    feed.put_back(header)
    reader = csv.reader(feed, delimiter=delimiter)
    columns = _read_header(reader)
    return Contents("csv", columns, _read_rows(feed, reader, columns))


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
    if len(columns) > _MOST_COLUMNS:
        raise UnreadableFileError(f"The header names {len(columns):,} columns: {_MOST_COLUMNS:,} are allowed.")
    return columns


def _read_rows(feed: "_Feed", reader: Iterator[list[str]], columns: tuple[str, ...]) -> Iterator[Entry]:
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
            yield Rejection(feed.first, reason)
            continue
        yield from feed.take_rejections()
        if fields:
            yield _row(feed.first, fields, columns)


def _row(line: int, fields: list[str], columns: tuple[str, ...]) -> Entry:
    if len(fields) < len(columns) or any(fields[len(columns) :]):
        return Rejection(line, f"The row has {len(fields)} fields where the header names {len(columns)}.")
    return Record(line, dict(zip(columns, fields, strict=False)))


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
