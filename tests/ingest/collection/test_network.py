"""Sources on the network, from their configuration to stored posts, by the service as it runs."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from desk import Desk, Json

from ingest.app import service
from kit.testing import Launch, until
from tests.ingest.sources.servers.feeds import serve_feed
from tests.ingest.sources.servers.jetstream import START_US, commit, serve_jetstream

FEED = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>
<item><guid isPermaLink="false">1</guid><title>The train was late</title></item>
<item><guid isPermaLink="false">2</guid><title>The train was early</title></item></channel></rss>"""


@pytest.fixture
async def online(launch: Launch) -> AsyncIterator[Desk]:
    async with launch(service, allow_private_hosts=True) as running:
        yield Desk(running)


async def connect(desk: Desk, **fields: object) -> Json:
    answer = await desk.client.post("/v1/sources", json={"name": "Network", **fields})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def test_a_feed_is_read_for_the_studies_that_ask_for_it(online: Desk) -> None:
    study = await online.ask(query="train")

    async with serve_feed(FEED) as server:
        source = await connect(online, kind="feed", config={"url": f"{server.url}/feed"})

        async def has_run() -> Json | None:
            runs = (await online.client.get(f"/v1/sources/{source['id']}/runs")).json()["items"]
            return runs[0] if runs and runs[0]["status"] == "succeeded" else None

        assert (await until(has_run))["new"] == 2

    assert (await online.coverage(study))["posts"] == 2


async def test_a_jetstream_is_stored_while_it_flows(online: Desk) -> None:
    study = await online.ask(query="train")

    async with serve_jetstream(*map(commit, range(1, 40))) as stream:
        await connect(online, kind="bluesky", config={"endpoints": [stream.url], "since": f"{_moment(START_US)}"})

        async def has_all() -> bool:
            return bool((await online.coverage(study))["posts"] == 39)

        await until(has_all)


def _moment(micros: int) -> str:
    return datetime.fromtimestamp(micros / 1e6, UTC).isoformat()
