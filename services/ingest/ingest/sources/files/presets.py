"""Ready mappings: what the exports of platforms and tools call the fields of a post, one file of data each."""

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal, Self

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from ingest.posts.records import Privacy
from ingest.queries.tokens import fold
from ingest.sources.files.transforms import TRANSFORMS

Columns = str | list[str]
ENGAGEMENT = ("likes", "reposts", "replies", "quotes", "views")
Deleted = Literal["post", "author"]
_FOLDER = "mappings"
_SIGNS = re.compile(r"[^0-9a-z]+")
_SURE, _LIKELY = 1.0, 0.6


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _flat(columns: object) -> object:
    """Columns in one list, where some stand as a list of their own that several origins share (an anchor of YAML)."""
    if not isinstance(columns, list):
        return columns
    return [name for each in columns for name in (each if isinstance(each, list) else [each])]


class Origin(_Data):
    """Where a field comes from: one column or several, and what is done to their value."""

    column: str = ""
    columns: Annotated[list[str], BeforeValidator(_flat)] = []
    constant: str = ""
    transform: str = ""
    argument: str = ""

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: object) -> object:
        return {"column": value} if isinstance(value, str) else value

    @field_validator("transform")
    @classmethod
    def _known(cls, name: str) -> str:
        if name and name not in TRANSFORMS:
            raise ValueError(f"There is no transform {name}.")
        return name

    @property
    def names(self) -> list[str]:
        """Every column that it reads."""
        return [self.column] if self.column else self.columns


class Keep(_Data):
    """Which records are posts: those whose column holds one of these values."""

    column: str
    names: list[str] = Field(default=[], description="Other names of the column.")
    values: list[str]
    otherwise: str

    def refuses(self, found: object) -> bool:
        """True for a value that is none of them; a record without a value is kept."""
        return found not in (None, "") and str(found).strip().casefold() not in self.values


class Removal(_Data):
    """Which records say that a post, or an author with every post, was deleted: those that hold all of this."""

    what: Deleted
    when: dict[str, list[str]] = Field(description="By column the values that it may hold.")


class Preset(_Data):
    """A ready mapping."""

    name: str
    title: str
    documentation: str
    platform: str = "upload"
    privacy: Privacy = Privacy.PUBLIC
    all_of: list[Columns] = Field(description="Columns without which a file is none of these; a list: one of them.")
    telling: list[Columns] = Field(default=[], description="Columns that make it surer.")
    required: list[str] = ["text"]
    optional: list[str] = Field(default=[], description="Fields that some of these files lack: no drift.")
    keep: list[Keep] = []
    removals: list[Removal] = []
    fields: dict[str, list[Origin]]

    @model_validator(mode="after")
    def _required_are_mapped(self) -> Self:
        if unknown := {*self.required, *self.optional} - self.fields.keys():
            raise ValueError(f"Fields that are not mapped: {sorted(unknown)}.")
        return self

    def confidence(self, columns: Sequence[str]) -> float:
        """How sure it is, from 0 to 1, that a file with these columns is one of these."""
        known = {normalise(column) for column in columns}
        if not all(_has(known, wanted) for wanted in self.all_of):
            return 0.0
        found = sum(_has(known, wanted) for wanted in self.telling)
        share = found / len(self.telling) if self.telling else 1.0
        return round(_LIKELY + (_SURE - _LIKELY) * share, 2)


def normalise(column: str) -> str:
    """The name of a column without what people write differently: case, accents, blanks, signs."""
    return _SIGNS.sub("_", fold(column)).strip("_")


def _has(known: set[str], wanted: Columns) -> bool:
    return any(normalise(name) in known for name in ([wanted] if isinstance(wanted, str) else wanted))


@cache
def presets() -> dict[str, Preset]:
    """All ready mappings by name."""
    folder = files("ingest.sources.files") / _FOLDER
    texts = sorted(path.read_text(encoding="utf-8") for path in folder.iterdir() if path.name.endswith(".yaml"))
    found = [Preset.model_validate(yaml.safe_load(text)) for text in texts]
    return {preset.name: preset for preset in found}


def likely(columns: Sequence[str]) -> list[tuple[Preset, float]]:
    """The mappings that fit these columns, the surest first."""
    rated = [(preset, preset.confidence(columns)) for preset in presets().values()]
    return sorted((each for each in rated if each[1] >= _LIKELY), key=lambda each: (-each[1], each[0].name))
