"""Dates in queries as stretches of time, so that `published:<=2026-01` takes all of January."""

import re
from datetime import UTC, datetime, timedelta

_DATE = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})?", re.ASCII)
_LAST = datetime.max.replace(tzinfo=UTC)
_ADVICE = "takes a date such as 2026, 2026-01, 2026-01-31 or 2026-01-31T08:30:00Z"


def parse_period(value: str) -> tuple[datetime, datetime]:
    """The first moment that a date covers and the first behind it, in UTC where it names no offset.

    A year, a month or a day covers all of itself, a moment only itself. Raises `ValueError`.
    """
    try:
        if found := _DATE.fullmatch(value):
            return _stretch(*(int(part) for part in found.groups() if part))
        if _MOMENT.fullmatch(value):
            return _instant(datetime.fromisoformat(value))
    except (ValueError, OverflowError):
        pass
    raise ValueError(f'{_ADVICE}, not "{value}".')


def _stretch(year: int, month: int | None = None, day: int | None = None) -> tuple[datetime, datetime]:
    start = datetime(year, 1 if month is None else month, 1 if day is None else day, tzinfo=UTC)
    if day is not None:
        return start, _later(start, timedelta(days=1))
    if year == _LAST.year and month in (None, _LAST.month):
        return start, _LAST
    # Somewhere in the next month or year, whatever the length of this one.
    behind = start + timedelta(days=366 if month is None else 31)
    return start, behind.replace(day=1)


def _instant(moment: datetime) -> tuple[datetime, datetime]:
    start = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    return start, _later(start, timedelta(microseconds=1))


def _later(moment: datetime, by: timedelta) -> datetime:
    return moment + by if moment < _LAST - by else _LAST
