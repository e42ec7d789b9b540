"""What YouTube's errors mean for a source, and when its quota is there again."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from ingest.sources.connector import SourceRefused, SourceUnavailable
from ingest.sources.http import Answer
from ingest.sources.shapes import Listed, Maybe, Shape

PAGE_IS_GONE = "invalidPageToken"
_USED_UP = ("quotaExceeded", "dailyLimitExceeded", "dailyLimitExceededUnreg")
_TOO_FAST = ("rateLimitExceeded", "userRateLimitExceeded", "processingFailure", "backendError")
_ADVICE = {
    "commentsDisabled": "has its comments turned off: take it out of the source",
    "videoNotFound": "does not exist or is private: take it out of the source",
    "channelNotFound": "does not exist: take it out of the source",
    "accessNotConfigured": "cannot be read: enable the YouTube Data API for the project of the key",
    "keyInvalid": "cannot be read: the api_key is not valid",
    "badRequest": "cannot be read: the api_key is not valid or the id is misspelt",
}
_PACIFIC = ZoneInfo("America/Los_Angeles")
_SHORT_WAIT_SECONDS = 60.0


class _Reason(Shape):
    reason: Maybe[str] = None


class _Error(Shape):
    errors: Listed[_Reason] = ()


class _Body(Shape):
    error: Maybe[_Error] = None


def reason_of(answer: Answer) -> str:
    """The reason of an error, such as `commentsDisabled`; empty when there is none."""
    if answer.status < 400:
        return ""
    body = answer.json()
    error = _Body.model_validate(body).error if isinstance(body, dict) else None
    return next((each.reason for each in (error.errors if error else ()) if each.reason), "")


def raise_for_error(answer: Answer, what: str, now: datetime) -> None:
    """Raises what an answer means: patience until the quota is renewed, or something that must be changed."""
    reason = reason_of(answer)
    if reason in _USED_UP:
        raise SourceUnavailable("YouTube's quota of the day is used up.", seconds_to_renewal(now))
    if reason in _TOO_FAST:
        raise SourceUnavailable(f"YouTube asks for patience ({reason}).", _SHORT_WAIT_SECONDS)
    if reason in _ADVICE:
        raise SourceRefused(f"{what} {_ADVICE[reason]}.")
    answer.raise_for_status()


def seconds_to_renewal(now: datetime) -> float:
    """Seconds to the next midnight in California, when quotas are renewed; the clock change is counted in."""
    tomorrow = now.astimezone(_PACIFIC).date() + timedelta(days=1)
    midnight = datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=_PACIFIC)
    return midnight.timestamp() - now.timestamp()
