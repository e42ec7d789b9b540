"""What REST says of segmentations."""

from datetime import datetime
from typing import Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from segmentation.models import Segmentation


class SegmentationRequest(BaseModel):
    """How to segment a study; every field may be left out."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["topic"] = Field(default="topic", description="What the segments are.")
    resolution: float | None = Field(
        default=None,
        ge=0.01,
        le=100.0,
        description="Finer above 1, coarser below; absent: the finest that stays readable.",
    )


class SegmentParameters(SegmentationRequest):
    """What the job is told."""

    study_id: UUID


class SegmentationView(BaseModel):
    """One version of the partition of a study's posts; the counts are those of its publication."""

    id: UUID
    study_id: UUID
    kind: str
    version: int
    posts: int
    abstained: int = Field(description="Posts without a segment.")
    stability: float = Field(description="Mean adjusted Rand index between runs with different seeds; 1 is perfect.")
    resolution: float
    model: str = Field(description="Encoder of the vectors.")
    created_at: datetime

    @classmethod
    def of(cls, segmentation: Segmentation) -> Self:
        """The view of a row."""
        return cls(**segmentation.model_dump(include=set(cls.model_fields)))


class SegmentationResult(BaseModel):
    """What came of a job."""

    segmentation_id: UUID
    version: int
    posts: int
    abstained: int

    @classmethod
    def of(cls, segmentation: Segmentation) -> Self:
        """The result of a publication."""
        return cls(
            segmentation_id=segmentation.id,
            version=segmentation.version,
            posts=segmentation.posts,
            abstained=segmentation.abstained,
        )
