"""A codebook and its versions as the service holds them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from enrichment.codebooks.definition import Definition
from enrichment.codebooks.library import ShippedCodebook


@dataclass(frozen=True)
class CodebookVersion:
    """One version of an own codebook."""

    version: int
    definition: Definition
    created_by: str
    created_at: datetime


@dataclass(frozen=True)
class CodebookRecord:
    """A codebook in its newest version; nobody of this workspace has made a shipped one."""

    id: UUID
    name: str
    study_id: UUID | None
    is_active: bool
    version: int
    revision: int
    definition: Definition
    is_shipped: bool = False
    created_by: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None

    @classmethod
    def of(cls, shipped: ShippedCodebook) -> CodebookRecord:
        """A shipped codebook."""
        version = shipped.version
        return cls(shipped.id, shipped.name, None, True, version, version, shipped.definition, is_shipped=True)
