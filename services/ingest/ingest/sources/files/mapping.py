"""Which column of a file holds which field of a post."""

import csv
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

from ingest.queries.tokens import fold
from ingest.sources.files.records import Record, UnreadableFileError

# Per field of a post the column names that say so, in English and in French, most telling first.
_USUAL_NAMES: dict[str, list[str]] = json.loads(
    (files("ingest.sources.files") / "usual_columns.json").read_text(encoding="utf-8")
)
FIELDS = tuple(_USUAL_NAMES)


class MappingSyntaxError(ValueError):
    """A mapping that cannot be read."""


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """The column of each field that the file has."""

    columns: Mapping[str, str]

    @classmethod
    def parse(cls, specification: str) -> "ColumnMapping":
        """The mapping written as `text=tweet,author=user.name`; quote an entry that holds a comma.

        Raises `MappingSyntaxError` for anything else.
        """
        columns: dict[str, str] = {}
        for entry in next(csv.reader([specification], skipinitialspace=True), []):
            name, _, column = (part.strip() for part in entry.partition("="))
            if name not in FIELDS or not column:
                raise MappingSyntaxError(
                    f"{entry!r} maps nothing: write field=column, where field is one of {', '.join(FIELDS)}."
                )
            columns[name] = column
        return cls(columns)

    def apply(self, record: Record) -> dict[str, object]:
        """The fields of a post that the record holds; empty cells are left out."""
        values = ((name, record.value(column)) for name, column in self.columns.items())
        return {name: value for name, value in values if value is not None and value != ""}

    def __str__(self) -> str:
        return ",".join(f"{name}={column}" for name, column in self.columns.items())


def resolve_mapping(given: ColumnMapping, available: Sequence[str]) -> ColumnMapping:
    """The mapping to use for a file: what was given, and a guess for every field that was not.

    Raises `UnreadableFileError` when a given column is absent or when no column holds the text.
    """
    absent = [column for column in given.columns.values() if column not in available]
    if absent:
        raise UnreadableFileError(f"The file has no column {_quoted(absent)}. Its columns are {_quoted(available)}.")
    columns = {**_guess(available, taken=set(given.columns.values())), **given.columns}
    if "text" not in columns:
        raise UnreadableFileError(
            f"No column looks like the text of a post. The columns are {_quoted(available)}: "
            "name the right one as mapping text=<column>."
        )
    return ColumnMapping({name: columns[name] for name in FIELDS if name in columns})


def _guess(available: Sequence[str], taken: set[str]) -> dict[str, str]:
    by_name: dict[str, str] = {}
    for column in available:
        if column not in taken:
            by_name.setdefault(_normalise(column), column)
    return {
        field: next(by_name[name] for name in names if name in by_name)
        for field, names in _USUAL_NAMES.items()
        if not by_name.keys().isdisjoint(names)
    }


def _normalise(column: str) -> str:
    return re.sub(r"[^0-9a-z]+", "_", fold(column)).strip("_")


def _quoted(names: Sequence[str]) -> str:
    shown = ", ".join(f'"{name[:60]}"' for name in names[:40])
    return shown if len(names) <= 40 else f"{shown} and {len(names) - 40} more"
