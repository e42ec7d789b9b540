"""Nothing is lost or doubled, whatever dies."""

import asyncio

import pytest

from tests.system.platform import System, numbered

POSTS = 6_000
CHUNK = 200


async def stream(system: System, study: str, posts: int) -> None:
    """Sends numbered posts in chunks, each chunk twice, as a client does that is unsure whether it got through."""
    for first in range(0, posts, CHUNK):
        chunk = numbered(first, CHUNK)
        await system.send_patiently(study, chunk)
        await system.send_patiently(study, chunk)


async def test_every_post_arrives_once_while_everything_dies_in_turn(own_system: System) -> None:
    study = await own_system.create_study("kills")
    streaming = asyncio.create_task(stream(own_system, study, POSTS))
    for victim in ("ingest", "enrichment", "nats", "postgres", "segmentation", "insight"):
        await own_system.restart(victim)
    await streaming
    await own_system.agree_on(study, POSTS)


@pytest.mark.soak
@pytest.mark.timeout(3600)
async def test_every_post_arrives_once_through_rounds_of_deaths(own_system: System) -> None:
    study = await own_system.create_study("soak")
    streaming = asyncio.create_task(stream(own_system, study, 10 * POSTS))
    while not streaming.done():
        for victim in ("postgres", "ingest", "nats", "insight", "enrichment", "nats", "segmentation"):
            await own_system.restart(victim)
    await streaming
    await own_system.agree_on(study, 10 * POSTS, seconds=1800)


async def test_ingest_accepts_and_memory_stays_bounded_while_enrichment_is_away(own_system: System, capsys) -> None:
    study = await own_system.create_study("backlog")
    await own_system.send(study, numbered(0, 1_000))
    await own_system.agree_on(study, 1_000)
    before = own_system.resident_megabytes()

    enrichment = own_system.local.parts["enrichment"]
    await asyncio.to_thread(enrichment.kill)
    for first in range(1_000, 9_000, 1_000):
        answer = await own_system.send(study, numbered(first, 1_000))
        assert answer["accepted"] == 1_000
    await asyncio.to_thread(enrichment.start)
    await own_system.agree_on(study, 9_000)
    after = own_system.resident_megabytes()

    with capsys.disabled():
        print(f"\nresident MiB before {before}, after a backlog of 8,000 posts {after}")
    for name, megabytes in after.items():
        assert megabytes < before[name] + 300, f"{name} grew from {before[name]} to {megabytes} MiB"
