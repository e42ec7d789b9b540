"""From a record of a file to the fields of a post, by a mapping that was chosen for the file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from ingest.posts.records import Privacy
from ingest.sources.files.mapping import ColumnMapping, check_columns, quoted, resolve_mapping
from ingest.sources.files.presets import ENGAGEMENT, Deleted, Origin, Preset, Removal, likely, normalise, presets
from ingest.sources.files.records import Record, UnreadableFileError
from ingest.sources.files.transforms import TRANSFORMS

# A mapping that is less sure is only proposed.
_SURE_ENOUGH = 0.75
Provenance = Literal["given", "preset", "guessed"]
# What is done to a field of a mapping by column, which names no transform.
_USUAL_TRANSFORMS = {
    **dict.fromkeys((*ENGAGEMENT, "followers"), "count"),
    **dict.fromkeys(("is_repost", "has_media"), "flag"),
    "platform": "platform",
    "language": "language",
    "author_handle": "handle",
}


@dataclass(frozen=True, slots=True)
class Translated:
    """What a record came to: the fields of a post, those that could not be read, or why it is no post.

    `deleted` says that the fields tell which post, or which author, is gone.
    """

    fields: Mapping[str, object]
    unreadable: tuple[str, ...] = ()
    left_aside: str = ""
    deleted: Deleted | None = None


@dataclass(frozen=True)
class Translation:
    """A mapping that is ready for a file: of every field where it comes from and who says so."""

    mapping: ColumnMapping
    preset: Preset | None
    confidence: float
    origins: Mapping[str, tuple[Origin, ...]]
    provenance: Mapping[str, Provenance]

    @property
    def privacy(self) -> Privacy:
        """How far its posts may travel."""
        return self.preset.privacy if self.preset else Privacy.PUBLIC

    def apply(self, record: Record) -> Translated:
        """The fields of the post that the record holds; empty ones are left out."""
        deleted = self._deleted(record)
        if not deleted and (reason := self._reason_to_leave(record)):
            return Translated({}, left_aside=reason)
        fields: dict[str, object] = {}
        unreadable: list[str] = []
        for name, origins in self.origins.items():
            try:
                value = _first_value(origins, record)
            except ValueError:
                unreadable.append(name)
                continue
            if value is not None and value != "":
                fields[name] = value
        return Translated(self._shaped(fields), tuple(unreadable), deleted=deleted)

    def _deleted(self, record: Record) -> Deleted | None:
        removals = self.preset.removals if self.preset else []
        return next((each.what for each in removals if _holds_all(each, record)), None)

    def _reason_to_leave(self, record: Record) -> str:
        if self.preset is None:
            return ""
        for keep in self.preset.keep:
            values = (_value(record, name) for name in (keep.column, *keep.names))
            if keep.refuses(next((value for value in values if value not in (None, "")), None)):
                return keep.otherwise
        return ""

    def _shaped(self, fields: dict[str, object]) -> dict[str, object]:
        counts = {name: fields.pop(name) for name in ENGAGEMENT if name in fields}
        if counts:
            fields["engagement"] = counts
        if self.preset:
            fields.setdefault("platform", self.preset.platform)
        return fields


def translation(given: ColumnMapping, columns: Sequence[str]) -> Translation:
    """The translation to use for a file with these columns: the one that was asked for, or the likeliest.

    Raises `UnreadableFileError` when a column that it cannot do without is not there.
    """
    if given.preset:
        chosen = presets()[given.preset]
        return _by_preset(given, chosen, chosen.confidence(columns), columns)
    if not given.columns and (guesses := likely(columns)) and guesses[0][1] >= _SURE_ENOUGH:
        preset, confidence = guesses[0]
        return _by_preset(ColumnMapping({}, preset.name), preset, confidence, columns)
    mapping = resolve_mapping(given, columns)
    return Translation(
        mapping,
        None,
        1.0 if given.columns else 0.5,
        {name: (_of_column(name, column),) for name, column in mapping.columns.items()},
        {name: "given" if name in given.columns else "guessed" for name in mapping.columns},
    )


def holds(columns: Sequence[str], name: str) -> bool:
    """Whether a file has the column, or objects in which it lies, or lists of which it is a part."""
    return any(column == name or column.startswith(f"{name}.") or name.startswith(f"{column}.") for column in columns)


def is_used(translation: Translation, column: str) -> bool:
    """Whether the mapping reads the column, or something within it, or what it is part of."""
    names = (name for origins in translation.origins.values() for each in origins for name in each.names)
    return any(name and holds([column], name) for name in names)


def _by_preset(given: ColumnMapping, preset: Preset, confidence: float, columns: Sequence[str]) -> Translation:
    check_columns(given, columns)
    by_name = {normalise(column): column for column in reversed(columns)}
    origins = {name: tuple(_found(each, by_name) for each in each_of) for name, each_of in preset.fields.items()}
    origins |= {name: (_of_column(name, column),) for name, column in given.columns.items()}
    for name in preset.required:
        if name not in preset.optional and not any(_is_there(origin, columns) for origin in origins[name]):
            wanted = [column for origin in preset.fields[name] for column in origin.names]
            raise UnreadableFileError(
                f"The mapping {preset.name} takes {name} from {quoted(list(dict.fromkeys(wanted)))}, and the file has "
                f"no such column. Its columns are {quoted(columns)}: add {name}=<column> to the mapping."
            )
    provenance: dict[str, Provenance] = {name: "given" if name in given.columns else "preset" for name in origins}
    return Translation(given, preset, confidence, origins, provenance)


def _found(origin: Origin, by_name: Mapping[str, str]) -> Origin:
    """The origin with the columns as the file writes them."""
    if origin.constant:
        return origin
    return origin.model_copy(
        update={
            "column": by_name.get(normalise(origin.column), origin.column),
            "columns": [by_name.get(normalise(name), name) for name in origin.columns],
        }
    )


def _is_there(origin: Origin, columns: Sequence[str]) -> bool:
    return bool(origin.constant) or any(holds(columns, name) for name in origin.names)


def _of_column(field: str, column: str) -> Origin:
    transform = _USUAL_TRANSFORMS.get(field, "")
    if column.startswith("="):
        return Origin(constant=column[1:])
    return Origin(column=column, transform=transform)


def _first_value(origins: Sequence[Origin], record: Record) -> object:
    for origin in origins:
        value = _read(origin, record)
        if value is not None and value != "":
            return value
    return None


def _read(origin: Origin, record: Record) -> object:
    if origin.constant:
        return origin.constant
    value = record.value(origin.column) if origin.column else [record.value(name) for name in origin.columns]
    if value is None or value == "" or not origin.transform:
        return value
    return TRANSFORMS[origin.transform](value, origin.argument)


def _holds_all(removal: Removal, record: Record) -> bool:
    return all(str(record.value(column)).strip().casefold() in values for column, values in removal.when.items())


def _value(record: Record, name: str) -> object:
    found = record.value(name)
    if found is not None:
        return found
    return next((value for column, value in record.fields.items() if normalise(column) == name), None)
