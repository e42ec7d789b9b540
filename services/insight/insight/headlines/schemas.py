"""Headlines and trends of a study as REST shows them."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, Field

from insight.insights.schemas import InsightView
from insight.memberships.schemas import SegmentationView


class StudyState(StrEnum):
    """How far a study is on its way to headlines."""

    WAITING_FOR_POSTS = "waiting_for_posts"
    WAITING_FOR_SEGMENTATION = "waiting_for_segmentation"
    READING = "reading"
    READY = "ready"


class CountsView(BaseModel):
    """What has arrived so far."""

    posts: int = Field(description="Posts of the study that were enriched.")
    memberships: int = Field(description="Posts that the newest segmentation has assigned or passed over.")
    expected_memberships: int = Field(description="Posts that it announced.")
    insights: int = Field(description="Insights of the reading shown.")


class RemainderView(BaseModel):
    """Posts that no headline speaks of, as shares of all posts read; the parts add up to `share`."""

    share: float
    abstained: float = Field(description="Posts that fit no segment.")
    suppressed: float = Field(
        description="Segments with too few distinct authors, or without two posts that may be quoted."
    )
    rejected: float = Field(description="Segments whose insight a reviewer rejected.")
    beyond_limit: float = Field(description="Segments that rank below the headlines shown.")


class HeadlinesView(BaseModel):
    """The few claims that say most about a study, and what they leave unsaid."""

    study_id: UUID
    state: StudyState
    counts: CountsView
    segmentation: SegmentationView | None = Field(description="The newest one; `ready` when it has been read.")
    read_at: datetime | None
    posts: int = Field(description="Posts of the reading shown: the base of every share.")
    items: list[InsightView]
    remainder: RemainderView | None = Field(description="Null as long as nothing was read.")
