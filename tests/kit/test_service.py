"""A service as a process: it starts, says what is wrong, dies with its tasks, and stops in order."""

import asyncio
import json
import os
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from time import monotonic

import httpx2
import pytest
from probe.app import service

from kit.engines import EmbeddedNats, EmbeddedPostgres
from kit.events import Consumer, Received
from kit.runtime import Runtime
from kit.service import Service, Worker, build_app
from kit.testing import Launch, until
from pourquoi.ingest.v1.events_pb2 import PostErased

PROBE = Path(__file__).parent / "probe"
MAIN = "from kit.service import main; from probe.app import service; main(service)"
MORTAL = """
from dataclasses import replace
from kit.service import Worker, main
from probe.app import service

async def die(stopping):
    raise RuntimeError("the secret inner detail")

main(replace(service, workers=lambda runtime: [Worker("mortal", die)]))
"""
DatabaseUrl = Callable[[Service], Awaitable[str]]


@asynccontextmanager
async def process(script: str, *arguments: str, **environment: str) -> AsyncIterator[Process]:
    """Runs a service's command line; what still lives at the end of the block is killed."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", script, *arguments),
        env={**inherited, "PYTHONPATH": str(PROBE), **environment},
        stdout=PIPE,
        stderr=PIPE,
    )
    try:
        yield child
    finally:
        if child.returncode is None:
            child.kill()
            await child.communicate()


@pytest.fixture
async def environment(database_url: DatabaseUrl, nats_server: EmbeddedNats, nats_prefix: str) -> dict[str, str]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    return {
        "DATABASE_URL": await database_url(service),
        "NATS_URL": nats_server.url,
        "POURQUOI_NATS_PREFIX": nats_prefix,
        "POURQUOI_HTTP_PORT": str(port),
        "POURQUOI_GRPC_PORT": "0",
    }


async def is_ready(port: str) -> bool:
    try:
        async with httpx2.AsyncClient(trust_env=False) as client:
            return (await client.get(f"http://127.0.0.1:{port}/readyz")).status_code == 200
    except httpx2.TransportError:
        return False


async def test_a_service_starts_and_a_signal_stops_it_in_order(environment: dict[str, str]) -> None:
    async with process(MAIN, "serve", **environment) as child:
        await until(lambda: is_ready(environment["POURQUOI_HTTP_PORT"]))
        child.send_signal(signal.SIGTERM)
        _, log = await asyncio.wait_for(child.communicate(), 20)
    assert child.returncode == 0, log.decode()
    lines = [json.loads(line) for line in log.decode().splitlines()]
    assert {line["level"] for line in lines} == {"INFO"}


async def test_a_task_that_dies_takes_the_process_with_it(environment: dict[str, str]) -> None:
    async with process(MORTAL, "serve", **environment) as child:
        _, log = await asyncio.wait_for(child.communicate(), 20)
    assert child.returncode == 1
    assert "Background task worker mortal died: RuntimeError" in log.decode()
    assert "secret" not in log.decode()


async def test_a_misspelt_variable_stops_the_start_with_its_name() -> None:
    async with process(MAIN, "serve", PROBE_COLOR="red") as child:
        _, log = await asyncio.wait_for(child.communicate(), 20)
    assert child.returncode == 1
    assert log.decode().startswith("PROBE_COLOR: no such setting.")


async def test_migrating_refuses_a_superuser_in_one_sentence(postgres: EmbeddedPostgres) -> None:
    async with process(MAIN, "migrate", DATABASE_URL=postgres.url("postgres")) as child:
        _, log = await asyncio.wait_for(child.communicate(), 20)
    assert child.returncode == 1
    assert log.decode().startswith("This role bypasses row-level security")


async def test_the_document_is_printed_without_any_engine() -> None:
    async with process(MAIN, "openapi", DATABASE_URL="postgresql://nowhere") as child:
        printed, _ = await asyncio.wait_for(child.communicate(), 20)
    assert json.loads(printed)["info"]["title"] == "Pourquoi probe"


async def test_a_handler_that_hangs_does_not_hang_the_stop(launch: Launch) -> None:
    entered = asyncio.Event()

    async def hang(batch: Sequence[Received]) -> None:
        entered.set()
        await asyncio.Event().wait()

    def consumers(runtime: Runtime) -> list[Consumer]:
        return [Consumer("hanging", (PostErased,), hang)]

    async with launch(replace(service, consumers=consumers), shutdown_seconds=0.2) as probe:
        await probe.publish(*(PostErased(post_id=str(number)) for number in range(300)))
        await entered.wait()
        asked = monotonic()
    assert monotonic() - asked < 5


async def test_a_start_that_fails_half_way_closes_what_it_had_opened(environment: dict[str, str]) -> None:
    closed: list[str] = []

    @asynccontextmanager
    async def resources(runtime: Runtime) -> AsyncIterator[None]:
        try:
            yield
        finally:
            closed.append("resources")

    def consumers(runtime: Runtime) -> list[Consumer]:
        raise LookupError("no such consumer")

    broken = replace(service, resources=resources, consumers=consumers)
    settings = broken.settings(
        database_url=environment["DATABASE_URL"],
        nats_url=environment["NATS_URL"],
        nats_prefix=environment["POURQUOI_NATS_PREFIX"],
        grpc_port=0,
    )
    app = build_app(broken, settings)
    with pytest.raises(LookupError, match="no such consumer"):
        async with app.router.lifespan_context(app):
            pass
    assert closed == ["resources"]


async def test_a_worker_is_told_to_stop_and_its_death_is_reported(launch: Launch) -> None:
    stopped: list[bool] = []

    async def work(stopping: asyncio.Event) -> None:
        await stopping.wait()
        stopped.append(True)

    async with launch(replace(service, workers=lambda runtime: [Worker("steady", work)])):
        assert stopped == []
    assert stopped == [True]
