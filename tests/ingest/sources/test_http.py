"""Requests to sources: patience, refusals, bounds, redirects and private addresses."""

import gzip
import socket
from datetime import UTC, datetime, timedelta

import pytest

from ingest.sources.allowances import Allowance, asked_wait, read_allowance
from ingest.sources.connector import SourceRefused, SourceUnavailable
from ingest.sources.http import HttpCaller, HttpLimits
from tests.ingest.sources.servers.feeds import FeedServer, serve_feed

NOW = datetime(2026, 9, 20, 9, tzinfo=UTC)
SECRET = {"authorization": "Bearer very-secret"}


async def ask(server: FeedServer, path: str = "/feed", limits: HttpLimits | None = None) -> bytes:
    async with HttpCaller(allow_private=True, limits=limits or HttpLimits()) as http:
        answer = await http.get(f"{server.url}{path}", headers=SECRET)
    answer.raise_for_status()
    return answer.body


@pytest.mark.parametrize(
    ("status", "header", "seconds"),
    [(429, "120", 120), (503, "0", 0), (429, "soon", None), (500, None, None), (408, "7", 7)],
)
async def test_where_waiting_helps_the_source_is_unavailable_for_as_long_as_it_says(
    status: int, header: str | None, seconds: int | None
) -> None:
    async with serve_feed() as server:
        server.status, server.headers = status, {"retry-after": header} if header else {}
        with pytest.raises(SourceUnavailable) as patience:
            await ask(server)

    assert patience.value.retry_after_seconds == seconds


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
async def test_where_only_a_change_helps_the_source_is_refused_without_telling_secrets(status: int) -> None:
    async with serve_feed(b"very-secret") as server:
        server.status = status
        with pytest.raises(SourceRefused) as refusal:
            await ask(server)

    assert "very-secret" not in str(refusal.value)


async def test_a_redirect_is_followed_and_a_ring_of_them_is_not() -> None:
    async with serve_feed(b"here") as server:
        assert await ask(server, "/moved?to=/feed") == b"here"
        with pytest.raises(SourceRefused, match="redirects more than"):
            await ask(server, "/moved?to=/moved?to=/feed%26to=/moved", HttpLimits(redirects=0))


async def test_a_secret_never_follows_a_redirect_to_another_origin() -> None:
    async with serve_feed(b"theirs") as theirs, serve_feed(b"ours") as ours:
        assert await ask(ours, f"/moved?to={theirs.url}/feed") == b"theirs"

    assert "authorization" in ours.asked[0].headers
    assert "authorization" not in theirs.asked[0].headers
    assert theirs.asked[0].headers["host"] == theirs.url.removeprefix("http://")


async def test_a_form_is_not_sent_on_to_where_a_redirect_leads() -> None:
    async with serve_feed(b"theirs") as theirs, serve_feed() as ours, HttpCaller(allow_private=True) as http:
        answer = await http.post(f"{ours.url}/moved?to={theirs.url}/feed", form={"a": "very-secret"}, headers=SECRET)

    assert answer.body == b"theirs"
    assert "content-length" not in theirs.asked[0].headers


async def test_a_redirect_to_something_that_is_no_web_address_is_refused() -> None:
    async with serve_feed() as server:
        for target in ("file:///etc/passwd", "ftp://example.com/"):
            with pytest.raises(SourceRefused):
                await ask(server, f"/moved?to={target}")


async def test_an_answer_that_is_too_large_is_refused_also_when_it_is_compressed() -> None:
    async with serve_feed(b"x" * 2_000) as server:
        with pytest.raises(SourceRefused, match="larger"):
            await ask(server, limits=HttpLimits(body_bytes=1_000))
        server.body, server.headers = gzip.compress(b"x" * 10_000_000), {"content-encoding": "gzip"}
        with pytest.raises(SourceRefused, match="larger"):
            await ask(server, limits=HttpLimits(body_bytes=100_000))


async def test_a_server_that_says_nothing_or_is_not_there_is_unavailable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        async with HttpCaller(allow_private=True, limits=HttpLimits(deadline_seconds=0.1)) as http:
            with pytest.raises(SourceUnavailable, match="did not answer"):
                await http.get(f"http://127.0.0.1:{port}/")
    async with HttpCaller(allow_private=True) as http:
        with pytest.raises(SourceUnavailable, match="could not be reached"):
            await http.get(f"http://127.0.0.1:{port}/")


async def test_private_addresses_are_refused_unless_they_are_allowed() -> None:
    async with serve_feed() as server, HttpCaller() as http:
        for url in (server.url, "http://localhost/", "http://169.254.169.254/latest", "http://[::1]/"):
            with pytest.raises(SourceRefused, match="private address"):
                await http.get(url)

        assert server.asked == []


def test_rate_limits_are_read_as_each_platform_writes_them() -> None:
    mastodon = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "2026-09-20T09:05:00.000Z"}
    reddit = {"x-ratelimit-remaining": "0.0", "x-ratelimit-reset": "300"}
    epoch = {"ratelimit-remaining": "0", "ratelimit-reset": str(NOW.timestamp() + 300)}

    for headers in (mastodon, reddit, epoch):
        assert read_allowance(headers, NOW) == Allowance(0.0, NOW + timedelta(minutes=5))
        assert asked_wait(headers, NOW) == 300
    assert asked_wait({"retry-after": "Sun, 20 Sep 2026 09:10:00 GMT", **reddit}, NOW) == 600
    assert Allowance(3.0, NOW + timedelta(minutes=5)).wait_seconds(NOW) == 0
    for nonsense in ({}, {"x-ratelimit-remaining": "x", "x-ratelimit-reset": "1"}, {"x-ratelimit-reset": "1e400"}):
        assert read_allowance(nonsense, NOW) is None
