"""What a file of posts is read into: records, and rejections with their line."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

FileFormat = Literal["csv", "ndjson", "json", "parquet"]
MOST_COLUMNS = 2_000


class UnreadableFileError(ValueError):
    """The file as a whole cannot be read; the message tells its owner what to do."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a file may ask of the reader."""

    line_bytes: int = 1024 * 1024
    expanded_bytes: int = 64 * 1024**3
    ratio: int = 200
    zstd_window_bytes: int = 128 * 1024**2
    page_bytes: int = 128 * 1024**2


@dataclass(frozen=True, slots=True)
class Rejection:
    """A line that cannot become a post, and why; `fields` are those of the post that are wrong, where it got so far."""

    line: int
    reason: str
    fields: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Record:
    """One row of a table or one JSON object, with the line on which it starts.

    `place` tells where the line is when that takes more than its number: a member of an archive, a post of a page.
    """

    line: int
    fields: Mapping[str, object]
    place: str = ""

    def value(self, column: str) -> object:
        """What the column holds, or None; `user.name` finds `name` within `user`, `urls.0` the first of a list."""
        if column in self.fields:
            return self.fields[column]
        value: object = self.fields
        for name in column.split("."):
            value = _part(value, name)
            if value is None:
                return None
        return value

    def rejected(self, reason: str) -> Rejection:
        """The rejection of this record."""
        return Rejection(self.line, located(self.place, reason))


def located(place: str, reason: str) -> str:
    """The reason with the place that it holds for."""
    return f"{place}: {reason}" if place else reason


def _part(value: object, name: str) -> object:
    if isinstance(value, dict):
        return value.get(name)
    if isinstance(value, list) and name.isdecimal() and int(name[:9]) < len(value):
        return value[int(name[:9])]
    return None


Entry = Record | Rejection


@dataclass(frozen=True, slots=True)
class Contents:
    """A file that was opened: its columns, and its entries in order."""

    format: FileFormat
    columns: tuple[str, ...]
    entries: Iterator[Entry]
    encoding: str = "utf-8"
    delimiter: str = ""
    compression: str = ""
    warnings: tuple[str, ...] = field(default=())
