"""What a partner's answer to an attempt says."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from insight.webhooks.ladder import Answer


def answer_of(status: int, retry_after: str | None, now: datetime) -> Answer:
    """The answer that a status and a Retry-After header stand for."""
    reason = f"The endpoint answered {status}."
    return Answer(status, reason, parse_retry_after(retry_after, now) if retry_after else None)


def parse_retry_after(value: str, now: datetime) -> timedelta | None:
    """The wait that Retry-After asks for (RFC 9110, 10.2.3: seconds or a date); None when it cannot be read."""
    if value.isascii() and value.isdigit():
        return timedelta(seconds=min(int(value[:10]), 10**9))
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(timedelta(), moment.replace(tzinfo=moment.tzinfo or UTC) - now)
