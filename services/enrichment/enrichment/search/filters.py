"""What a search is narrowed to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class SearchFilters:
    """Posts of a study, published from `since` until before `until`, in a language, with a code; None takes all."""

    study_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    language: str | None = None
    code: str | None = None
