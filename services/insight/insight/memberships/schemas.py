"""Segmentations as REST shows them."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from insight.models import Segmentation


class SegmentationView(BaseModel):
    """A version of a partition of the study's posts."""

    id: UUID
    kind: str
    version: int
    published_at: datetime

    @classmethod
    def of(cls, segmentation: Segmentation) -> "SegmentationView":
        """The view of a stored segmentation."""
        return cls.model_validate(segmentation, from_attributes=True)
