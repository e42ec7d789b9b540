"""Every metric that the kit records, by name, in one place; no label ever holds text or an id."""

from opentelemetry import metrics as otel

_meter = otel.get_meter("pourquoi")

_consumed = _meter.create_counter("pourquoi.events.consumed", description="Events applied by a consumer.")
_buried = _meter.create_counter("pourquoi.events.buried", description="Events put into a dead-letter stream.")
_relayed = _meter.create_counter("pourquoi.events.relayed", description="Events published from the outbox.")
_jobs = _meter.create_counter("pourquoi.jobs.ended", description="Jobs that ended, by kind and status.")


def consumed(consumer: str, lane: str, count: int) -> None:
    """Counts events that a consumer applied."""
    _consumed.add(count, {"consumer": consumer, "lane": lane})


def buried(consumer: str) -> None:
    """Counts an event that a consumer gave up on."""
    _buried.add(1, {"consumer": consumer})


def relayed(count: int) -> None:
    """Counts events that left the outbox."""
    _relayed.add(count)


def job_ended(kind: str, status: str) -> None:
    """Counts a job that ended."""
    _jobs.add(1, {"kind": kind, "status": status})
