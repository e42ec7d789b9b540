"""Codebooks as REST shows and takes them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from enrichment.codebooks.definition import CodeDefinition, Definition, Name, Phrase


class NewCodebook(Definition):
    """A codebook of the workspace."""

    name: Name = Field(description="What its codings are known by; no other codebook may have it. It never changes.")
    study_id: UUID | None = Field(None, description="Code posts of this study only; null codes the whole workspace.")

    @property
    def definition(self) -> Definition:
        """What its first version says."""
        return Definition(**{name: getattr(self, name) for name in Definition.model_fields})


class CodebookClone(BaseModel):
    """A copy to work on."""

    model_config = ConfigDict(extra="forbid")

    name: Name = Field(description="Name of the copy.")
    title: Phrase | None = Field(None, description="Title of the copy; that of the original when left out.")
    study_id: UUID | None = Field(None, description="Code posts of this study only; null codes the whole workspace.")


class CodebookChange(BaseModel):
    """What to change of a codebook beside its contents; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    is_active: bool = Field(True, description="Whether it codes; what a resting codebook has coded is taken back.")
    study_id: UUID | None = Field(None, description="Code posts of this study only; null codes the whole workspace.")


class CodebookView(BaseModel):
    """A codebook in its newest version."""

    id: UUID
    name: str
    title: str
    description: str
    unit: str
    choice: str
    study_id: UUID | None
    is_shipped: bool = Field(description="Comes with the service: may be read and cloned, not changed.")
    is_active: bool
    version: int
    revision: int
    codes: list[CodeDefinition]
    created_by: str | None
    created_at: datetime | None
    updated_at: datetime | None


class CodebookVersionView(BaseModel):
    """What a codebook says, or said, in one version."""

    version: int
    title: str
    description: str
    unit: str
    choice: str
    codes: list[CodeDefinition]
    created_by: str
    created_at: datetime
