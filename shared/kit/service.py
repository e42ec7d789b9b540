"""The one shape of a process: what a service consists of, how it starts, and how it stops."""

import asyncio
import gc
import importlib.util
import json
import signal
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
import uvicorn
from fastapi import APIRouter, FastAPI

from kit import telemetry
from kit.db import Database
from kit.events import Bus, ConsumeLoop, Consumer, Namespace
from kit.jobs import JobHandler, JobRunner
from kit.migrations import UnboundRoleError, migrate
from kit.outbox import Relay, forget_old_marks
from kit.rest.app import create_app
from kit.rpc import Servicer, start_server
from kit.runtime import Runtime, Supervisor
from kit.settings import ServiceSettings, UnknownVariableError

HOUSEKEEPING_SECONDS = 3600.0


@dataclass(frozen=True)
class Worker:
    """A background loop of a service; `run` returns when the event it is given is set."""

    name: str
    run: Callable[[asyncio.Event], Any]


def _nothing(_: Runtime) -> tuple[Any, ...]:
    return ()


def _no_resources(_: Runtime) -> AbstractAsyncContextManager[Any]:
    return nullcontext()


@dataclass(frozen=True)
class Service:
    """A service as data: what it answers, consumes and does on its own."""

    settings: type[ServiceSettings]
    description: str
    routers: Sequence[APIRouter]
    servicers: Callable[[Runtime], Sequence[Servicer]] = _nothing
    consumers: Callable[[Runtime], Sequence[Consumer]] = _nothing
    workers: Callable[[Runtime], Sequence[Worker]] = _nothing
    job_handlers: Callable[[Runtime], Sequence[JobHandler]] = _nothing
    resources: Callable[[Runtime], AbstractAsyncContextManager[Any]] = _no_resources

    @property
    def name(self) -> str:
        """The service's name, which is also its package's and its events' owner."""
        return self.settings.service

    @property
    def migrations(self) -> Path:
        """The folder of its Alembic scripts."""
        spec = importlib.util.find_spec(self.name)
        if spec is None or spec.origin is None:
            raise LookupError(f"The package {self.name} is not installed.")
        return Path(spec.origin).parent / "migrations"


def build_app(
    service: Service,
    settings: ServiceSettings,
    on_death: Callable[[], object] = tuple,
    on_ready: Callable[[], object] = tuple,
) -> FastAPI:
    """The service's application; connections are opened when it starts.

    `on_ready` is told when everything has started, `on_death` of a dead background task.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with running(service, settings, app, on_death):
            on_ready()
            yield

    app = create_app(settings, service.description, service.routers, lifespan)
    telemetry.instrument_app(app)
    return app


@asynccontextmanager
async def running(
    service: Service, settings: ServiceSettings, app: FastAPI, on_death: Callable[[], object]
) -> AsyncIterator[Runtime]:
    """Opens everything in order; a stop goes backwards: tasks, gRPC, own resources, NATS, PostgreSQL."""
    async with AsyncExitStack() as stack:
        database = Database(settings.database_url, settings.database_pool)
        stack.push_async_callback(database.close)
        bus = Bus(settings.nats_url, Namespace(settings.nats_prefix), settings.nats_replicas)
        await bus.connect()
        stack.push_async_callback(bus.close)
        await bus.ensure_streams([service.name])
        runtime = Runtime(settings, database, bus, Supervisor(on_death))
        runtime.state = await stack.enter_async_context(service.resources(runtime))
        server = await start_server(settings, database, app.state.authenticator, service.servicers(runtime))
        stack.push_async_callback(server.stop, settings.shutdown_seconds)
        runtime.grpc_port = server.port
        stack.push_async_callback(runtime.supervisor.stop, settings.shutdown_seconds)
        _start_tasks(service, runtime)
        app.state.runtime = runtime
        yield runtime


def _start_tasks(service: Service, runtime: Runtime) -> None:
    supervisor, stopping = runtime.supervisor, runtime.supervisor.stopping
    supervisor.start("relay", Relay(runtime.database, runtime.bus, stopping).run)
    supervisor.start("housekeeping", lambda: _keep_house(runtime))
    for consumer in service.consumers(runtime):
        supervisor.start(f"consumer {consumer.name}", ConsumeLoop(runtime.bus, consumer, stopping).run)
    for worker in service.workers(runtime):
        supervisor.start(f"worker {worker.name}", lambda run=worker.run: run(stopping))  # type: ignore[misc]
    handlers = service.job_handlers(runtime)
    if handlers:
        supervisor.start("jobs", JobRunner(runtime.database, handlers, stopping, runtime.settings.jobs_at_once).run)


async def _keep_house(runtime: Runtime) -> None:
    stopping = runtime.supervisor.stopping
    while not stopping.is_set():
        try:
            await forget_old_marks(runtime.database)
        except Exception as error:
            telemetry.log_outage("housekeeping", error)
        try:
            await asyncio.wait_for(stopping.wait(), HOUSEKEEPING_SECONDS)
        except TimeoutError:
            continue


def main(service: Service) -> None:
    """The command line of a service: `serve`, `migrate`, `openapi`."""
    command = typer.Typer(help=service.description, no_args_is_help=True, add_completion=False)

    @command.command()
    def serve(
        up_to_date: Annotated[
            bool, typer.Option("--migrate", help="Bring the database to the newest version first.")
        ] = False,
    ) -> None:
        """Serve REST and gRPC, consume events and run jobs, until a signal asks for a stop."""
        settings = _load(service)
        telemetry.configure(settings)
        if up_to_date:
            _migrate(service, settings)
        died: list[bool] = []

        def on_death() -> None:
            died.append(True)
            server.should_exit = True

        app = build_app(service, settings, on_death, _spare_the_collector)
        config = uvicorn.Config(
            app,
            host=settings.http_host,
            port=settings.http_port,
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=int(settings.shutdown_seconds),
        )
        server = uvicorn.Server(config)
        # The server raises the signal that stopped it once more; unhandled, it would end us before traces are sent.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        server.run()
        if died or not server.started:
            sys.exit(1)

    @command.command(name="migrate")
    def migrate_database() -> None:
        """Bring the database to the newest version; safe to run from several replicas at once."""
        settings = _load(service)
        telemetry.configure_logs(settings.log_level)
        _migrate(service, settings)

    @command.command()
    def openapi() -> None:
        """Print the OpenAPI document."""
        print(json.dumps(build_app(service, service.settings()).openapi(), indent=2, sort_keys=True))

    command()


def _spare_the_collector() -> None:
    """Takes all that was loaded so far, which stays, out of what the garbage collector looks through.

    It took a third of the time of a consumer of events: a full collection walks every object of every library.
    """
    gc.collect()
    gc.freeze()


def _migrate(service: Service, settings: ServiceSettings) -> None:
    try:
        migrate(settings.database_url, service.migrations)
    except UnboundRoleError as error:
        sys.exit(str(error))


def _load(service: Service) -> ServiceSettings:
    try:
        return service.settings.load()
    except UnknownVariableError as error:
        sys.exit(str(error))
