"""When a post was published, from the many ways in which files and platforms write it."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_EPOCH_TEXT = re.compile(r"\d{9,10}(\.\d+)?|\d{13}|\d{16}")
_NUMBERED_DATE = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})\b(.*)", re.DOTALL)
_CLOCKS = ("%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M:%S %p")
_UNREADABLE = "is no date that can be read; write it like 2015-02-24T15:30:00Z"
_TWITTER = "%a %b %d %H:%M:%S %z %Y"
_MILLIS_FROM, _MICROS_FROM = 1e11, 1e14
_FIRST_YEAR = 1970
_CLOCK_SKEW = timedelta(days=1)


def parse_timestamp(value: object, now: datetime, day_first: bool | None = None) -> datetime:
    """The moment that `value` stands for, in UTC; without an offset it is taken for UTC.

    Reads RFC 3339 and the rest of ISO 8601, RFC 5322, Twitter's old form, numbers of seconds, milliseconds or
    microseconds since 1970, and numbered dates such as 24/02/2015 15:30. `day_first` tells 03/04 from 04/03.
    Raises `ValueError` with a sentence for anything else and for moments before 1970 or more than a day ahead.
    """
    moment = _read(value, day_first)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    try:
        moment = moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("lies outside of the years that can be stored") from None
    if moment.year < _FIRST_YEAR:
        raise ValueError(f"lies before {_FIRST_YEAR}")
    if moment > now + _CLOCK_SKEW:
        raise ValueError("lies in the future")
    return moment


def _read(value: object, day_first: bool | None) -> datetime:
    if isinstance(value, datetime):
        return value
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError("is no date")
    if isinstance(value, int | float):
        return _from_epoch(value)
    return _from_text(value.strip(), day_first)


def _from_text(text: str, day_first: bool | None) -> datetime:
    try:
        return datetime.fromisoformat(text.removesuffix(" UTC"))
    except ValueError:
        pass
    if _EPOCH_TEXT.fullmatch(text):
        return _from_epoch(float(text))
    if numbered := _NUMBERED_DATE.fullmatch(text):
        return _from_numbers(numbered, day_first)
    for read in (_from_twitter, parsedate_to_datetime):
        try:
            return read(text)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
    raise ValueError(_UNREADABLE)


def _from_twitter(text: str) -> datetime:
    return datetime.strptime(text, _TWITTER)


def _from_epoch(number: float) -> datetime:
    divisor = 1e6 if abs(number) >= _MICROS_FROM else 1e3 if abs(number) >= _MILLIS_FROM else 1
    try:
        return datetime.fromtimestamp(number / divisor, UTC)
    except (ValueError, OverflowError, OSError):
        raise ValueError("is no number of seconds since 1970") from None


def _from_numbers(match: re.Match[str], day_first: bool | None) -> datetime:
    first, second, year = int(match[1]), int(match[2]), int(match[3])
    if day_first is None:
        day_first = _decide(first, second)
    day, month = (first, second) if day_first else (second, first)
    written = f"{year}-{month}-{day} {match[4].strip() or '00:00'}"
    for clock in _CLOCKS:
        try:
            return datetime.strptime(written, f"%Y-%m-%d {clock}")
        except ValueError:
            continue
    raise ValueError(_UNREADABLE)


def _decide(first: int, second: int) -> bool:
    if first <= 12 and second <= 12 and first != second:
        raise ValueError("may have its day or its month first; say which (day_first)")
    return first > 12 or first == second
