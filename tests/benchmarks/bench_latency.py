"""How long a live post takes from the answer of ingest to being enriched, at 100 posts a second."""

import asyncio
import time
from typing import Any

import numpy as np
import pytest

from kit.events import Bus, Namespace
from pourquoi.enrichment.v1.events_pb2 import PostEnriched
from tests.system.platform import System

POSTS_PER_SECOND = 100
SECONDS = 20
Json = dict[str, Any]
Results = list[tuple[str, str, str]]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("at_once", [10, 1])
async def test_latency(bench_system: System, posts: list[Json], at_once: int, results: Results) -> None:
    study = await bench_system.create_study("latency")
    sample = posts[: POSTS_PER_SECOND * SECONDS]
    requests = [sample[first : first + at_once] for first in range(0, len(sample), at_once)]
    accepted: dict[str, float] = {}
    enriched: dict[str, float] = {}
    watching = asyncio.create_task(_watch(bench_system, enriched, len(sample)))
    begin = time.perf_counter()
    await asyncio.gather(*(_send(bench_system, study, some, n, accepted) for n, some in enumerate(requests)))
    rate = len(sample) / (time.perf_counter() - begin)
    async with asyncio.timeout(60):
        await watching
    seconds = [enriched[post] - accepted[post] for post in accepted]
    p50, p95 = np.percentile(seconds, [50, 95]) * 1000
    results.append(
        ("accepted to enriched", f"p50 {p50:.0f} ms, p95 {p95:.0f} ms", f"{rate:.0f} posts/s, {at_once} a request")
    )


async def _send(system: System, study: str, posts: list[Json], number: int, accepted: dict[str, float]) -> None:
    await asyncio.sleep(number * len(posts) / POSTS_PER_SECOND)
    answer = await system.send(study, posts)
    moment = time.perf_counter()
    assert answer["accepted"] == len(posts)
    accepted |= {post["external_id"]: moment for post in posts}


async def _watch(system: System, enriched: dict[str, float], count: int) -> None:
    """Notes when each enrichment reaches a subscriber; posts are told apart by their external id."""
    bus = Bus(system.platform.nats_url, Namespace())
    await bus.connect()
    moments: dict[str, float] = {}
    async for envelope in bus.tail("enrichment"):
        moments[PostEnriched.FromString(envelope.payload).enrichment.post_id] = time.perf_counter()
        if len(moments) >= count:
            break
    pages = [(await system.ask("GET", "/ingest/v1/posts", params={"limit": 500}))]
    while cursor := pages[-1]["next_cursor"]:
        pages.append(await system.ask("GET", "/ingest/v1/posts", params={"limit": 500, "cursor": cursor}))
    external = {post["id"]: post["external_id"] for page in pages for post in page["items"]}
    enriched |= {external[post_id]: moment for post_id, moment in moments.items()}
    await bus.close()
