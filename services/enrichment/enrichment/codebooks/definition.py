"""What a version of an own codebook says: its codes, with definitions and examples in any language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

Name: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
MOST_CODES = 300
MOST_EXAMPLES = 200


def _storable(text: str) -> str:
    """Without what PostgreSQL cannot store, and without space around it."""
    return text.replace("\x00", "").encode("utf-8", "ignore").decode().strip()


def _filled(text: str) -> str:
    if not text:
        raise PydanticCustomError("blank", "write at least one visible character")
    return text


Sentences: TypeAlias = Annotated[str, Field(max_length=4_000), AfterValidator(_storable)]
Phrase: TypeAlias = Annotated[
    str, Field(min_length=1, max_length=2_000), AfterValidator(_storable), AfterValidator(_filled)
]
Phrases: TypeAlias = Annotated[tuple[Phrase, ...], Field(max_length=MOST_EXAMPLES)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CodeExamples(_Part):
    """Passages that carry a code, and passages that look like it and do not."""

    positive: Phrases = ()
    negative: Phrases = ()


class CodeDefinition(_Part):
    """One code: what it means to a person who codes by hand, and to a machine."""

    code: Name = Field(description="Its name, as codings carry it: lower case, digits and underscores.")
    title: Phrase | None = Field(None, description="Its name for people; the name in words when left out.")
    definition: Phrase = Field(description="One or two sentences; they alone suffice to start with.")
    excludes: Phrases = Field((), description="What it must not be confused with.")
    examples: CodeExamples = CodeExamples()

    @property
    def heading(self) -> str:
        """Its name for people."""
        return self.title or self.code.replace("_", " ")

    @property
    def passages(self) -> list[str]:
        """What carries the code in words: its name, its definition and its examples."""
        return [self.heading, self.definition, *self.examples.positive]


class Definition(_Part):
    """The contents of one version of a codebook; whatever changes in them makes the next version."""

    title: Phrase = Field(description="Its name for people.")
    description: Sentences = Field("", description="What it is for.")
    unit: Literal["statement", "post"] = Field("statement", description="What is coded.")
    choice: Literal["one", "many"] = Field("many", description="Whether a passage has at most one code or several.")
    codes: tuple[CodeDefinition, ...] = Field(min_length=1, max_length=MOST_CODES)

    @model_validator(mode="after")
    def _name_codes_once(self) -> Self:
        twice = [name for name, times in Counter(self.names).items() if times > 1]
        if twice:
            raise PydanticCustomError("twice", "give each code a name of its own: {names}", {"names": ", ".join(twice)})
        return self

    @property
    def names(self) -> list[str]:
        """The names of its codes, in order."""
        return [each.code for each in self.codes]

    @property
    def passages(self) -> Iterator[tuple[str, int, bool]]:
        """Every passage that stands for a code or against it, with the place of the code."""
        for place, each in enumerate(self.codes):
            yield from ((text, place, True) for text in each.passages)
            yield from ((text, place, False) for text in each.examples.negative)
