"""Experiments on queries as REST takes and shows them, and as their reports are kept."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from ingest.experiments.estimates import Estimate
from ingest.posts.records import PostRecord
from ingest.studies.schemas import Cleaned, LanguageTag, QueryText, Question, StudyView
from kit.jobs import JobView

EXCERPT = 10


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")


class EstimateView(BaseModel):
    """A value with its 95 % interval; ends that equal the value mean that it was counted."""

    model_config = ConfigDict(from_attributes=True)

    value: float
    low: float
    high: float

    @classmethod
    def of(cls, estimate: Estimate | None) -> Self | None:
        """The view of an estimate, or of the lack of one."""
        return None if estimate is None else cls.model_validate(estimate)


class Proposal(_Asked):
    """A query to try before it takes effect."""

    query: QueryText = Field(description="The query to propose.")


class DiffReport(BaseModel):
    """What a query version changes against another one, on the posts that are stored."""

    against_version: int
    computed_at: datetime
    stored_posts: int = Field(description="Posts of the workspace.")
    read_posts: int = Field(description="As many of them were read: all when few, else a random sample.")
    matched_before: EstimateView
    matched: EstimateView
    kept: EstimateView = Field(description="Posts that both queries take.")
    gained: EstimateView = Field(description="Posts that only the new query takes.")
    lost: EstimateView = Field(description="Posts that only the old query takes.")
    posts_per_day: EstimateView | None = Field(description="By the last four weeks of stored posts.")
    warnings: list[str]


class ScoresView(BaseModel):
    """How good a query version is, by what people judged of its random samples.

    A value that there is not enough evidence for is null. Only posts before the first gap in a sample count.
    """

    precision: EstimateView | None = Field(description="Share of its posts that are relevant.")
    recall: EstimateView | None = Field(description="Share of the relevant stored posts that it takes.")
    relevant_posts: EstimateView | None = Field(description="Relevant posts among the stored ones.")
    judged_matched: int
    judged_search_set: int
    relevant_in_search_set: int
    not_enough_evidence: list[str] = Field(description="What to judge before the missing values can be told.")


class PostExcerpt(BaseModel):
    """A post to look at."""

    id: UUID
    text: str
    platform: str
    published_at: datetime

    @classmethod
    def of(cls, post: PostRecord) -> Self:
        """The excerpt of a stored post."""
        return cls(id=post.id, text=post.text, platform=post.platform, published_at=post.published_at)


class DiffView(DiffReport):
    """A diff with some of the posts that it speaks of."""

    gained_posts: list[PostExcerpt]
    lost_posts: list[PostExcerpt]


class VersionView(BaseModel):
    """A query version with what is known of it."""

    version: int
    query: str
    created_by: str
    created_at: datetime
    is_current: bool
    activated_at: datetime | None = Field(description="When it last took effect; null for a mere proposal.")
    diff: DiffView | None
    scores: ScoresView | None


class Activation(_Asked):
    """How a version is to take effect."""

    backfill: bool = Field(False, description="Also take in stored posts that it matches, by a job.")


class ActivationView(BaseModel):
    """A study with its new query, and the job that takes in posts of the past."""

    study: StudyView
    job: JobView | None


class NewJudgement(_Asked):
    """What a person says of a post."""

    relevant: bool = Field(description="Whether the post is about the question of the study.")
    by: Annotated[str, Field(max_length=200), Cleaned] = Field("", description="Who says so; empty means the caller.")


class JudgementView(BaseModel):
    """What a person said of a post."""

    model_config = ConfigDict(from_attributes=True)

    post_id: UUID
    relevant: bool
    judged_by: str
    judged_at: datetime


class SampleItem(PostExcerpt):
    """A post to judge, in its place in the sample."""

    position: int
    matches: bool = Field(description="Whether the query version takes it.")
    relevant: bool | None = Field(description="What was judged of it so far.")


class SuggestionRequest(_Asked):
    """What to look for."""

    query: QueryText | None = Field(None, description="The query to better; absent means that of the study.")
    most: int = Field(10, ge=1, le=50, description="Most words and phrases to add, and to exclude.")


class TermReport(BaseModel):
    """A word or phrase to add to a query, or to exclude by it."""

    term: str = Field(description="As the query language writes it.")
    query: str = Field(description="The query with this term alone.")
    posts: EstimateView = Field(description="Posts gained by adding the term, or lost by excluding it.")
    precision: float = Field(description="Share of those posts that is thought relevant.")
    judged: int = Field(description="As many of those posts were judged by people.")
    new_precision: float | None = Field(description="Precision of the changed query; null while its own is unknown.")
    sample: list[UUID] = Field(description="Some of those posts, at random.")


class SuggestionsReport(BaseModel):
    """Words and phrases that would better a query, best first, each counted without what those before it bring."""

    study_id: UUID
    query: str
    computed_at: datetime
    read_posts: int
    judged_posts: int
    precision: EstimateView | None = Field(description="Of the query itself; null under 20 judged posts.")
    floor: float = Field(description="Least precision of a term to be added.")
    additions: list[TermReport]
    exclusions: list[TermReport]
    suggested_query: str = Field(description="The query with all of them.")
    worth_judging: list[UUID] = Field(description="Posts whose judgement would tell most; then ask again.")
    notes: list[str]


class SuggestionsView(SuggestionsReport):
    """Suggestions with the posts that they speak of."""

    id: UUID
    excerpts: list[PostExcerpt]


def _without_repeats(items: list[str]) -> list[str]:
    return list(dict.fromkeys(item for item in items if item))


Seed = Annotated[str, Field(max_length=100), Cleaned]


class DraftRequest(_Asked):
    """A plain question to make a query of."""

    question: Question = Field(description="The question in a sentence.")
    seeds: Annotated[list[Seed], AfterValidator(_without_repeats)] = Field(
        [], max_length=50, description="Words or phrases that relevant posts would hold, such as the name of a brand."
    )
    languages: list[LanguageTag] = Field([], max_length=10, description="Empty means English and French.")


class DraftPart(BaseModel):
    """A part of a drafted query and why it is there."""

    part: str
    because: str


class DraftView(BaseModel):
    """A first query to read and edit."""

    query: str
    parts: list[DraftPart]
    matched: EstimateView = Field(description="Stored posts that it takes.")
    read_posts: int
    notes: list[str]
