"""Starts the whole platform on one machine, watches it, and stops it in reverse order."""

import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from types import TracebackType
from typing import NamedTuple, Protocol

import httpx2

from kit.engines import EmbeddedNats, EmbeddedPostgres
from kit.local.children import Child, ChildError, stop_together
from kit.local.databases import DatabaseServer, DatabaseUrl, embedded_databases
from kit.local.home import Home, Platform, ServiceAddress
from kit.local.ports import LOOPBACK, Ports
from kit.local.threads import computing_threads

GATEWAY_PORT = 8080
_NATS_PORT = 4222
_READY_SECONDS = 180.0


@dataclass(frozen=True)
class ServiceSpec:
    """A service as the launcher starts it: its package, the ports it wishes (REST, gRPC), whom it calls.

    `secret` is the variable of a secret of its own, which is made up once and kept.
    """

    name: str
    wished_ports: tuple[int, int]
    calls: tuple[str, ...] = ()
    uses_every_core: bool = False
    secret: str = ""


class Part(Protocol):
    """Something the launcher started, for who wants to end it and start it again."""

    @property
    def is_running(self) -> bool:
        """Whether its process lives."""

    def start(self) -> None:
        """Starts its process."""

    def kill(self) -> None:
        """Ends its process as a crash would."""

    def ending(self) -> str:
        """Where its log lies and how it ends."""


class Address(NamedTuple):
    """Where one service listens."""

    http: int
    grpc: int


SERVICES = (
    ServiceSpec("ingest", (8081, 9081), secret="INGEST_AUTHOR_KEY"),
    ServiceSpec("enrichment", (8082, 9082), calls=("ingest",), uses_every_core=True),
    ServiceSpec("segmentation", (8083, 9083), calls=("ingest",)),
    ServiceSpec("insight", (8084, 9084), calls=("ingest",)),
)


@dataclass
class Local:
    """The platform as a context: entering starts it, leaving stops it.

    Engines that the environment names (`DATABASE_URL`, `NATS_URL`) are used instead of the embedded ones.
    `report` is told what is being waited for; `parts` holds every process by name, once it was started.
    """

    home: Home
    port: int = GATEWAY_PORT
    services: Sequence[ServiceSpec] = SERVICES
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    report: Callable[[str], None] = lambda _: None
    parts: dict[str, Part] = field(default_factory=dict, init=False)
    _ports: Ports = field(default_factory=Ports, init=False)
    _stack: ExitStack = field(default_factory=ExitStack, init=False)

    def __enter__(self) -> Platform:
        """Starts everything.

        Raises `ChildError` or `AlreadyRunning`, and leaves nothing behind, when it cannot.
        """
        with ExitStack() as stack:
            stack.enter_context(self.home.occupied())
            stack.callback(self._ports.close)
            platform = self._start(stack)
            self.home.announce(platform)
            self._stack = stack.pop_all()
            return platform

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def check(self) -> None:
        """Raises `ChildError` with the end of its log when a part of the platform has died."""
        for name, part in self.parts.items():
            if not part.is_running:
                raise ChildError(f"{name} ended unexpectedly. {part.ending()}")

    def watch(self) -> None:
        """Returns never; raises `ChildError` as soon as a part of the platform dies."""
        while True:
            self.check()
            time.sleep(0.5)

    def _start(self, stack: ExitStack) -> Platform:
        database_url = self._start_databases(stack)
        nats_url = self._start_nats(stack)
        addresses = {spec.name: Address(*map(self._ports.take, spec.wished_ports)) for spec in self.services}
        gateway, url = self._start_gateway(stack, addresses)
        environments = {
            spec.name: self._environment_of(spec, addresses, database_url(spec.name), nats_url)
            for spec in self.services
        }
        children = self._start_services(stack, environments)
        self._await_ready({child: f"http://{LOOPBACK}:{addresses[child.name].http}/readyz" for child in children})
        self._await_ready({gateway: url})
        self.check()
        services = {child.name: ServiceAddress(pid=child.pid, **addresses[child.name]._asdict()) for child in children}
        key = self.home.secrets().key
        return Platform(pid=os.getpid(), url=url, key=key, nats_url=nats_url, services=services)

    def _start_databases(self, stack: ExitStack) -> DatabaseUrl:
        names = [spec.name for spec in self.services]
        if url := self.environment.get("DATABASE_URL"):
            self.report("databases")
            return DatabaseServer.at(url).databases(names)
        self.report("PostgreSQL")
        postgres = EmbeddedPostgres(self.home.folder / "postgres", log=self.home.log("postgres"))
        stack.callback(postgres.stop)
        postgres.start()
        self.parts["postgres"] = postgres
        return embedded_databases(postgres, names)

    def _start_nats(self, stack: ExitStack) -> str:
        if url := self.environment.get("NATS_URL"):
            return url
        self.report("NATS")
        nats = EmbeddedNats(self.home.folder / "nats", self._ports.take(_NATS_PORT), log=self.home.log("nats"))
        stack.callback(nats.stop)
        nats.start()
        self.parts["nats"] = nats
        return nats.url

    def _start_gateway(self, stack: ExitStack, addresses: Mapping[str, Address]) -> tuple[Child, str]:
        port = self._ports.take(self.port)
        targets = [f"{name}=http://{LOOPBACK}:{http}" for name, (http, _) in addresses.items()]
        command = [sys.executable, "-m", "kit.local.gateway", "--port", str(port), *targets]
        gateway = Child("gateway", command, log=self.home.log("gateway"), environment=self.environment)
        stack.callback(gateway.stop)
        gateway.start()
        self.parts[gateway.name] = gateway
        return gateway, f"http://{LOOPBACK}:{port}"

    def _environment_of(
        self, spec: ServiceSpec, addresses: Mapping[str, Address], database_url: str, nats_url: str
    ) -> dict[str, str]:
        secrets, own = self.home.secrets(), addresses[spec.name]
        threads = {} if spec.uses_every_core else computing_threads(1)
        return {
            **threads,
            **self.environment,
            "DATABASE_URL": database_url,
            "NATS_URL": nats_url,
            "POURQUOI_HTTP_PORT": str(own.http),
            "POURQUOI_GRPC_PORT": str(own.grpc),
            "POURQUOI_KEYS_FILE": str(self.home.keys),
            "POURQUOI_SERVICE_KEY": secrets.service_key,
            "POURQUOI_CURSOR_SECRET": secrets.cursor_secret,
            **({spec.secret: secrets.author_key} if spec.secret else {}),
            **{f"{spec.name}_{peer}_TARGET".upper(): f"{LOOPBACK}:{addresses[peer].grpc}" for peer in spec.calls},
        }

    def _start_services(self, stack: ExitStack, environments: Mapping[str, Mapping[str, str]]) -> list[Child]:
        children = [
            Child(
                name,
                [sys.executable, "-m", name, "serve", "--migrate"],
                log=self.home.log(name),
                environment=environment,
            )
            for name, environment in environments.items()
        ]
        stack.callback(stop_together, children)
        for child in children:
            child.start()
        self.parts.update((child.name, child) for child in children)
        return children

    def _await_ready(self, probes: Mapping[Child, str]) -> None:
        with httpx2.Client(timeout=5.0, trust_env=False) as client:
            for child, probe in probes.items():
                self.report(child.name)
                child.wait_until(partial(_is_ready, client, probe), _READY_SECONDS)


def _is_ready(client: httpx2.Client, probe: str) -> bool:
    try:
        return client.get(probe).status_code == 200
    except httpx2.TransportError:
        return False
