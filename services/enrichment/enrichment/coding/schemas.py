"""What was coded, counted and listed, as REST shows it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from enrichment.coding.codes import CoderKind


class CodeCountView(BaseModel):
    """How often a code was given in a study; what a machine counts is not yet a share that may be quoted."""

    model_config = ConfigDict(from_attributes=True)

    codebook: str
    code: str
    posts: int = Field(description="Posts that carry it, or have a statement that does.")
    statements: int = Field(description="Statements that carry it; none for codes of posts as a whole.")


class CodeCountsView(BaseModel):
    """Counts of codes in a study."""

    model_config = ConfigDict(from_attributes=True)

    study_id: UUID
    posts: int = Field(description="Posts of the study that are enriched, coded or not.")
    statements: int = Field(description="Their statements.")
    codes: list[CodeCountView] = Field(description="Most posts first.")


class CodingView(BaseModel):
    """Where in a post a code was given, by whom, and how sure."""

    model_config = ConfigDict(from_attributes=True)

    position: int | None = Field(description="Which statement; null where the post as a whole was coded.")
    start: int = Field(description="First character of the evidence in the text, in Unicode code points.")
    end: int = Field(description="One past the last character.")
    probability: float
    version: int = Field(description="Version of the codebook.")
    coder: CoderKind


class CodedPostView(BaseModel):
    """A post that a code was given to; its text stays with ingest."""

    model_config = ConfigDict(from_attributes=True)

    post_id: UUID
    published_at: datetime
    language: str | None
    study_ids: list[UUID]
    codings: list[CodingView]
