"""Erasures as REST takes and shows them."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ingest.models import Erasure
from ingest.posts.schemas import Cleaned, ForeignId, Platform
from kit.erasures.schemas import ErasureRecord, ErasureStatus

MOST_POSTS = 1_000


class AuthorName(BaseModel):
    """An author as the platform knows them; neither part is kept, and nothing shows them again."""

    model_config = ConfigDict(extra="forbid")

    platform: Platform
    external_id: Annotated[ForeignId, Field(min_length=1, max_length=200, description="The platform's own id.")]


class ErasureRequest(BaseModel):
    """What is to be erased: exactly one of `posts`, `author` and `author_id`."""

    model_config = ConfigDict(extra="forbid")

    posts: Annotated[list[UUID] | None, Field(min_length=1, max_length=MOST_POSTS, description="Ids of posts.")] = None
    author: AuthorName | None = None
    author_id: Annotated[UUID | None, Field(description="Pseudonym of an author, as posts show it.")] = None
    reason: Annotated[str, Field(max_length=500, description="Why; kept on record, so name nobody."), Cleaned] = ""

    @model_validator(mode="after")
    def _names_one_thing(self) -> Self:
        if sum(each is not None for each in (self.posts, self.author, self.author_id)) != 1:
            raise ValueError("say what to erase by exactly one of posts, author and author_id")
        return self


class ErasureView(BaseModel):
    """An erasure, and how far ingest is with it; the other services show the same of theirs."""

    id: UUID
    status: ErasureStatus = Field(
        description="`running` while posts of the author are still here, `applied` when all are out of the database, "
        "`confirmed` once no message of the streams names them any more."
    )
    author_id: UUID | None = Field(description="Pseudonym of the author who was erased; null for posts.")
    reason: str
    requested_by: str
    requested_at: datetime
    posts: int = Field(description="Posts that were erased so far.")
    purged: int = Field(description="Of these, posts that no message of the service's own streams names any more.")
    first_applied_at: datetime
    last_applied_at: datetime

    @classmethod
    def of(cls, erasure: Erasure, record: ErasureRecord) -> Self:
        """The view of an erasure and of what was done about it."""
        status = ErasureStatus.RUNNING if erasure.applied_at is None else record.status
        asked = erasure.model_dump(include={"author_id", "reason", "requested_by", "requested_at"})
        return cls(**record.model_dump(exclude={"status"}), **asked, status=status)
