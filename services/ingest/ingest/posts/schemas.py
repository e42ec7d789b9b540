"""Posts as REST takes and shows them."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, WithJsonSchema
from pydantic_core import PydanticCustomError

from ingest.posts.records import Key, PostRecord, Privacy
from ingest.posts.timestamps import parse_timestamp
from kit.db import clean_text

LONGEST_TEXT = 20_000
MOST_REJECTIONS_SHOWN = 1_000

_LANGUAGE = r"^([A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*)?$"
_PLATFORM = r"^[a-z0-9][a-z0-9_.-]{0,49}$"
_URL = r"^(https?://\S+)?$"


def _clean(value: object) -> object:
    return clean_text(value).strip() if isinstance(value, str) else value


def _lower(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


def _undetermined(value: str) -> str:
    return "" if value.lower() in ("und", "zxx") else value


def _moment(value: object, info: ValidationInfo) -> datetime:
    """The context may hold `day_first`, which tells how numbered dates are to be read."""
    try:
        return parse_timestamp(value, datetime.now(UTC), info.context.get("day_first") if info.context else None)
    except ValueError as error:
        raise PydanticCustomError("timestamp", "{problem}", {"problem": str(error)}) from None


Cleaned = BeforeValidator(_clean)
Moment = Annotated[
    datetime,
    BeforeValidator(_moment),
    WithJsonSchema({"anyOf": [{"type": "string", "format": "date-time"}, {"type": "number"}]}),
]


Platform = Annotated[
    str, Field(pattern=_PLATFORM, description="Platform, such as `x` or `reviews`."), BeforeValidator(_lower)
]
Count = Annotated[int | None, Field(ge=0, le=2**53)]
ForeignId = Annotated[str, Field(max_length=500), Cleaned]


class NewEngagement(BaseModel):
    """Counts of what others did with a post, as its source tells; what it does not tell is left out."""

    model_config = ConfigDict(extra="ignore")

    likes: Count = None
    reposts: Count = None
    replies: Count = None
    quotes: Count = None
    views: Count = None


class NewPost(BaseModel):
    """A post as a source gives it; fields that are not named here are left aside."""

    model_config = ConfigDict(coerce_numbers_to_str=True, extra="ignore")

    text: Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT, description="What was written."), Cleaned]
    external_id: Annotated[
        str, Field(min_length=1, max_length=500, description="The platform's own id of the post."), Cleaned
    ]
    platform: Platform = "upload"
    author: Annotated[
        str, Field(max_length=200, description="The platform's own id of the author; kept as a pseudonym."), Cleaned
    ] = ""
    published_at: Annotated[
        Moment | None,
        Field(description="RFC 3339, other usual forms, or seconds since 1970; without an offset it is UTC."),
    ] = None
    language: Annotated[
        str,
        Field(pattern=_LANGUAGE, description="BCP 47 language as the source claims it."),
        Cleaned,
        AfterValidator(_undetermined),
    ] = ""
    url: Annotated[str, Field(pattern=_URL, max_length=2_000, description="Public address."), Cleaned] = ""
    is_repost: Annotated[bool, Field(description="True when the post only repeats another one.")] = False
    author_handle: Annotated[
        str,
        Field(max_length=200, description="Public name of the author, such as `sncf`; kept where the source allows."),
        Cleaned,
    ] = ""
    followers: Annotated[Count, Field(description="How many follow the author.")] = None
    parent_id: Annotated[ForeignId, Field(description="External id of the post that this one answers.")] = ""
    thread_id: Annotated[ForeignId, Field(description="External id of the first post of the thread.")] = ""
    repost_of: Annotated[ForeignId, Field(description="External id of the post that this one repeats.")] = ""
    quote_of: Annotated[ForeignId, Field(description="External id of the post that this one quotes.")] = ""
    has_media: Annotated[bool, Field(description="True when a picture, a film or a sound belongs to it.")] = False
    engagement: Annotated[NewEngagement, Field(description="What others did with it.")] = NewEngagement()
    changed_at: Annotated[Moment | None, Field(description="When its author last changed it.")] = None


class RejectedLine(BaseModel):
    """A line, or a position in a list of posts, that became no post."""

    line: int
    reason: str


class IntakeReport(BaseModel):
    """What became of posts that were sent.

    `received` is the sum of accepted, updated, observed, duplicates, dropped and rejected.
    """

    received: int = 0
    accepted: int = Field(default=0, description="Stored for the first time.")
    updated: int = Field(
        default=0, description="Known before, with another text, for a further study or with details that were missing."
    )
    observed: int = Field(default=0, description="Known before; only its counts, handle or time of change are newer.")
    duplicates: int = Field(default=0, description="Known before, and nothing new about them.")
    unmatched: int = Field(default=0, description="Accepted, but no study takes them: kept and not published.")
    dropped: int = Field(
        default=0, description="New, but no study takes them, and their source is told not to keep them."
    )
    rejected_count: int = 0
    rejected: list[RejectedLine] = Field(default=[], description=f"The first {MOST_REJECTIONS_SHOWN:,} rejected lines.")

    def reject(self, line: int, reason: str) -> None:
        """Counts a line that became no post."""
        self.received += 1
        self.rejected_count += 1
        if len(self.rejected) < MOST_REJECTIONS_SHOWN:
            self.rejected.append(RejectedLine(line=line, reason=reason))

    def add(self, part: "IntakeReport") -> None:
        """Counts what became of further posts."""
        for name in type(self).model_fields.keys() - {"rejected"}:
            setattr(self, name, getattr(self, name) + getattr(part, name))
        self.rejected += part.rejected[: MOST_REJECTIONS_SHOWN - len(self.rejected)]


class EngagementView(BaseModel):
    """Counts of what others did with a post; null where the source does not tell."""

    model_config = ConfigDict(from_attributes=True)

    likes: int | None
    reposts: int | None
    replies: int | None
    quotes: int | None
    views: int | None


class PostView(BaseModel):
    """A post."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    platform: str
    external_id: str
    author_id: UUID
    text: str
    language: str = Field(
        validation_alias="claimed_language", description="As the source claims it; empty when it does not."
    )
    published_at: datetime
    first_seen_at: datetime
    study_ids: list[UUID]
    revision: int
    url: str
    is_repost: bool
    author_handle: str = Field(description="Public name of the author; empty where the source does not let it be kept.")
    followers: int | None
    parent_id: str = Field(description="External id of the post that this one answers; empty when it answers none.")
    thread_id: str = Field(description="External id of the first post of the thread; empty when unknown.")
    depth: int | None = Field(description="How many posts of the thread lie above it; null until they are known.")
    repost_of: str = Field(description="External id of the post that this one repeats.")
    quote_of: str = Field(description="External id of the post that this one quotes.")
    parent_post_id: UUID | None = Field(default=None, description="The answered post, if it is here.")
    repost_of_post_id: UUID | None = Field(default=None, description="The repeated post, if it is here.")
    quote_of_post_id: UUID | None = Field(default=None, description="The quoted post, if it is here.")
    copy_of: UUID | None = Field(
        description="The first post with nearly the same text, which may be this one; null when not looked for."
    )
    has_media: bool
    engagement: EngagementView
    changed_at: datetime | None = Field(
        description="When its author says it was last changed, or else when another text was first seen."
    )
    privacy: Privacy = Field(description="A private post is never quoted word by word.")
    source_id: UUID | None = Field(description="The source that it came from; null when it was sent to a study.")

    @classmethod
    def of(cls, post: PostRecord, targets: Mapping[Key, UUID]) -> Self:
        """The view of a post; `targets` are the posts that it may point to, by platform and external id."""
        view = cls.model_validate(post)
        view.parent_post_id = targets.get((post.platform, post.parent_id))
        view.repost_of_post_id = targets.get((post.platform, post.repost_of))
        view.quote_of_post_id = targets.get((post.platform, post.quote_of))
        return view


class ObservationView(BaseModel):
    """The counts of a post at one moment."""

    model_config = ConfigDict(from_attributes=True)

    observed_at: datetime
    engagement: EngagementView
