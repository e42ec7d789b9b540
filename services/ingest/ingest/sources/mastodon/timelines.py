"""Mastodon's timelines, page by page from old to new."""

from collections.abc import AsyncGenerator, Sequence
from datetime import datetime
from urllib.parse import parse_qs, quote, urlsplit

from ingest.sources.connector import SourceUnavailable
from ingest.sources.http import Answer, HttpCaller
from ingest.sources.mastodon.config import MastodonConfig

_PAGE = 40
_SEQUENCE_BITS = 16


def path_of(hashtag: str) -> str:
    """The path of a hashtag's timeline, or with an empty hashtag of the public one."""
    return f"/api/v1/timelines/tag/{quote(hashtag)}" if hashtag else "/api/v1/timelines/public"


def id_at(moment: datetime) -> str:
    """The smallest id that a status of that moment can have: ids begin with milliseconds since 1970."""
    return str(int(moment.timestamp() * 1000) << _SEQUENCE_BITS)


def earlier(status_id: str, minutes: int) -> str:
    """An id so many minutes before another; servers whose ids tell no time give it back unchanged."""
    if not (status_id.isascii() and status_id.isdigit()):
        return status_id
    return str(max(0, int(status_id) - (minutes * 60_000 << _SEQUENCE_BITS)))


def newest_id(ids: Sequence[str]) -> str:
    """The newest of ids, which are numbers written as strings."""
    return max(ids, key=lambda each: (len(each), each), default="")


async def pages(
    http: HttpCaller, config: MastodonConfig, headers: dict[str, str], *, hashtag: str, after: str
) -> AsyncGenerator[tuple[list[object], str], None]:
    """Pages of statuses newer than `after`, each with the newest id so far; without `after`, the newest page only."""
    known = after
    while True:
        params = {"limit": str(_PAGE), **({"local": "true"} if config.only_local else {})}
        if known:
            params["min_id"] = known
        answer = await http.get(config.base_url.rstrip("/") + path_of(hashtag), params=params, headers=headers)
        statuses = _statuses(answer)
        newest = newest_id([known, _linked_id(answer), *ids_of(statuses)])
        if statuses:
            yield statuses, newest
        if not statuses or not known or newest == known:
            return
        known = newest


def _statuses(answer: Answer) -> list[object]:
    answer.raise_for_status()
    statuses = answer.json()
    if not isinstance(statuses, list):
        raise SourceUnavailable(f"{answer.url.host} answered with something that is no list of statuses.")
    return statuses


def ids_of(statuses: Sequence[object]) -> list[str]:
    """The ids of statuses that have one."""
    found = (status.get("id") for status in statuses if isinstance(status, dict))
    return [each for each in found if isinstance(each, str) and each.isascii() and len(each) <= 100]


def _linked_id(answer: Answer) -> str:
    """The `min_id` of the next newer page, as the Link header names it; the rest of the link is not trusted."""
    return parse_qs(urlsplit(answer.links.get("prev", "")).query).get("min_id", [""])[0]
