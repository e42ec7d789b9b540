"""What commands read of claims and what proves them."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel


class Share(BaseModel):
    """A share with its 95 % interval, each from 0 to 1."""

    value: float
    low: float
    high: float


class Trend(BaseModel):
    """How a share moved between two periods."""

    direction: str
    previous: Share
    current: Share


class Quote(BaseModel):
    """A post that speaks for a claim or against it."""

    text: str
    platform: str
    published_at: datetime


class Insight(BaseModel):
    """A claim with what proves it."""

    id: UUID
    study_id: UUID
    status: str
    revision: int
    label: str
    claim: str
    share: Share
    posts: int
    authors: int
    trend: Trend
    evidence: list[Quote] = []
    counter_evidence: list[Quote] = []


class Remainder(BaseModel):
    """Shares of posts that no headline speaks of."""

    share: float
    abstained: float
    suppressed: float
    rejected: float
    beyond_limit: float


class ReadSegmentation(BaseModel):
    """The version of the groups that headlines are read from."""

    id: UUID


class Headlines(BaseModel):
    """The claims that say most about a study, and what they leave unsaid."""

    state: str
    segmentation: ReadSegmentation | None
    posts: int
    items: list[Insight]
    remainder: Remainder | None
