"""Which column of a file holds which field of a post, as a caller writes it and as it is shown."""

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files

from ingest.sources.files.presets import normalise, presets
from ingest.sources.files.records import UnreadableFileError

# Per field of a post the column names that say so, in English and in French, most telling first.
_USUAL_NAMES: dict[str, list[str]] = json.loads(
    (files("ingest.sources.files") / "usual_columns.json").read_text(encoding="utf-8")
)
FIELDS = tuple(_USUAL_NAMES)
_PRESET = "preset:"


class MappingSyntaxError(ValueError):
    """A mapping that cannot be read."""


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """The column of each field that the file has; with a preset, those that differ from it.

    A column that begins with an equals sign is none: what follows is the value for every post.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    preset: str = ""

    @classmethod
    def parse(cls, specification: str) -> "ColumnMapping":
        """The mapping written as `text=tweet,author=user.name` or `preset:brandwatch,text=Body`.

        An entry that holds a comma is quoted. Raises `MappingSyntaxError` for anything else.
        """
        columns: dict[str, str] = {}
        preset = ""
        for entry in next(csv.reader([specification], skipinitialspace=True), []):
            if entry.startswith(_PRESET) and not preset:
                preset = _known(entry.removeprefix(_PRESET).strip())
                continue
            name, _, column = (part.strip() for part in entry.partition("="))
            if name not in FIELDS or column in ("", "="):
                raise MappingSyntaxError(
                    f"{entry!r} maps nothing: write field=column, where field is one of {', '.join(FIELDS)}; "
                    f"or {_PRESET}name for a ready mapping."
                )
            columns[name] = column
        return cls(columns, preset)

    def __str__(self) -> str:
        entries = [f"{_PRESET}{self.preset}"] if self.preset else []
        entries += [f"{name}={column}" for name, column in self.columns.items()]
        return ",".join(_quoted_entry(entry) for entry in entries)


def resolve_mapping(given: ColumnMapping, available: Sequence[str]) -> ColumnMapping:
    """The mapping by columns to use for a file: what was given, and a guess for every field that was not.

    Raises `UnreadableFileError` when a given column is absent or when no column holds the text.
    """
    check_columns(given, available)
    columns = {**_guess(available, taken=set(given.columns.values())), **given.columns}
    if "text" not in columns:
        raise UnreadableFileError(
            f"No column looks like the text of a post. The columns are {quoted(available)}: "
            "name the right one as mapping text=<column>."
        )
    return ColumnMapping({name: columns[name] for name in FIELDS if name in columns})


def check_columns(given: ColumnMapping, available: Sequence[str]) -> None:
    """Raises `UnreadableFileError` when the caller names a column that is not there."""
    named = (column for column in given.columns.values() if not column.startswith("="))
    absent = [column for column in named if column not in available]
    if absent:
        raise UnreadableFileError(f"The file has no column {quoted(absent)}. Its columns are {quoted(available)}.")


def quoted(names: Sequence[str]) -> str:
    """Names for a sentence: quoted, and not too many."""
    shown = ", ".join(f'"{name[:60]}"' for name in names[:40])
    return shown if len(names) <= 40 else f"{shown} and {len(names) - 40} more"


def _known(preset: str) -> str:
    if preset not in presets():
        raise MappingSyntaxError(f"No ready mapping is called {preset!r}. There are: {', '.join(presets())}.")
    return preset


def _guess(available: Sequence[str], taken: set[str]) -> dict[str, str]:
    by_name: dict[str, str] = {}
    for column in available:
        if column not in taken:
            by_name.setdefault(normalise(column), column)
    return {
        field: next(by_name[name] for name in names if name in by_name)
        for field, names in _USUAL_NAMES.items()
        if not by_name.keys().isdisjoint(names)
    }


def _quoted_entry(entry: str) -> str:
    return '"' + entry.replace('"', '""') + '"' if any(sign in entry for sign in ',"\n') else entry
