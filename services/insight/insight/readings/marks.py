"""Marking studies as due within the transaction that changed something about them."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from opentelemetry import propagate

from insight.readings.repository import DueStudyRepository
from insight.settings import InsightSettings
from kit.db import Session
from kit.events import Received


async def mark_due(session: Session, causes: Mapping[UUID, Received], settings: InsightSettings) -> None:
    """Makes each study due because of the event it is mapped to; the reading will continue that trace.

    Call it last in a transaction: until the commit, other writers of the same study wait.
    """
    if causes:
        await DueStudyRepository(session).mark(
            {study_id: _traceparent(causes[study_id]) for study_id in sorted(causes)},
            quiet=timedelta(seconds=settings.quiet_seconds),
            patience=timedelta(seconds=settings.patience_seconds),
        )


def _traceparent(cause: Received) -> str:
    carrier: dict[str, str] = {}
    propagate.inject(carrier, cause.context)
    return carrier.get("traceparent", "")
