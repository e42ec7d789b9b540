"""Two processes of enrichment share the work: no post is lost, none is enriched twice."""

import asyncio
import re

from kit.testing import until
from tests.system.platform import System, numbered
from tests.system.traces import published_posts

POSTS, CHUNK = 3_000, 250
_CONSUMED = re.compile(r'^pourquoi_events_consumed_total\{.*consumer="enrichment".*\} (\d+)', re.MULTILINE)


async def test_replicas_share_the_posts_and_the_death_of_one_loses_none(own_system: System) -> None:
    study = await own_system.create_study("replicas")
    replica = await own_system.add_replica("enrichment")
    for first in range(0, POSTS - CHUNK, CHUNK):
        await own_system.send(study, numbered(first, CHUNK))

    addresses = (own_system.platform.services["enrichment"], replica)
    await until(lambda: all_worked(own_system, [address.http for address in addresses]), seconds=120, pause=0.1)
    await asyncio.to_thread(own_system.local.parts["enrichment-2"].kill)
    await own_system.send(study, numbered(POSTS - CHUNK, CHUNK))

    await own_system.agree_on(study, POSTS)
    enriched = await published_posts(own_system)
    assert len(enriched) == POSTS
    assert set(enriched.values()) == {1}


async def all_worked(system: System, ports: list[int]) -> bool:
    """Whether each process has applied events; the metrics of each say so."""
    counts = []
    for port in ports:
        answer = await system.client.get(f"http://127.0.0.1:{port}/metrics")
        counts.append(sum(map(int, _CONSUMED.findall(answer.text))))
    return all(counts)
