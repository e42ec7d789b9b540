"""Brands and products of a study as REST takes and shows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from enrichment.entities.entity import EntityKind
from enrichment.entities.naming import StudyName
from kit.db import clean_text


def _clean(value: object) -> object:
    return " ".join(clean_text(value).split()) if isinstance(value, str) else value


Spelling = Annotated[str, Field(min_length=2, max_length=100), BeforeValidator(_clean)]


class StudyNameView(BaseModel):
    """A brand or product, and how else people write it."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["brand", "product"]
    name: Spelling = Field(description="What all ways to write it are taken for.")
    spellings: list[Spelling] = Field([], max_length=50, description="Other ways to write it; case does not matter.")


class StudyNamesView(BaseModel):
    """The brands and products that a study asks about."""

    model_config = ConfigDict(extra="forbid")

    names: list[StudyNameView] = Field(max_length=200)

    @classmethod
    def of(cls, names: Sequence[StudyName]) -> Self:
        """The view of names."""
        return cls.model_validate(
            {"names": [{"kind": each.kind, "name": each.name, "spellings": each.spellings} for each in names]}
        )

    def of_study(self, study_id: UUID) -> list[StudyName]:
        """The names as those of a study."""
        return [StudyName(study_id, EntityKind(each.kind), each.name, tuple(each.spellings)) for each in self.names]
