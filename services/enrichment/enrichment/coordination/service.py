"""Ask for evidence of coordination in a study."""

from __future__ import annotations

from enrichment.coordination.bursts import Coordination, Question, remarkable
from enrichment.coordination.repository import CoordinationRepository
from kit.db import Session

# Of what is shown, at most one burst in twenty is expected to be mere chance.
MOST_CHANCE = 0.05


class CoordinationService:
    """Coordination in the workspace of a session."""

    def __init__(self, session: Session) -> None:
        self._shares = CoordinationRepository(session)

    async def find(self, question: Question, limit: int) -> list[Coordination]:
        """Bursts that chance hardly explains, least likely first."""
        return remarkable(await self._shares.list_bursts(question), MOST_CHANCE)[:limit]
