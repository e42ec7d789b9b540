"""Connectors at work: configured over REST, collected by the scheduler, stored."""

from collections.abc import AsyncIterator

import pytest
from desk import Desk, Json

from ingest.app import service
from kit.testing import Launch, until
from tests.ingest.sources.servers.feeds import serve_feed
from tests.ingest.sources.servers.jetstream import account, commit, serve_jetstream, uri

FEED = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>
<item><guid>https://news.example/1</guid><title>Trains are late</title></item>
<item><guid>https://news.example/2</guid></item></channel></rss>"""


@pytest.fixture
async def desk(launch: Launch) -> AsyncIterator[Desk]:
    async with launch(service, author_key="a key for tests", allow_private_hosts=True) as running:
        yield Desk(running)


async def connect(desk: Desk, kind: str, **config: object) -> str:
    answer = await desk.client.post("/v1/sources", json={"name": kind, "kind": kind, "config": config})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def stored(desk: Desk) -> set[str]:
    return {post["external_id"] for post in await desk.posts()}


async def test_a_feed_is_collected_and_its_run_tells_what_was_rejected(desk: Desk) -> None:
    async with serve_feed(FEED) as server:
        source = await connect(desk, "feed", url=f"{server.url}/feed", platform="news")

        async def ended() -> Json | None:
            [*runs] = (await desk.client.get(f"/v1/sources/{source}/runs")).json()["items"]
            return runs[0] if runs and runs[0]["status"] == "succeeded" else None

        run = await until(ended)

    assert await stored(desk) == {"https://news.example/1"}
    assert (run["new"], run["rejected"]) == (1, 1)


async def test_a_stream_is_stored_while_it_flows_and_takes_back_what_is_deleted(desk: Desk) -> None:
    async with serve_jetstream() as stream:
        await connect(desk, "bluesky", endpoints=[stream.url], since="2026-09-20T00:00:00Z")
        await stream.publish(commit(1), commit(2), commit(3))
        await until(lambda: _equals(desk, {uri(1), uri(2), uri(3)}))

        await stream.publish(account(5, "did:plc:author2", "deleted"))
        await until(lambda: _equals(desk, {uri(1), uri(3)}))


async def _equals(desk: Desk, expected: set[str]) -> bool:
    return await stored(desk) == expected


async def test_the_past_of_a_feed_comes_from_its_archive(desk: Desk) -> None:
    item = (
        "<item><guid>https://news.example/{0}</guid><title>Late</title><pubDate>{0} Sep 2026 08:00 UT</pubDate></item>"
    )
    feed = '<rss version="2.0" xmlns:a="http://www.w3.org/2005/Atom"><channel><title>News</title>{}</channel></rss>'
    async with serve_feed(
        feed.format('<a:link rel="prev-archive" href="/archive/1"/>' + item.format(21)).encode()
    ) as web:
        web.archive = {"1": feed.format(item.format(20) + item.format(10)).encode()}
        source = await connect(desk, "feed", url=f"{web.url}/feed")
        since = {"since": "2026-09-15T00:00:00Z"}
        job = await desk.finish(await desk.client.post(f"/v1/sources/{source}/backfills", json=since))

    assert job["status"] == "succeeded", job
    assert {"https://news.example/20", "https://news.example/21"} <= await stored(desk)
    assert "https://news.example/10" not in await stored(desk)
