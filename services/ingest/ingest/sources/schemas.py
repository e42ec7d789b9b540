"""Sources and runs as REST takes and shows them."""

from datetime import UTC, datetime
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue, create_model, model_validator

from ingest.models import Source
from ingest.posts.destinations import UnmatchedPolicy
from ingest.posts.records import Privacy
from ingest.posts.schemas import Cleaned, RejectedLine
from ingest.sources.health import Course, health_of
from ingest.sources.kinds import KINDS, Kind
from ingest.sources.states import HealthStatus, RunStatus, SourceState

SourceName = Annotated[
    str, Field(min_length=1, max_length=200, description="Unique within the workspace; another's answers 409."), Cleaned
]
Interval = Annotated[int, Field(ge=10, le=7 * 86_400)]
Rate = Annotated[float, Field(gt=0, le=1)]
Days = Annotated[int, Field(ge=1, le=36_500)]

_STUDY = "Study that takes what no query asks for; without one, every study of the workspace takes what it matches."
_EVERY = "Seconds between two looks at it; absent: what is usual for its kind. A stream is reconnected after as long."
_UNMATCHED = "What becomes of posts that no study takes: kept, kept as a random sample, or dropped. All are counted."
_HANDLES = "Keep the public names of authors, where the terms of the source allow it."
_PRIVACY = "Posts of a `private` source are never quoted word by word and never leave the workspace."
_RETENTION = "Days after which its posts are removed; absent: never."


class NewSource(BaseModel):
    """A source to collect from."""

    model_config = ConfigDict(extra="forbid")

    name: SourceName
    kind: str
    config: BaseModel = Field(description="Settings of its kind; credentials by name, never themselves.")
    study_id: UUID | None = Field(None, description=_STUDY)
    every_seconds: Interval | None = Field(None, description=_EVERY)
    unmatched: UnmatchedPolicy = Field(UnmatchedPolicy.KEEP, description=_UNMATCHED)
    sample_rate: Rate = Field(0.01, description="Share that is kept where unmatched posts are sampled.")
    keeps_handles: bool = Field(False, description=_HANDLES)
    privacy: Privacy = Field(Privacy.PUBLIC, description=_PRIVACY)
    retention_days: Days | None = Field(None, description=_RETENTION)


def _of_kind(kind: Kind) -> type[NewSource]:
    needs_none = not any(field.is_required() for field in kind.config.model_fields.values())
    named: Any = Literal[kind.name]
    return create_model(
        f"New{kind.name.title()}Source",
        __base__=NewSource,
        __doc__=f"A source of kind {kind.name}.",
        kind=(named, ...),
        config=(kind.config, kind.config() if needs_none else ...),
    )


if TYPE_CHECKING:
    AnyNewSource = NewSource
else:
    AnyNewSource = Annotated[reduce(or_, map(_of_kind, KINDS.values())), Field(discriminator="kind")]


class SourceChange(BaseModel):
    """What is to change of a source; `config` is given whole."""

    model_config = ConfigDict(extra="forbid")

    name: SourceName = ""
    config: dict[str, JsonValue] = Field({}, description="All settings of its kind, as for a new source.")
    state: Literal[SourceState.ACTIVE, SourceState.PAUSED] = Field(
        SourceState.ACTIVE, description="`paused` stops it at once, `active` goes on from where it stopped."
    )
    study_id: UUID | None = Field(None, description=_STUDY)
    every_seconds: Interval = Field(900, description=_EVERY)
    unmatched: UnmatchedPolicy = Field(UnmatchedPolicy.KEEP, description=_UNMATCHED)
    sample_rate: Rate = 0.01
    keeps_handles: bool = Field(False, description=_HANDLES)
    privacy: Privacy = Field(Privacy.PUBLIC, description=_PRIVACY)
    retention_days: Days | None = Field(None, description=_RETENTION)


class HealthView(BaseModel):
    """How a source does, and why."""

    model_config = ConfigDict(from_attributes=True)

    status: HealthStatus
    reason: str


class SourceView(BaseModel):
    """A source, and how it does."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    kind: str
    config: dict[str, JsonValue]
    study_id: UUID | None
    every_seconds: int | None = Field(description="Seconds between two looks at it; null for pushed posts.")
    unmatched: UnmatchedPolicy
    sample_rate: float
    keeps_handles: bool
    privacy: Privacy
    retention_days: int | None
    state: SourceState
    health: HealthView
    next_due_at: datetime | None
    failures: int = Field(description="Failures in a row.")
    last_success_at: datetime | None
    last_post_at: datetime | None = Field(description="When a post of it last was new.")
    usual_gap_seconds: float | None = Field(description="Running estimate of the time between arrivals.")
    revision: int
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, source: Source) -> Self:
        """The view of a source as it stands now."""
        fields = {name: getattr(source, name) for name in cls.model_fields if name != "health"}
        health = health_of(course_of(source), datetime.now(UTC))
        return cls(health=HealthView.model_validate(health), **fields)


class RunView(BaseModel):
    """One go at a source; fetched is the sum of new, updated, observed, duplicate, rejected and dropped."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    source_id: UUID
    lane: str = Field(description="`live`, or `backfill` for what travels behind live posts.")
    status: RunStatus
    started_at: datetime
    ended_at: datetime | None
    fetched: int
    new: int
    updated: int
    observed: int = Field(description="Known posts of which only counts, handle or time of change are newer.")
    duplicate: int
    rejected: int
    deleted: int = Field(description="Posts that the source took back.")
    dropped: int = Field(description="Posts that no study takes and that the policy of the source does not keep.")
    error: str
    rejections: list[RejectedLine] = Field(description="The first items that became no post, and why.")


class NewBackfill(BaseModel):
    """A stretch of the past to collect."""

    model_config = ConfigDict(extra="forbid")

    since: AwareDatetime
    until: AwareDatetime | None = Field(None, description="Absent: until now.")

    @model_validator(mode="after")
    def _runs_forward(self) -> Self:
        if self.until and self.since >= self.until:
            raise ValueError("since must be earlier than until")
        return self


class BackfillParameters(BaseModel):
    """What a backfill job was asked to do."""

    source_id: UUID
    since: AwareDatetime
    until: AwareDatetime


class BackfillState(BaseModel):
    """How far a backfill is."""

    run_id: UUID | None = None
    cursor: dict[str, JsonValue] | None = None
    fetched: int = 0


def course_of(source: Source) -> Course:
    """What is known of how a source does."""
    return Course(
        state=SourceState(source.state),
        failures=source.failures,
        last_error=source.last_error,
        next_due_at=source.next_due_at,
        last_success_at=source.last_success_at,
        last_post_at=source.last_post_at,
        usual_gap_seconds=source.usual_gap_seconds,
    )
