"""Two processes of enrichment beside one, on the same two cores and the same backlog."""

import asyncio
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from kit.testing import until
from tests.system.platform import System, connected, started

WARM_UP = 500
Json = dict[str, Any]


@pytest.mark.timeout(1800)
async def test_replicas(engine_folder: Path, posts: list[Json], results: list[tuple[str, str, str]]) -> None:
    one = await rate(engine_folder / "one", posts, replicas=1)
    two = await rate(engine_folder / "two", posts, replicas=2)
    results.append(("one process of enrichment", f"{one:,.0f} posts/s", "a thread for each of two cores"))
    results.append(("two processes", f"{two:,.0f} posts/s", f"{two / one:.2f} times one; one thread each"))


async def rate(folder: Path, posts: list[Json], replicas: int) -> float:
    """Posts a second from a backlog, which waits in NATS until every process is ready."""
    with started(folder, ENRICHMENT_THREADS=str(2 // replicas)) as running:
        async with connected(*running) as system:
            study = await system.create_study("replicas")
            pids = [system.platform.services["enrichment"].pid]
            pids += [(await system.add_replica("enrichment")).pid for _ in range(1, replicas)]
            await system.send(study, posts[:WARM_UP])
            await system.agree_on(study, WARM_UP)
            await _pile_up(system, study, posts[WARM_UP:], pids)
            begin = time.perf_counter()
            await _hold(pids, held=False)
            await until(lambda: _are_enriched(system, study, len(posts)), seconds=900, pause=0.1)
            return (len(posts) - WARM_UP) / (time.perf_counter() - begin)


async def _pile_up(system: System, study: str, posts: list[Json], pids: list[int]) -> None:
    await _hold(pids, held=True)
    for first in range(0, len(posts), WARM_UP):
        await system.send(study, posts[first : first + WARM_UP])


async def _hold(pids: list[int], held: bool) -> None:
    for pid in pids:
        process = psutil.Process(pid)
        await asyncio.to_thread(process.suspend if held else process.resume)


async def _are_enriched(system: System, study: str, posts: int) -> bool:
    return (await system.posts_of(study))["enrichment"] >= posts
