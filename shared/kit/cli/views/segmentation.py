"""What commands read of the groups of posts."""

from uuid import UUID

from pydantic import BaseModel


class Segment(BaseModel):
    """One group of posts."""

    id: UUID
    label: str
    size: int
    keyphrases: list[str]
    stability: float


class Segmentation(BaseModel):
    """One version of the groups of a study."""

    id: UUID
    version: int
    posts: int
    abstained: int
    stability: float
