"""How many more requests a platform allows, as its answers say."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from kit.retry_after import parse_retry_after

_NAMES = ("x-ratelimit", "ratelimit")
_EPOCH_FROM = 10**8


@dataclass(frozen=True, slots=True)
class Allowance:
    """Requests that are left until a moment."""

    remaining: float
    until: datetime

    def wait_seconds(self, now: datetime) -> float:
        """How long to wait before the next request; 0 while one is left."""
        return 0.0 if self.remaining >= 1 else max(0.0, (self.until - now).total_seconds())


def read_allowance(headers: Mapping[str, str], now: datetime) -> Allowance | None:
    """What `X-RateLimit-Remaining` and `X-RateLimit-Reset` say (names with or without X-, any case), or None.

    The reset is a number of seconds (Reddit), of seconds since 1970, or a date (Mastodon).
    """
    for name in _NAMES:
        remaining, reset = headers.get(f"{name}-remaining"), headers.get(f"{name}-reset")
        until = _moment(reset, now) if reset else None
        if remaining is not None and until is not None:
            try:
                return Allowance(float(remaining), until)
            except ValueError:
                return None
    return None


def asked_wait(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds that an answer asks to wait, by `Retry-After` or else by the reset of its rate limit."""
    wait = parse_retry_after(headers["retry-after"], now) if "retry-after" in headers else None
    if wait is not None:
        return wait.total_seconds()
    allowance = read_allowance(headers, now)
    return max(0.0, (allowance.until - now).total_seconds()) if allowance else None


def _moment(reset: str, now: datetime) -> datetime | None:
    try:
        seconds = float(reset)
        return datetime.fromtimestamp(seconds, UTC) if seconds > _EPOCH_FROM else now + timedelta(seconds=seconds)
    except (ValueError, OverflowError, OSError):
        pass
    try:
        moment = datetime.fromisoformat(reset)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
