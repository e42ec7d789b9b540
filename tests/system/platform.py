"""How a test talks to a whole platform, looks at it from outside, and hurts it."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import psutil

from kit.local.children import Child, stop_together
from kit.local.home import Home, Platform, ServiceAddress
from kit.local.launcher import Local
from kit.local.ports import Ports
from kit.testing import until

SERVICES = ("ingest", "enrichment", "segmentation", "insight")
Json = dict[str, Any]


@dataclass
class System:
    """A running platform, and the ways a test talks to it and hurts it."""

    local: Local
    platform: Platform
    client: httpx2.AsyncClient = field(init=False)
    replicas: list[Child] = field(default_factory=list)

    async def ask(self, method: str, path: str, **options: Any) -> Json:
        """The JSON answer of a request that must succeed."""
        answer = await self.client.request(method, path, **options)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text[:500]}"
        return answer.json() if answer.content else {}

    async def create_study(self, name: str, query: str = "") -> str:
        draft = {"name": name, "question": f"What about {name}?", "query": query}
        return str((await self.ask("POST", "/ingest/v1/studies", json=draft))["id"])

    async def send(self, study: str, posts: Iterable[Json]) -> Json:
        """Streams posts as NDJSON and returns the summary."""
        lines = "".join(json.dumps(post) + "\n" for post in posts)
        headers = {"Content-Type": "application/x-ndjson"}
        return await self.ask("POST", f"/ingest/v1/studies/{study}/posts", content=lines, headers=headers)

    async def send_patiently(self, study: str, posts: list[Json]) -> None:
        """Sends a chunk until it is accepted, as a client does whose server is being restarted."""

        async def accepted() -> bool:
            try:
                await self.send(study, posts)
            except (httpx2.TransportError, AssertionError):
                return False
            return True

        await until(accepted, seconds=120, pause=0.2)

    async def posts_of(self, study: str) -> dict[str, int]:
        """How many distinct posts of the study each service holds; -1 while it does not answer."""
        return {name: await self._posts(name, study) for name in SERVICES}

    async def _posts(self, name: str, study: str) -> int:
        try:
            answer = await self.client.get(f"/{name}/v1/studies/{study}/coverage")
        except httpx2.TransportError:
            return -1
        return int(answer.json()["posts"]) if answer.is_success else -1

    async def agree_on(self, study: str, posts: int, seconds: float = 240) -> None:
        """Waits until all four services hold exactly `posts`; fails at once when one holds more."""

        async def agreed() -> bool:
            counts = await self.posts_of(study)
            assert max(counts.values()) <= posts, f"A post was doubled: {counts}, sent {posts}."
            return set(counts.values()) == {posts}

        await until(agreed, seconds=seconds, pause=0.2)

    async def finish_job(self, service: str, job: Json, seconds: float = 120) -> Json:
        async def ended() -> Json | None:
            found = await self.ask("GET", f"/{service}/v1/jobs/{job['id']}")
            return found if found["status"] in ("succeeded", "failed") else None

        found = await until(ended, seconds=seconds, pause=0.2)
        assert found["status"] == "succeeded", found["error"]
        return found

    async def headlines(self, study: str, seconds: float = 60) -> Json:
        async def ready() -> Json | None:
            found = await self.ask("GET", f"/insight/v1/studies/{study}/headlines")
            return found if found["state"] == "ready" else None

        return await until(ready, seconds=seconds, pause=0.2)

    async def restart(self, name: str) -> None:
        """Kills a part as a crash would, and starts it again."""
        part = self.local.parts[name]
        await asyncio.to_thread(part.kill)
        await asyncio.to_thread(part.start)
        if name in SERVICES:
            await until(lambda: self.is_ready(name), seconds=120, pause=0.1)

    async def is_ready(self, name: str) -> bool:
        try:
            return (await self.client.get(f"/{name}/readyz")).is_success
        except httpx2.TransportError:
            return False

    async def add_replica(self, name: str) -> ServiceAddress:
        """Starts another process of a service on the same database and NATS; the launcher's end ends it too."""
        first, ports = self.local.parts[name], Ports()
        address = ServiceAddress(pid=0, http=ports.take(), grpc=ports.take())
        own = {"POURQUOI_HTTP_PORT": str(address.http), "POURQUOI_GRPC_PORT": str(address.grpc)}
        assert isinstance(first, Child)
        environment = {**first._environment, **own}
        replica = Child(f"{name}-2", first.command, log=self.local.home.log(f"{name}-2"), environment=environment)
        self.local.parts[replica.name] = replica
        self.replicas.append(replica)
        await asyncio.to_thread(replica.start)
        ready = f"http://127.0.0.1:{address.http}/readyz"

        async def is_ready() -> bool:
            try:
                return (await self.client.get(ready)).is_success
            except httpx2.TransportError:
                return False

        await until(is_ready, seconds=180, pause=0.1)
        ports.close()
        return address.model_copy(update={"pid": replica.pid})

    def resident_megabytes(self, services: Sequence[str] = SERVICES) -> dict[str, int]:
        """Resident memory of each service's process."""
        pids = {name: self.local.parts[name].pid for name in services}  # type: ignore[attr-defined]
        return {name: psutil.Process(pid).memory_info().rss // 2**20 for name, pid in pids.items()}


@contextmanager
def started(folder: Path, **settings: str) -> Iterator[tuple[Local, Platform]]:
    environment = {name: os.environ[name] for name in ("HOME", "PATH") if name in os.environ}
    own = {"POURQUOI_REQUESTS_PER_MINUTE": "1000000", **settings}
    local = Local(Home(folder), environment={**environment, **own})
    with local as platform:
        yield local, platform


@asynccontextmanager
async def connected(local: Local, platform: Platform) -> AsyncIterator[System]:
    system = System(local, platform)
    headers = {"Authorization": f"Bearer {platform.key}"}
    async with httpx2.AsyncClient(base_url=platform.url, headers=headers, timeout=60, trust_env=False) as client:
        system.client = client
        try:
            yield system
        finally:
            stop_together(system.replicas)


def numbered(first: int, count: int) -> list[Json]:
    """Short different posts by a few hundred authors."""
    themes = ("the train was late again", "the new app is great", "le wifi ne marche pas", "refund still missing")
    return [
        {
            "external_id": f"n{number}",
            "author": f"author {number % 300}",
            "text": f"{themes[number % 4]}, case {number}",
            "published_at": f"2026-10-{1 + number % 28:02}T{number % 24:02}:00:00Z",
        }
        for number in range(first, first + count)
    ]
