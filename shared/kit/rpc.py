"""gRPC: server and channels with health, deadlines, authentication, and errors that say no more than they should."""

import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

import grpc
from google.protobuf.message import Message
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_health.v1.health import aio as health
from opentelemetry.instrumentation.grpc import aio_client_interceptors, aio_server_interceptor

from kit.auth import READ, WORKSPACE_HEADER, Authenticator, Principal
from kit.db import Database, Session, is_outage, is_unstorable
from kit.errors import Invalid, PourquoiError, Unavailable, from_grpc_status
from kit.settings import ServiceSettings

MAX_MESSAGE_BYTES = 32 * 1024 * 1024
_SERVER_OPTIONS = (
    ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
    ("grpc.max_send_message_length", MAX_MESSAGE_BYTES),
    ("grpc.max_connection_age_ms", 60_000),
    ("grpc.max_connection_age_grace_ms", 20_000),
    ("grpc.so_reuseport", 0),
)
_CHANNEL_OPTIONS = (
    ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
    ("grpc.max_send_message_length", MAX_MESSAGE_BYTES),
    ("grpc.max_reconnect_backoff_ms", 2_000),
    ("grpc.service_config", json.dumps({"loadBalancingConfig": [{"round_robin": {}}]})),
)
_HEALTH = "/grpc.health.v1.Health/"
_log = logging.getLogger(__name__)

Stub = TypeVar("Stub")
Servicer = tuple[Callable[[Any, grpc.aio.Server], None], object]


@dataclass(frozen=True)
class _Call:
    principal: Principal
    database: Database


_call: ContextVar[_Call] = ContextVar("call")


@asynccontextmanager
async def rpc_session(context: object, scope: str = READ) -> AsyncIterator[Session]:
    """The transaction of an RPC, bound to the caller's workspace; raises `Forbidden` without the scope."""
    call = _call.get()
    call.principal.require(scope)
    async with call.database.session(call.principal.workspace) as session:
        yield session


def rpc_principal() -> Principal:
    """Who calls the RPC that is being answered."""
    return _call.get().principal


def uuid_of(value: str, name: str) -> UUID:
    """The UUID in a request's field; raises `Invalid` when it is none."""
    try:
        return UUID(value)
    except ValueError as error:
        raise Invalid(f"{name} must be a UUID.") from error


class _Boundary(grpc.aio.ServerInterceptor):
    """Authenticates each call, and turns what a servicer raises into a status without inner details."""

    def __init__(self, authenticator: Authenticator, database: Database) -> None:
        self._authenticator, self._database = authenticator, database

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Any]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Any:
        """Wraps every unary call but those of the health service."""
        handler = await continuation(handler_call_details)
        if handler is None or handler.unary_unary is None or handler_call_details.method.startswith(_HEALTH):
            return handler
        behaviour: Callable[[Message, object], Awaitable[Message]] = handler.unary_unary

        async def answer(request: Message, context: grpc.aio.ServicerContext[Any, Any]) -> Message:
            try:
                await self._enter(context)
                return await behaviour(request, context)
            except PourquoiError as error:
                await context.abort(grpc.StatusCode[error.grpc_status], error.detail)
            except grpc.aio.AbortError:
                raise
            except Exception as error:
                await self._fail(context, handler_call_details.method, error)
            raise AssertionError("abort raises")

        return grpc.unary_unary_rpc_method_handler(answer, handler.request_deserializer, handler.response_serializer)

    async def _enter(self, context: grpc.aio.ServicerContext[Any, Any]) -> None:
        metadata = {key: value for key, value in context.invocation_metadata() or () if isinstance(value, str)}
        _call.set(_Call(await self._authenticator.authenticate_headers(metadata), self._database))

    async def _fail(self, context: grpc.aio.ServicerContext[Any, Any], method: str, error: Exception) -> None:
        if is_outage(error):
            await context.abort(grpc.StatusCode.UNAVAILABLE, "The database is away; try again.")
        if is_unstorable(error):
            await context.abort(
                grpc.StatusCode.INVALID_ARGUMENT, "A text of the request holds NUL or half a character."
            )
        _log.error("%s failed: %s", method, type(error).__name__, exc_info=error)
        await context.abort(grpc.StatusCode.INTERNAL, "Internal error; the service's log has the details.")


@dataclass
class Server:
    """A running gRPC server with its health service."""

    server: grpc.aio.Server
    health: health.HealthServicer
    port: int

    async def stop(self, grace_seconds: float) -> None:
        """Tells callers to go elsewhere, lets calls in flight end, then closes."""
        await self.health.enter_graceful_shutdown()
        await self.server.stop(grace_seconds)


async def start_server(
    settings: ServiceSettings, database: Database, authenticator: Authenticator, servicers: Sequence[Servicer]
) -> Server:
    """Starts serving on the configured port; port 0 takes a free one, and the server says which."""
    server = grpc.aio.server(
        interceptors=[
            aio_server_interceptor(),  # type: ignore[no-untyped-call]
            _Boundary(authenticator, database),
        ],
        options=_SERVER_OPTIONS,
    )
    for register, servicer in servicers:
        register(servicer, server)
    health_servicer = health.HealthServicer()
    health_pb2_grpc.add_HealthServicer_to_server(health_servicer, server)
    host = f"[{settings.http_host}]" if ":" in settings.http_host else settings.http_host
    port = server.add_insecure_port(f"{host}:{settings.grpc_port}")
    await server.start()
    await health_servicer.set("", health_pb2.HealthCheckResponse.SERVING)
    return Server(server, health_servicer, port)


class Client(Generic[Stub]):
    """A channel to a service upstream; every call has a deadline and names the workspace it acts for."""

    def __init__(self, target: str, stub: Callable[[grpc.aio.Channel], Stub], settings: ServiceSettings) -> None:
        self._channel = grpc.aio.insecure_channel(
            target,
            options=_CHANNEL_OPTIONS,
            interceptors=aio_client_interceptors(),  # type: ignore[no-untyped-call]
        )
        self._stub = stub(self._channel)
        self._authorization = f"Bearer {settings.service_key.get_secret_value()}"

    async def call(self, method: str, request: Message, workspace: str, timeout_seconds: float = 5.0) -> Any:
        """The answer of `method`; raises the error of `kit.errors` that its status stands for.

        A peer that is away or does not accept this service's key is `Unavailable`: the caller did nothing wrong.
        """
        metadata = (("authorization", self._authorization), (WORKSPACE_HEADER, workspace))
        try:
            return await getattr(self._stub, method)(request, timeout=timeout_seconds, metadata=metadata)
        except grpc.aio.AioRpcError as error:
            raise _meaning(error, peer=request.DESCRIPTOR.full_name.split(".")[1]) from error

    async def close(self) -> None:
        """Closes the channel."""
        await self._channel.close()


def _meaning(error: grpc.aio.AioRpcError, peer: str) -> PourquoiError:
    """What a failed call means to the caller; the library's own sentences hold addresses and are left out."""
    code = error.code()
    if code in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED):
        return Unavailable(f"The service {peer} does not answer; try again in a moment.")
    if code in (grpc.StatusCode.UNAUTHENTICATED, grpc.StatusCode.PERMISSION_DENIED):
        _log.error("%s refuses the key of this service: %s", peer, code.name)
        return Unavailable(f"The service {peer} refuses the key of this service; its operator has to renew it.")
    return from_grpc_status(code.name, error.details() or f"The service {peer} failed.")
