"""How long posts are kept."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Term:
    """How many days the posts of a source are kept; `source_id` is None for those that came without one."""

    source_id: UUID | None
    days: int
