"""Long work about codebooks: training heads, and coding what is stored. Of the same work one job waits at a time."""

from __future__ import annotations

from uuid import UUID

from enrichment.codebooks.codings.repository import CodingRepository
from kit.db import Session
from kit.jobs import JobRepository, JobView, enqueue_once

TRAINING = "codebook-training"
CODING = "codebook-coding"
# Labels come in bursts: one training is for all that came in so many seconds.
PAUSE_SECONDS = 2.0


class CodebookQueue:
    """Jobs about codebooks of the session's workspace."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def train(self, codebook_id: UUID, delay_seconds: float = 0.0) -> JobView:
        """Queues a training, which sees what this transaction does."""
        return await enqueue_once(self._session, TRAINING, {"codebook_id": str(codebook_id)}, delay_seconds)

    async def recode(self) -> JobView:
        """Queues the coding of all that is stored; ask for it before a change of heads or codebooks is committed.

        Batches that arrive are either stored before the change, and coded anew by the job, or coded after it.
        """
        await CodingRepository(self._session).change_heads()
        return await enqueue_once(self._session, CODING, {})

    async def is_recoding_asked(self) -> bool:
        """Whether another coding of all that is stored waits to start."""
        return await JobRepository(self._session).find_waiting(CODING) is not None
