"""Studies as REST shows and takes them."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from ingest.queries.parser import LONGEST_QUERY, QuerySyntaxError, parse_query
from kit.db import clean_text

_LANGUAGE = r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$"
_PLATFORM = r"^[a-z0-9][a-z0-9_.-]{0,49}$"


def _clean(value: object) -> object:
    return clean_text(value).strip() if isinstance(value, str) else value


def _well_formed(query: str) -> str:
    try:
        parse_query(query)
    except QuerySyntaxError as error:
        raise PydanticCustomError("query_syntax", "{problem}", {"problem": str(error)}) from None
    return query


Cleaned = BeforeValidator(_clean)
Name = Annotated[str, Field(min_length=1, max_length=200), Cleaned]
Question = Annotated[str, Field(min_length=1, max_length=1_000), Cleaned]
Sentence = Annotated[str, Field(max_length=1_000), Cleaned]
QueryText = Annotated[str, Field(max_length=LONGEST_QUERY), Cleaned, AfterValidator(_well_formed)]
LanguageTag = Annotated[str, Field(pattern=_LANGUAGE)]
PlatformName = Annotated[str, Field(pattern=_PLATFORM)]


class _StudyFields(BaseModel):
    model_config = ConfigDict(extra="forbid")

    objective: Sentence = Field("", description="What the answer is for.")
    target_behaviour: Sentence = Field("", description="The behaviour whose barriers and enablers are asked for.")
    owner_team: Sentence = Field("", description="The team that asked.")
    query: QueryText = Field("", description="Which posts belong to it; empty takes every post that is sent to it.")
    languages: list[LanguageTag] = Field([], max_length=50, description="BCP 47 languages; empty means any.")
    platforms: list[PlatformName] = Field([], max_length=50, description="Platforms; empty means any.")
    since: AwareDatetime | None = Field(None, description="Posts published earlier do not belong to it.")
    until: AwareDatetime | None = Field(None, description="Posts published then or later do not belong to it.")

    @model_validator(mode="after")
    def _period_runs_forward(self) -> Self:
        if self.since and self.until and self.since >= self.until:
            raise PydanticCustomError("period", "since must be earlier than until")
        return self


class NewStudy(_StudyFields):
    """A study to ask."""

    name: Name = Field(description="Short name.")
    question: Question = Field(description="The business question in one sentence.")


class StudyChange(_StudyFields):
    """What to change of a study; what is left out stays."""

    name: Name = Field("", description="Short name.")
    question: Question = Field("", description="The business question in one sentence.")


class StudyView(BaseModel):
    """A study."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    question: str
    objective: str
    target_behaviour: str
    owner_team: str
    query: str
    query_version: int
    languages: list[str]
    platforms: list[str]
    since: datetime | None
    until: datetime | None
    revision: int
    created_at: datetime
    updated_at: datetime


class QueryVersionView(BaseModel):
    """A query that a study has or had."""

    model_config = ConfigDict(from_attributes=True)

    version: int
    query: str
    created_by: str
    created_at: datetime


class CoverageView(BaseModel):
    """How many posts of a study ingest holds, and when they were published."""

    study_id: UUID
    posts: int
    first_published_at: datetime | None
    last_published_at: datetime | None
