"""What a file of posts is read into: records, and rejections with their line."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

FileFormat = Literal["csv", "ndjson"]


class UnreadableFileError(ValueError):
    """The file as a whole cannot be read; the message tells its owner what to do."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a file may ask of the reader."""

    line_bytes: int = 1024 * 1024
    expanded_bytes: int = 64 * 1024**3
    ratio: int = 200


@dataclass(frozen=True, slots=True)
class Record:
    """One row of a table or one JSON object, with the line on which it starts."""

    line: int
    fields: Mapping[str, object]

    def value(self, column: str) -> object:
        """What the column holds, or None; `user.name` also finds `name` within the object `user`."""
        if column in self.fields:
            return self.fields[column]
        value: object = self.fields
        for name in column.split("."):
            if not isinstance(value, dict) or name not in value:
                return None
            value = value[name]
        return value


@dataclass(frozen=True, slots=True)
class Rejection:
    """A line that cannot become a post, and why."""

    line: int
    reason: str


Entry = Record | Rejection


@dataclass(frozen=True, slots=True)
class Contents:
    """A file that was opened: its columns, and its entries in order."""

    format: FileFormat
    columns: tuple[str, ...]
    entries: Iterator[Entry]
