"""An import outlives the process that runs it: killed again and again, it comes to the exact count."""

import asyncio
import socket
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx2
from desk import lines, post
from sqlalchemy import text

from ingest.app import service
from kit.db import EVERYWHERE, Database
from kit.engines import EmbeddedNats
from kit.local.children import Child
from kit.service import Service
from kit.testing import ALPHA, Keys, until

POSTS, KILLS = 6_000, 3


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def end_leases(url: str) -> None:
    """Lets the time pass after which a job of a dead process is another's."""
    database = Database(url)
    async with database.session(EVERYWHERE) as session:
        await session.execute(text("UPDATE jobs SET due_at = now()"))
    await database.close()


async def test_an_import_is_resumed_to_the_exact_count_after_every_kill(
    database_url: Callable[[Service], Awaitable[str]], nats_server: EmbeddedNats, nats_prefix: str, tmp_path: Path
) -> None:
    keys, url = Keys.make(tmp_path / "keys.json"), await database_url(service)
    environment = {
        "PATH": "/usr/bin:/bin",
        "DATABASE_URL": url,
        "NATS_URL": nats_server.url,
        "POURQUOI_NATS_PREFIX": nats_prefix,
        "POURQUOI_HTTP_PORT": str(free_port()),
        "POURQUOI_GRPC_PORT": "0",
        "POURQUOI_KEYS_FILE": str(keys.file),
        "INGEST_CHUNK_POSTS": "50",
    }
    child = Child("ingest", [sys.executable, "-m", "ingest", "serve"], log=tmp_path / "log", environment=environment)
    base = f"http://127.0.0.1:{environment['POURQUOI_HTTP_PORT']}"
    headers = {"Authorization": f"Bearer {keys.by_workspace[ALPHA]}"}

    async with httpx2.AsyncClient(base_url=base, headers=headers, timeout=60, trust_env=False) as client:

        async def is_ready() -> bool:
            try:
                return (await client.get("/readyz")).is_success
            except httpx2.TransportError:
                return False

        async def done() -> int:
            return int((await client.get(f"/v1/jobs/{job['id']}")).json()["progress"]["done"])

        try:
            await asyncio.to_thread(child.start)
            await until(is_ready, 60)
            study = (await client.post("/v1/studies", json={"name": "kills", "question": "Why?"})).json()
            content = lines([*(post(number) for number in range(POSTS)), "no post"])
            path = f"/v1/studies/{study['id']}/imports"
            job = (await client.post(path, files={"file": ("posts.ndjson", content)})).json()
            places: list[int] = [0]
            for _ in range(KILLS):
                await until(lambda: has_advanced(done, places), 60, pause=0)
                await asyncio.to_thread(child.kill)
                await end_leases(url)
                await asyncio.to_thread(child.start)
                await until(is_ready, 60)

            async def ended() -> dict[str, Any] | None:
                found = dict((await client.get(f"/v1/jobs/{job['id']}")).json())
                return found if found["status"] in ("succeeded", "failed") else None

            report = (await until(ended, 90))["result"]
            coverage = (await client.get(f"/v1/studies/{study['id']}/coverage")).json()
        finally:
            await asyncio.to_thread(child.kill)

    assert places == sorted(set(places))
    assert places[-1] < len(content), "the job had ended before the last kill"
    assert (report["received"], report["accepted"], report["duplicates"]) == (POSTS + 1, POSTS, 0)
    assert [each["line"] for each in report["rejected"]] == [POSTS + 1]
    assert coverage["posts"] == POSTS


async def has_advanced(done: Callable[[], Awaitable[int]], places: list[int]) -> bool:
    """Whether the job is further than at the last kill; remembers where it is."""
    place = await done()
    if place > places[-1]:
        places.append(place)
        return True
    return False
