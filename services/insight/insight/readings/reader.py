"""The worker that reads due studies, one after the other, on as many replicas as there are."""

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from opentelemetry import propagate, trace

from insight.readings.repository import ClaimedStudy, DueStudyRepository
from insight.readings.service import LeaseLostError, StudyReader
from kit.db import EVERYWHERE, is_outage
from kit.errors import Unavailable
from kit.telemetry import log_outage

POLL_SECONDS = 0.2
FIRST_WAIT_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 60.0

_log = logging.getLogger(__name__)
_tracer = trace.get_tracer(__name__)


@dataclass(frozen=True)
class ReadingWorker:
    """Claims due studies and reads them; what fails stays due."""

    reader: StudyReader

    async def run(self, stopping: asyncio.Event) -> None:
        """Reads until `stopping` is set; a reading in hand is finished first."""
        while not stopping.is_set():
            try:
                has_read = await self.read_next()
            except Exception as error:
                log_outage("The reader", error)
                has_read = False
            if not has_read:
                with suppress(TimeoutError):
                    await asyncio.wait_for(stopping.wait(), POLL_SECONDS)

    async def read_next(self) -> bool:
        """Reads one due study; False when none is due."""
        lease = timedelta(seconds=self.reader.settings.reading_lease_seconds)
        async with self.reader.database.session(EVERYWHERE) as session:
            claimed = await DueStudyRepository(session).claim(lease)
        if claimed is None:
            return False
        with _tracer.start_as_current_span("read study", propagate.extract({"traceparent": claimed.trace})):
            await self._read(claimed)
        return True

    async def _read(self, claimed: ClaimedStudy) -> None:
        """One reading; a study that cannot be read waits, so that it does not hold up the others."""
        try:
            await self.reader.read(claimed)
        except LeaseLostError as error:
            _log.warning("%s", error)
        except Unavailable as error:
            _log.warning("Study %s waits to be read: %s", claimed.study_id, error)
            await self._postpone(claimed)
        except Exception as error:
            if is_outage(error):
                raise
            _log.error("Study %s could not be read: %s", claimed.study_id, type(error).__name__, exc_info=error)
            await self._postpone(claimed)

    async def _postpone(self, claimed: ClaimedStudy) -> None:
        """Gives the study back, each time for longer."""
        seconds = min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2.0 ** min(claimed.failures, 10))
        async with self.reader.database.session(claimed.workspace) as session:
            await DueStudyRepository(session).postpone(claimed, timedelta(seconds=seconds))
