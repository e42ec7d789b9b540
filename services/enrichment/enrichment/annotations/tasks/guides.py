"""The guide that coders of a task work by: the codes of a codebook as they stood when the task was made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from kit.db import clean_text
from kit.errors import Invalid

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,62}$")]
Words = Annotated[str, AfterValidator(clean_text), Field(max_length=2_000)]
MOST_CODES = 300
MOST_EXAMPLES = 200


class Unit(StrEnum):
    """What one item is."""

    STATEMENT = "statement"
    POST = "post"


class Choice(StrEnum):
    """How many codes an item may have."""

    ONE = "one"
    MANY = "many"


class CodeExamples(BaseModel):
    """Passages that carry a code, and passages that look like it and do not."""

    model_config = ConfigDict(extra="forbid")

    positive: list[Words] = Field(default=[], max_length=MOST_EXAMPLES)
    negative: list[Words] = Field(default=[], max_length=MOST_EXAMPLES)


class CodeGuide(BaseModel):
    """One code, as it is explained to a coder."""

    model_config = ConfigDict(extra="forbid")

    code: Name
    title: Words = ""
    definition: Words
    includes: list[Words] = Field(default=[], max_length=MOST_EXAMPLES)
    excludes: list[Words] = Field(
        default=[], max_length=MOST_EXAMPLES, description="What it must not be confused with."
    )
    examples: dict[str, CodeExamples] = Field(default={}, max_length=MOST_EXAMPLES, description="By language.")


class Guide(BaseModel):
    """The codes of one version of a codebook, as coders work by them."""

    model_config = ConfigDict(from_attributes=True)

    codebook: Name
    version: int = Field(ge=1, le=1_000_000)
    unit: Unit
    choice: Choice
    codes: list[CodeGuide] = Field(min_length=1, max_length=MOST_CODES)

    def narrowed_to(self, names: Sequence[str]) -> Guide:
        """The guide with some of its codes only; all of them when none is named. Raises `Invalid` for a stranger."""
        known: Mapping[str, CodeGuide] = {each.code: each for each in self.codes}
        strangers = sorted(set(names) - set(known))
        if strangers:
            raise Invalid(
                f"The codebook {self.codebook} has no code {', '.join(strangers)}; it has: {', '.join(known)}."
            )
        kept = [each for each in self.codes if not names or each.code in names]
        return self.model_copy(update={"codes": kept})
