"""What an import is told, keeps and answers."""

from uuid import UUID

from pydantic import BaseModel, Field

from ingest.posts.schemas import IntakeReport


class ImportParameters(BaseModel):
    """What an import was asked to do; the mapping is complete, guesses included."""

    study_id: UUID
    upload_id: UUID
    filename: str
    bytes: int
    format: str
    mapping: str
    day_first: bool | None


class ImportState(BaseModel):
    """How far an import is: entries of the file that are done, and what became of them."""

    entries: int = 0
    report: IntakeReport = Field(default_factory=IntakeReport)


class ImportResult(IntakeReport):
    """What an import came to."""

    filename: str
    format: str
    mapping: str
