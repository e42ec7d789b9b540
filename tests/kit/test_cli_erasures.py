"""`pourquoi erasures` says that an erasure is complete when, and only when, every service has confirmed it."""

from uuid import UUID

import httpx2
import pytest

from kit.cli.client import Api
from kit.cli.erasures import is_complete, records_of
from kit.cli.views.ingest import Erasure

ERASURE = UUID("0199aaaa-0000-7000-8000-000000000009")
NOW = "2026-11-25T03:00:00Z"
SERVICES = ("ingest", "enrichment", "segmentation", "insight")


def record(posts: int, purged: int) -> dict[str, object]:
    return {"id": str(ERASURE), "posts": posts, "purged": purged, "first_applied_at": NOW, "last_applied_at": NOW}


def platform(records: dict[str, dict[str, object]], status: int = 404) -> Api:
    """A platform whose services hold these records; the others answer with `status`."""

    def answer(request: httpx2.Request) -> httpx2.Response:
        service = request.url.path.split("/")[1]
        if service in records:
            return httpx2.Response(200, json=records[service])
        return httpx2.Response(status, json={"title": "No", "status": status})

    return Api("http://platform", "pq_key", httpx2.MockTransport(answer))


def asked(posts: int, status: str = "confirmed") -> Erasure:
    return Erasure(id=ERASURE, status=status, author_id=None, requested_by="me", requested_at=NOW, posts=posts)


def complete(erasure: Erasure, **records: dict[str, object]) -> bool:
    return is_complete(erasure, records_of(platform(records), ERASURE))


def test_it_is_complete_when_all_four_confirm_the_same_posts() -> None:
    assert complete(asked(3), **dict.fromkeys(SERVICES, record(3, 3)))


@pytest.mark.parametrize(
    "odd",
    [{"insight": record(2, 2)}, {"segmentation": record(3, 2)}],
    ids=["fewer posts", "a stream that is not clean"],
)
def test_one_service_that_is_not_so_far_keeps_it_open(odd: dict[str, dict[str, object]]) -> None:
    assert not complete(asked(3), **{**dict.fromkeys(SERVICES, record(3, 3)), **odd})


def test_a_service_that_has_not_heard_of_it_keeps_it_open() -> None:
    assert not complete(asked(0), **dict.fromkeys(SERVICES[:3], record(0, 0)))


def test_an_author_with_posts_left_keeps_it_open() -> None:
    assert not complete(asked(3, "running"), **dict.fromkeys(SERVICES, record(3, 3)))


def test_a_service_that_is_away_is_not_taken_for_one_that_has_not_heard_of_it() -> None:
    with pytest.raises(Exception, match="No"):
        records_of(platform({}, status=503), ERASURE)
