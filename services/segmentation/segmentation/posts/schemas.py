"""What REST says of the posts that segmentation holds."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel


class CoverageView(BaseModel):
    """How many distinct posts of a study this service holds."""

    study_id: UUID
    posts: int
    first_published_at: datetime | None
    last_published_at: datetime | None
