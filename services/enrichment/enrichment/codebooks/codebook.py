"""The shape of a codebook: codes with definitions, cues by language and examples by language."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from enrichment.coding.codes import Effect

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Z][a-z]{3})?$")]
Share = Annotated[float, Field(ge=0, le=1)]


class Unit(StrEnum):
    """What is coded."""

    STATEMENT = "statement"
    POST = "post"


class Choice(StrEnum):
    """How many codes a passage may have."""

    ONE = "one"
    MANY = "many"


class Negation(StrEnum):
    """What a negation before a cue does to it: "not easy" is no enabler but a barrier."""

    CANCELS = "cancels"
    KEEPS = "keeps"
    FLIPS = "flips"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Cue(_Part):
    """Phrases that tell the same code about equally well; `enrichment.cues.phrases` has their grammar.

    `precision` is the share of passages with such a phrase that really carry the code: measured where `measured_on`
    names the data, a prior otherwise. A phrase of `unless` anywhere in the passage takes the cue back.
    """

    name: Name
    precision: Share
    measured_on: str = ""
    phrases: tuple[Text, ...] = Field(min_length=1)
    unless: tuple[Text, ...] = ()
    negation: Negation = Negation.CANCELS
    effect: Effect = Effect.NONE


class Examples(_Part):
    """Passages that carry the code, and passages that look like it and do not."""

    positive: tuple[Text, ...] = ()
    negative: tuple[Text, ...] = ()


class CodeDefinition(_Part):
    """What a code means: to a person who codes by hand, and to a machine."""

    code: Name
    title: Text
    definition: Text
    source: str = Field(default="", max_length=2_000, description="Where the definition is taken from.")
    includes: tuple[Text, ...] = ()
    excludes: tuple[Text, ...] = Field(default=(), description="What it must not be confused with.")
    aliases: tuple[Name, ...] = ()
    cues: Mapping[Language, tuple[Cue, ...]] = Field(default_factory=dict)
    examples: Mapping[Language, Examples] = Field(default_factory=dict)


class Codebook(_Part):
    """A versioned set of codes; whatever changes what a passage is coded as asks for a new version.

    A code below `threshold` is not given. `lists` are alternatives by language that phrases refer to as `{name}`.
    """

    name: Name
    title: Text
    version: int = Field(ge=1)
    unit: Unit = Unit.STATEMENT
    choice: Choice = Choice.MANY
    needs_target_behaviour: bool = False
    threshold: Share = 0.5
    description: str = Field(default="", max_length=4_000)
    lists: Mapping[Language, Mapping[Name, Text]] = Field(default_factory=dict)
    codes: tuple[CodeDefinition, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _have_codes_once(self) -> Self:
        names = [name for each in self.codes for name in (each.code, *each.aliases)]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"Give each code and alias a name of its own: {', '.join(twice)} occurs twice.")
        return self

    @property
    def languages(self) -> list[str]:
        """The languages that it has cues for."""
        return sorted({language for each in self.codes for language in each.cues})
