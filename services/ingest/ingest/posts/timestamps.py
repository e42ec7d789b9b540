"""When a post was published, from the many ways in which files and platforms write it."""

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

from ingest.queries.tokens import fold

_EPOCH_TEXT = re.compile(r"\d{9,10}(\.\d+)?|\d{13}|\d{16}")
_LONGEST = 100
_REST = r"(?!\d)(?P<clock>.*)"
_NUMBERED_DATE = re.compile(rf"(\d{{1,2}})[/.-](\d{{1,2}})[/.-](?P<year>\d{{4}}){_REST}")
_YEAR_FIRST = re.compile(rf"(?P<year>\d{{4}})[/.-](?P<month>\d{{1,2}})[/.-](?P<day>\d{{1,2}}){_REST}")
_WEEKDAY = r"(?:[a-z]+\.?,? +)??"
_NAMED_MONTHS = (
    re.compile(
        rf"{_WEEKDAY}(?P<day>\d{{1,2}})(?:st|nd|rd|th|er)?[ .-]+(?P<name>[a-z]+)[ .,-]+(?P<year>\d{{4}}){_REST}"
    ),
    re.compile(rf"{_WEEKDAY}(?P<name>[a-z]+)\.? +(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? +(?P<year>\d{{4}}){_REST}"),
)
_CLOCK = re.compile(
    r"(?:[ ,t-]|at|a)*(?P<hour>\d{1,2})[:h](?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?"
    r" *(?P<half>[ap]\.?m\.?)? *(?:utc|gmt|z|(?P<sign>[+-])(?P<hours>\d{2}):?(?P<minutes>\d{2}))?"
)
# English and French, as far as they tell the months apart.
_MONTHS = {
    **dict.fromkeys(("jan",), 1),
    **dict.fromkeys(("feb", "fev"), 2),
    **dict.fromkeys(("mar",), 3),
    **dict.fromkeys(("apr", "avr"), 4),
    **dict.fromkeys(("may", "mai"), 5),
    **dict.fromkeys(("jun", "juin"), 6),
    **dict.fromkeys(("jul", "juil"), 7),
    **dict.fromkeys(("aug", "aou"), 8),
    **dict.fromkeys(("sep",), 9),
    **dict.fromkeys(("oct",), 10),
    **dict.fromkeys(("nov",), 11),
    **dict.fromkeys(("dec",), 12),
}
_UNREADABLE = "is no date that can be read; write it like 2015-02-24T15:30:00Z"
_TWITTER = ("%a %b %d %H:%M:%S %z %Y", "%a %b %d %H:%M:%S %Y")
_MILLIS_FROM, _MICROS_FROM = 1e11, 1e14
_FIRST_YEAR = 1970
_CLOCK_SKEW = timedelta(days=1)


def parse_timestamp(value: object, now: datetime, day_first: bool | None = None) -> datetime:
    """The moment that `value` stands for, in UTC; without an offset it is taken for UTC.

    Reads RFC 3339 and the rest of ISO 8601, RFC 5322, Twitter's old form, numbers of seconds, milliseconds or
    microseconds since 1970, numbered dates such as 24/02/2015 15:30, and dates with the name of the month in English
    or French. `day_first` tells 03/04 from 04/03.
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
    if len(text) > _LONGEST:
        raise ValueError(_UNREADABLE)
    if _EPOCH_TEXT.fullmatch(text):
        return _from_epoch(float(text))
    plain = fold(text)
    if numbered := _NUMBERED_DATE.fullmatch(plain):
        return _from_numbers(numbered, day_first)
    if year_first := _YEAR_FIRST.fullmatch(plain):
        return _at(year_first, int(year_first["month"]), int(year_first["day"]))
    if named := next((found for each in _NAMED_MONTHS if (found := each.fullmatch(plain))), None):
        return _from_names(named, text)
    return _from_program(text)


def _from_names(match: re.Match[str], text: str) -> datetime:
    month = next((number for name, number in _MONTHS.items() if match["name"].startswith(name)), 0)
    try:
        return _at(match, month, int(match["day"]))
    except ValueError:
        # A zone by its name, such as EST. It is not left to guess about half days.
        if re.search(r"[ap]\.?m\b", match["clock"]):
            raise
        return _from_program(text)


def _from_program(text: str) -> datetime:
    for pattern in _TWITTER:
        try:
            return datetime.strptime(text, pattern)
        except ValueError:
            continue
    try:
        return parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        raise ValueError(_UNREADABLE) from None


def _from_epoch(number: float) -> datetime:
    divisor = 1e6 if abs(number) >= _MICROS_FROM else 1e3 if abs(number) >= _MILLIS_FROM else 1
    try:
        return datetime.fromtimestamp(number / divisor, UTC)
    except (ValueError, OverflowError, OSError):
        raise ValueError("is no number of seconds since 1970") from None


def _from_numbers(match: re.Match[str], day_first: bool | None) -> datetime:
    first, second = int(match[1]), int(match[2])
    if day_first is None:
        day_first = _decide(first, second)
    return _at(match, second if day_first else first, first if day_first else second)


def _at(match: re.Match[str], month: int, day: int) -> datetime:
    """The moment of a date at the time that is written behind it, or at its beginning."""
    clock = _CLOCK.fullmatch(match["clock"]) if match["clock"].strip() else None
    if clock is None and match["clock"].strip():
        raise ValueError(_UNREADABLE)
    try:
        date = datetime(int(match["year"]), month, day)
        return date if clock is None else _with_clock(date, clock)
    except (ValueError, OverflowError):
        raise ValueError(_UNREADABLE) from None


def _with_clock(date: datetime, clock: re.Match[str]) -> datetime:
    hour = int(clock["hour"])
    if clock["half"]:
        if not 1 <= hour <= 12:
            raise ValueError(_UNREADABLE)
        hour = hour % 12 + (12 if clock["half"].startswith("p") else 0)
    moment = date.replace(hour=hour, minute=int(clock["minute"]), second=int(clock["second"] or 0))
    if not clock["sign"]:
        return moment
    offset = timedelta(hours=int(clock["hours"]), minutes=int(clock["minutes"]))
    return moment.replace(tzinfo=timezone(offset if clock["sign"] == "+" else -offset))


def _decide(first: int, second: int) -> bool:
    if first <= 12 and second <= 12 and first != second:
        raise ValueError("may have its day or its month first; say which (day_first)")
    return first > 12 or first == second
