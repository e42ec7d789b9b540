"""What a partner's answer to an attempt says."""

from datetime import datetime

from insight.webhooks.ladder import Answer
from kit.retry_after import parse_retry_after


def answer_of(status: int, retry_after: str | None, now: datetime) -> Answer:
    """The answer that a status and a Retry-After header stand for."""
    reason = f"The endpoint answered {status}."
    return Answer(status, reason, parse_retry_after(retry_after, now) if retry_after else None)
