"""Fixtures for honest tests: the real engines, a database and streams of its own for every test."""

import asyncio
import inspect
import os
import shutil
import tempfile
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, aclosing, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx2
import pytest
from fastapi import FastAPI
from google.protobuf.message import Message
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from kit import telemetry
from kit.auth import SERVICE, USUAL_SCOPES, KeyFile, create_key
from kit.db import EVERYWHERE
from kit.engines import EmbeddedNats, EmbeddedPostgres
from kit.events import Bus, Envelope, Namespace, owner_of, seal
from kit.events.reading import read
from kit.local.threads import computing_threads
from kit.migrations import upgrade
from kit.runtime import Runtime
from kit.service import Service, build_app

Value = TypeVar("Value")
ALPHA, BETA = "alpha", "beta"
PATIENCE_SECONDS = 20.0
_MEMORY_BYTES = 4 * 1024**3


def pytest_configure() -> None:
    """Shares the cores among the workers of a parallel run, before any of them loads a library that computes.

    Threads of one computation wait for one another by spinning: where there are more of them than cores, a test of
    three seconds takes a minute.
    """
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if workers > 1:
        threads = max(1, (os.cpu_count() or 1) // workers)
        for variable, value in computing_threads(threads).items():
            os.environ.setdefault(variable, value)


async def until(
    condition: Callable[[], Value | Awaitable[Value]], seconds: float = PATIENCE_SECONDS, pause: float = 0.02
) -> Value:
    """Polls until the condition holds and returns its value; fails with its last value at the deadline."""
    deadline = asyncio.get_running_loop().time() + seconds
    while True:
        found = condition()
        value: Value = await found if inspect.isawaitable(found) else found
        if value:
            return value
        if asyncio.get_running_loop().time() > deadline:
            pytest.fail(f"The condition did not hold within {seconds} s; it last gave {value!r}.")
        await asyncio.sleep(pause)


@dataclass(frozen=True)
class Keys:
    """The API keys of a test: one of each workspace with the usual scopes, and one for services."""

    file: Path
    by_workspace: dict[str, str]

    @classmethod
    def make(cls, file: Path) -> "Keys":
        """Writes a keys file and remembers the keys."""
        made = {
            workspace: create_key(workspace, list(USUAL_SCOPES), f"tester-{workspace}") for workspace in (ALPHA, BETA)
        }
        made[EVERYWHERE] = create_key(EVERYWHERE, [SERVICE], "services")
        KeyFile(file).write([record for _, record in made.values()])
        return cls(file, {workspace: key for workspace, (key, _) in made.items()})


@dataclass
class Running:
    """A service that runs inside the test, on the real engines."""

    app: FastAPI
    runtime: Runtime
    keys: Keys
    stack: AsyncExitStack
    clients: dict[str, httpx2.AsyncClient] = field(default_factory=dict)

    @property
    def client(self) -> httpx2.AsyncClient:
        """A client of workspace `alpha` with the usual scopes."""
        return self.client_for(ALPHA)

    @property
    def rpc_target(self) -> str:
        """Where the service answers gRPC."""
        return f"127.0.0.1:{self.runtime.grpc_port}"

    def client_for(self, workspace: str | None) -> httpx2.AsyncClient:
        """A client of another workspace; None gives one without a key."""
        name = workspace or ""
        if name not in self.clients:
            headers = {"Authorization": f"Bearer {self.keys.by_workspace[name]}"} if name else {}
            client = httpx2.AsyncClient(
                transport=httpx2.ASGITransport(self.app, raise_app_exceptions=False),
                base_url="http://service",
                headers=headers,
                timeout=30,
            )
            self.stack.push_async_callback(client.aclose)
            self.clients[name] = client
        return self.clients[name]

    async def publish(self, *events: Message, workspace: str = ALPHA, lane: str = "live") -> None:
        """Puts events of any service on the bus."""
        await self.runtime.bus.ensure_streams({owner_of(type(event)) for event in events})
        await self.runtime.bus.publish([seal(event, workspace, lane) for event in events])

    async def published(self, kind: type[Message], count: int, seconds: float = PATIENCE_SECONDS) -> list[Any]:
        """The first `count` events of a kind that were published, waiting for them; fails when fewer come."""
        found: list[Message] = []
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                async with aclosing(self.runtime.bus.tail(owner_of(kind), from_start=True)) as envelopes:
                    async for envelope in envelopes:
                        if envelope.headers["ce-type"] == kind.DESCRIPTOR.full_name:
                            found.append(kind.FromString(envelope.payload))
                        if len(found) >= count:
                            return found
        pytest.fail(f"Only {len(found)} of {count} {kind.DESCRIPTOR.name} events came within {seconds} s.")

    async def envelopes(self, owner: str) -> list[Envelope]:
        """Everything that `owner` has published so far."""
        bus = self.runtime.bus
        found: list[Envelope] = []
        async for batch in read(bus, bus.namespace.stream(owner)):
            found += map(bus.envelope, batch)
        return found


Launch = Callable[..., AbstractAsyncContextManager[Running]]


def _folder_in_memory() -> Path | None:
    """None where `TMPDIR` names another folder, or memory is short as in a container's 64 MB.

    A database is a thousand small files, and ext4 without a journal shuns the inodes of deleted files for minutes:
    each database made after others were dropped took it 0.4 s of searching.
    """
    memory = Path("/dev/shm")
    fits = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free >= _MEMORY_BYTES
    return memory if fits and "TMPDIR" not in os.environ else None


@pytest.fixture(scope="session")
def engine_folder() -> Iterator[Path]:
    """Where the engines of the test run keep their files, in memory where there is enough of it; gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="pourquoi-test-", dir=_folder_in_memory()))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres(engine_folder: Path) -> Iterator[EmbeddedPostgres]:
    """The PostgreSQL of the test run; each test makes its own databases in it."""
    engine = EmbeddedPostgres(engine_folder / "postgres", durable=False)
    engine.start()
    yield engine
    engine.stop()


@pytest.fixture(scope="session")
def nats_server(engine_folder: Path) -> Iterator[EmbeddedNats]:
    """The NATS of the test run; each test names its own streams in it."""
    engine = EmbeddedNats(engine_folder / "nats")
    engine.start()
    yield engine
    engine.stop()


@pytest.fixture(scope="session")
def templates() -> set[str]:
    """The services whose migrated template database exists already."""
    return set()


@pytest.fixture
def nats_prefix() -> str:
    """The prefix of the test's own streams."""
    return f"t{uuid.uuid4().hex[:10]}"


@pytest.fixture
def data_folder(pytestconfig: pytest.Config) -> Path:
    """The labelled data sets; skips where they are absent."""
    folder = Path(os.environ.get("POURQUOI_DATA") or pytestconfig.rootpath.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"The labelled data sets are not at {folder}; set POURQUOI_DATA to where they are.")
    return folder


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    """Every span that ended during the test."""
    exporter = telemetry.recorded_spans()
    exporter.clear()
    yield exporter
    exporter.clear()


@pytest.fixture
async def database_url(
    postgres: EmbeddedPostgres, templates: set[str]
) -> AsyncIterator[Callable[[Service], Awaitable[str]]]:
    """Gives a service a migrated database that nobody else uses; dropped after the test."""
    made: list[str] = []

    async def create(service: Service) -> str:
        template = f"template_{service.name}"
        if service.name not in templates:
            postgres.ensure_database(template, owner=service.name)
            await upgrade(postgres.url(template, service.name), service.migrations)
            templates.add(service.name)
        name = f"{service.name}_{uuid.uuid4().hex[:10]}"
        # Copied files bring the caches of the catalogue along, which a database written through the log builds anew.
        postgres.execute(
            'CREATE DATABASE :"name" OWNER :"owner" TEMPLATE :"template" STRATEGY file_copy',
            name=name,
            owner=service.name,
            template=template,
        )
        made.append(name)
        return postgres.url(name, service.name)

    yield create
    for name in made:
        postgres.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture
async def launch(
    database_url: Callable[[Service], Awaitable[str]],
    nats_server: EmbeddedNats,
    nats_prefix: str,
    tmp_path: Path,
) -> AsyncIterator[Launch]:
    """`async with launch(service, **settings) as running:` runs a service inside the test."""
    keys = Keys.make(tmp_path / "keys.json")

    @asynccontextmanager
    async def start(service: Service, **overrides: Any) -> AsyncIterator[Running]:
        values: dict[str, Any] = {
            "database_url": overrides.pop("database_url", None) or await database_url(service),
            "nats_url": nats_server.url,
            "nats_prefix": nats_prefix,
            "grpc_port": 0,
            "keys_file": str(keys.file),
            "service_key": keys.by_workspace[EVERYWHERE],
            "cursor_secret": "test",
            "requests_per_minute": 1_000_000,
            "shutdown_seconds": 5.0,
        }
        settings = service.settings(**{**values, **overrides})
        dead: list[bool] = []
        app = build_app(service, settings, lambda: dead.append(True))
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(app.router.lifespan_context(app))
            yield Running(app, app.state.runtime, keys, stack)
        assert not dead, "A background task of the service died; its log says why."

    yield start
    await _delete_streams(nats_server.url, nats_prefix)


async def _delete_streams(url: str, prefix: str) -> None:
    bus = Bus(url, Namespace(prefix))
    await bus.connect()
    for stream in await bus.jetstream.streams_info():
        if stream.config.name and stream.config.name.startswith(f"{prefix}_"):
            await bus.jetstream.delete_stream(stream.config.name)
    await bus.close()
