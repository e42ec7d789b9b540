"""The worker that sends due deliveries, on as many replicas as there are."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from insight.settings import InsightSettings
from insight.webhooks.attempts import Attempt, claim_attempts, payload_of, record_answer
from insight.webhooks.ladder import Answer
from insight.webhooks.sender import WebhookSender
from insight.webhooks.signing import signed_headers
from kit.db import EVERYWHERE, Database
from kit.errors import NotFound
from kit.telemetry import log_outage

POLL_SECONDS = 0.5


@dataclass(frozen=True)
class DeliveryWorker:
    """Claims due deliveries and sends them; what is not recorded comes back when its lease ends."""

    database: Database
    sender: WebhookSender
    settings: InsightSettings

    async def run(self, stopping: asyncio.Event) -> None:
        """Sends until `stopping` is set; attempts under way are finished first."""
        while not stopping.is_set():
            try:
                sent = await self.send_due()
            except Exception as error:
                log_outage("The webhook worker", error)
                sent = 0
            if not sent:
                with suppress(TimeoutError):
                    await asyncio.wait_for(stopping.wait(), POLL_SECONDS)

    async def send_due(self) -> int:
        """Makes the attempts that are due, side by side; returns how many."""
        async with self.database.session(EVERYWHERE) as session:
            attempts = await claim_attempts(session, self.settings)
        results = await asyncio.gather(*map(self._make, attempts), return_exceptions=True)
        for result in results:
            if isinstance(result, Exception):
                log_outage("A webhook attempt", result)
        return len(attempts)

    async def _make(self, attempt: Attempt) -> None:
        answer = await self._send(attempt)
        async with self.database.session(attempt.workspace) as session:
            await record_answer(session, attempt, answer, self.settings)

    async def _send(self, attempt: Attempt) -> Answer:
        try:
            async with self.database.session(attempt.workspace) as session:
                body = await payload_of(session, attempt)
        except NotFound:
            return Answer(None, "The insight no longer exists.")
        headers = signed_headers(attempt.secret, str(attempt.delivery_id), datetime.now(UTC), body)
        return await self.sender.send(attempt.url, headers, body)
