"""How long another party asks us to wait."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime


def parse_retry_after(value: str, now: datetime) -> timedelta | None:
    """The wait that Retry-After asks for (RFC 9110, 10.2.3: seconds or a date); None when it cannot be read."""
    if value.isascii() and value.isdigit():
        return timedelta(seconds=min(int(value[:10]), 10**9))
    try:
        moment = parsedate_to_datetime(value)
        return max(timedelta(), moment.replace(tzinfo=moment.tzinfo or UTC) - now)
    except (ValueError, OverflowError):
        return None
