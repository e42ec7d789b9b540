"""What an import is told, keeps and answers."""

from uuid import UUID

from pydantic import BaseModel, Field

from ingest.posts.records import Privacy
from ingest.posts.schemas import IntakeReport, NewPost, RejectedLine
from ingest.sources.files.drift import Drift, DriftWatch
from ingest.sources.files.records import FileFormat
from ingest.sources.files.translation import Provenance


class ImportParameters(BaseModel):
    """What an import was asked to do; the mapping is complete, guesses included."""

    study_id: UUID
    upload_id: UUID
    filename: str
    bytes: int
    format: FileFormat
    mapping: str
    day_first: bool | None
    privacy: Privacy | None = Field(default=None, description="None for imports of a release that did not ask.")


class ImportState(BaseModel):
    """How far an import is: entries of the file that are done, and what became of them."""

    entries: int = 0
    report: IntakeReport = Field(default_factory=IntakeReport)
    drift: DriftWatch = Field(default_factory=DriftWatch)
    left_aside: dict[str, int] = {}
    deleted: int = 0


class ImportResult(IntakeReport):
    """What an import came to."""

    filename: str
    format: str
    mapping: str
    drift: list[Drift] = Field(description="What the mapping expects and the file does not have.")
    left_aside: dict[str, int] = Field(description="Entries that are no posts, such as likes: why, and how many.")
    deleted: int = Field(description="Stored posts that were erased, because the file says that they were deleted.")


class FittingMapping(BaseModel):
    """A ready mapping, and how well it fits."""

    name: str
    title: str
    confidence: float = Field(description="From 0 to 1.")


class FieldMapping(BaseModel):
    """Where a field of the posts comes from."""

    field: str
    columns: list[str] = Field(description="The first that holds something counts; `=value` is the same for all posts.")
    origin: Provenance = Field(description="Given by the caller, part of the ready mapping, or guessed by its name.")


class PreviewedPost(BaseModel):
    """A post as it would be taken."""

    line: int
    post: NewPost


class ImportPreview(BaseModel):
    """How a file would be read, told from its first rows; nothing is stored."""

    filename: str
    format: FileFormat
    encoding: str
    delimiter: str = Field(description="Between the cells of a table; empty for other formats.")
    compression: str = Field(description="gzip, zstd, zip or empty.")
    preset: FittingMapping | None = Field(description="The ready mapping that would be used.")
    alternatives: list[FittingMapping] = Field(description="Other ready mappings that fit.")
    mapping: str = Field(description="Send this as `mapping` to import the file in just this way.")
    fields: list[FieldMapping]
    unmapped_columns: list[str]
    privacy: Privacy = Field(description="As the form says, or the ready mapping.")
    rows: int = Field(description="How many rows were looked at.")
    posts: list[PreviewedPost] = Field(description="The first five.")
    rejected: list[RejectedLine]
    left_aside: dict[str, int]
    deletions: int = Field(description="Rows that say of a post or an author that it was deleted, which erases it.")
    drift: list[Drift]
    warnings: list[str]
