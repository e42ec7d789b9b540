"""Starts services as they run in production: a process of their own, on the real engines."""

import socket
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import httpx2
import pytest

from kit.db import EVERYWHERE
from kit.engines import EmbeddedNats
from kit.local.children import Child
from kit.service import Service
from kit.testing import ALPHA, Keys

SERVICES = ("ingest", "enrichment", "segmentation", "insight")


@dataclass(frozen=True)
class Served:
    """A service that answers at `url` to `key`."""

    url: str
    key: str


Serve = Callable[[str], Awaitable[Served]]


def service_of(name: str) -> Service:
    """The service as its package declares it."""
    service: Service = import_module(f"{name}.app").service
    return service


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def process(name: str, environment: dict[str, str], log: Path) -> Iterator[None]:
    child = Child(name, [sys.executable, "-m", name, "serve"], log=log, environment=environment)
    child.start()
    try:
        probe = f"http://127.0.0.1:{environment['POURQUOI_HTTP_PORT']}/readyz"
        child.wait_until(lambda: _answers(probe), 120)
        yield
    finally:
        child.stop()


def _answers(url: str) -> bool:
    try:
        return httpx2.get(url, trust_env=False).status_code == 200
    except httpx2.TransportError:
        return False


@pytest.fixture(name="service_of")
def service_of_fixture() -> Callable[[str], Service]:
    """Gives the service of a name."""
    return service_of


@pytest.fixture
async def serve(database_url, nats_server: EmbeddedNats, nats_prefix: str, tmp_path: Path):
    """`await serve("ingest")` runs the service until the test ends."""
    keys = Keys.make(tmp_path / "keys.json")
    stack: list[object] = []

    async def start(name: str) -> Served:
        port = free_port()
        environment = {
            "PATH": "/usr/bin:/bin",
            "DATABASE_URL": await database_url(service_of(name)),
            "NATS_URL": nats_server.url,
            "POURQUOI_NATS_PREFIX": nats_prefix,
            "POURQUOI_HTTP_PORT": str(port),
            "POURQUOI_GRPC_PORT": str(free_port()),
            "POURQUOI_KEYS_FILE": str(keys.file),
            "POURQUOI_SERVICE_KEY": keys.by_workspace[EVERYWHERE],
            "POURQUOI_REQUESTS_PER_MINUTE": "1000000",
        }
        running = process(name, environment, tmp_path / f"{name}.log")
        running.__enter__()
        stack.append(running)
        return Served(f"http://127.0.0.1:{port}", keys.by_workspace[ALPHA])

    yield start
    for running in stack:
        running.__exit__(None, None, None)
