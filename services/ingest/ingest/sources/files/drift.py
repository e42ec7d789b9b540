"""Drift: what a mapping expects of a file, and the file no longer has."""

import difflib
from collections.abc import Collection, Sequence
from typing import Literal

from pydantic import BaseModel, Field

from ingest.sources.files.presets import normalise
from ingest.sources.files.records import UnreadableFileError
from ingest.sources.files.translation import Translation, holds

Problem = Literal["missing", "renamed", "unreadable", "empty"]
# Fields without which a post is not what it claims to be; their loss stops an import before it stores anything.
VITAL = ("text", "external_id", "published_at")
_TOLERATED = 0.05
_FATAL = 0.5
_LEAST_ROWS = 20
_SIMILAR = 0.75


class Drift(BaseModel):
    """A field of the mapping that the file does not give, or not in a form that can be read."""

    field: str
    column: str
    problem: Problem = Field(
        description="The column is not there (`missing`, or `renamed` when another is called almost alike), or more "
        "than one row in twenty cannot be read or is empty."
    )
    rows: int = Field(description="How many rows lack it.")
    example_line: int | None = Field(description="The first of them; none when the whole column is missing.")
    suggestion: str = Field(default="", description="The column that it may be called now.")


class Tally(BaseModel):
    """What was seen of one field so far."""

    empty: int = 0
    unreadable: int = 0
    first_empty: int | None = None
    first_unreadable: int | None = None


class DriftWatch(BaseModel):
    """Counts, row after row, what a mapping does not find; kept with the progress of an import."""

    rows: int = 0
    fields: dict[str, Tally] = {}

    def see(self, line: int, empty: Collection[str], unreadable: Collection[str]) -> None:
        """Counts one row."""
        self.rows += 1
        for name in unreadable:
            tally = self.fields.setdefault(name, Tally())
            tally.unreadable += 1
            tally.first_unreadable = tally.first_unreadable or line
        for name in empty:
            tally = self.fields.setdefault(name, Tally())
            tally.empty += 1
            tally.first_empty = tally.first_empty or line

    def drifts(self, translation: Translation, columns: Sequence[str]) -> list[Drift]:
        """What is worth telling."""
        missing = missing_columns(translation, columns, self.rows)
        named = {drift.field for drift in missing}
        return missing + [
            drift
            for name, tally in self.fields.items()
            if name not in named and name in translation.origins
            for drift in self._drifts_of(name, tally, _column_of(translation, name))
        ]

    def check(self, translation: Translation) -> None:
        """Raises `UnreadableFileError` when most of the first rows lack a vital field."""
        if self.rows < _LEAST_ROWS:
            return
        for name in VITAL:
            tally = self.fields.get(name, Tally())
            lacking = tally.unreadable + (tally.empty if name == "text" else 0)
            if lacking > _FATAL * self.rows:
                raise UnreadableFileError(
                    f"{name} cannot be read in {lacking:,} of the first {self.rows:,} rows, where the mapping takes it "
                    f'from "{_column_of(translation, name)}" (line {tally.first_unreadable or tally.first_empty}): '
                    f"nothing is stored. Name another column as {name}=<column>, or correct the file."
                )

    def _drifts_of(self, name: str, tally: Tally, column: str) -> list[Drift]:
        found: list[Drift] = []
        if tally.unreadable > _TOLERATED * self.rows:
            found.append(
                Drift(
                    field=name,
                    column=column,
                    problem="unreadable",
                    rows=tally.unreadable,
                    example_line=tally.first_unreadable,
                )
            )
        if name in ("text", "external_id") and tally.empty > _TOLERATED * self.rows:
            found.append(
                Drift(field=name, column=column, problem="empty", rows=tally.empty, example_line=tally.first_empty)
            )
        return found


def missing_columns(translation: Translation, columns: Sequence[str], rows: int) -> list[Drift]:
    """The fields of a ready mapping whose columns are not there; those that a file may lack are left out."""
    preset = translation.preset
    if preset is None:
        return []
    used = {name for origins in translation.origins.values() for each in origins for name in each.names}
    free = [column for column in columns if column not in used]
    found: list[Drift] = []
    for name, origins in translation.origins.items():
        names = [column for origin in origins for column in origin.names]
        if name in preset.optional or not names or any(holds(columns, column) for column in names):
            continue
        similar = _similar(names, free)
        problem: Problem = "renamed" if similar else "missing"
        found.append(
            Drift(field=name, column=names[0], problem=problem, rows=rows, example_line=None, suggestion=similar)
        )
    return found


def _similar(wanted: Sequence[str], columns: Sequence[str]) -> str:
    by_name = {normalise(column): column for column in columns}
    for name in wanted:
        if close := difflib.get_close_matches(normalise(name), by_name, 1, _SIMILAR):
            return by_name[close[0]]
    return ""


def _column_of(translation: Translation, name: str) -> str:
    names = [column for origin in translation.origins.get(name, ()) for column in origin.names]
    return names[0] if names else ""
