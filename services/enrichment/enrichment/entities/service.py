"""Which brands and products a study asks about."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from enrichment.entities.naming import StudyName, StudyNames
from enrichment.entities.repository import StudyNameRepository
from kit.db import Session
from kit.errors import Invalid


class StudyNameService:
    """Names in the workspace of a session."""

    def __init__(self, session: Session) -> None:
        self._names = StudyNameRepository(session)

    async def all(self) -> StudyNames:
        """The names of every study, ready for many posts."""
        return StudyNames(await self._names.list_all())

    async def of_study(self, study_id: UUID) -> Sequence[StudyName]:
        """The names of one study; none of one that has none."""
        return await self._names.list_by_study(study_id)

    async def replace(self, study_id: UUID, names: Sequence[StudyName]) -> Sequence[StudyName]:
        """Puts these in the place of what the study had; raises `Invalid` when two are written alike."""
        spellings = [spelling.casefold() for each in names for spelling in {each.name, *each.spellings}]
        twice = sorted({spelling for spelling in spellings if spellings.count(spelling) > 1})
        if twice:
            raise Invalid(f"Give each spelling to one brand or product only: {', '.join(twice[:5])}.")
        await self._names.replace(study_id, names)
        return await self._names.list_by_study(study_id)
