"""Dependencies that say by their type what an endpoint needs: a caller, a scope, a transaction."""

from collections.abc import Awaitable, Callable
from math import ceil
from time import time
from typing import Annotated

from fastapi import Depends, Header, Request, Security
from fastapi.security import HTTPBearer
from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import FixedWindowRateLimiter

from kit.auth import ADMIN, READ, REVIEW, WRITE, Authenticator, Principal
from kit.db import Session
from kit.errors import TooManyRequests
from kit.rest.boundary import IDEMPOTENCY_KEY, Boundary
from kit.runtime import Runtime

_bearer = HTTPBearer(auto_error=False, description="An API key (`pq_...`) or an OIDC token.")


def _runtime(request: Request) -> Runtime:
    runtime: Runtime = request.app.state.runtime
    return runtime


CurrentRuntime = Annotated[Runtime, Depends(_runtime)]


class RateLimiter:
    """Counts requests per principal within this process (IETF draft-ietf-httpapi-ratelimit-headers)."""

    def __init__(self, per_minute: int) -> None:
        self._limiter = FixedWindowRateLimiter(MemoryStorage())
        self._limit = RateLimitItemPerMinute(per_minute)

    async def count(self, workspace: str, subject: str) -> dict[str, str]:
        """The headers that tell the caller where it stands; raises `TooManyRequests` over the limit."""
        identity = (workspace, subject)
        allowed = await self._limiter.hit(self._limit, *identity)
        window = await self._limiter.get_window_stats(self._limit, *identity)
        seconds = max(0, ceil(window.reset_time - time()))
        headers = {
            "RateLimit-Policy": f'"default";q={self._limit.amount};w=60',
            "RateLimit": f'"default";r={window.remaining};t={seconds}',
        }
        if not allowed:
            raise TooManyRequests(
                f"More than {self._limit.amount} requests in a minute; wait {seconds} s.",
                headers={**headers, "Retry-After": str(seconds)},
            )
        return headers


async def _principal(request: Request, _: Annotated[object, Security(_bearer)]) -> Principal:
    authenticator: Authenticator = request.app.state.authenticator
    principal = await authenticator.authenticate_headers(request.headers)
    await count_request(request, principal.workspace, principal.subject)
    return principal


async def count_request(request: Request, workspace: str, subject: str) -> None:
    """Counts a request of a caller who is known, by a key or otherwise; raises `TooManyRequests` over the limit."""
    limiter: RateLimiter = request.app.state.limiter
    request.state.limit_headers = await limiter.count(workspace, subject)


CurrentPrincipal = Annotated[Principal, Depends(_principal)]


def scoped(scope: str) -> Callable[[CurrentPrincipal], Principal]:
    """A dependency that gives the caller if it has the scope."""

    def require(principal: CurrentPrincipal) -> Principal:
        principal.require(scope)
        return principal

    return require


async def _open(request: Request, runtime: Runtime, principal: Principal) -> Session:
    boundary: Boundary = request.state.boundary
    return await boundary.open(runtime.database, principal.workspace, request)


async def _read_session(
    request: Request, runtime: CurrentRuntime, principal: Annotated[Principal, Depends(scoped(READ))]
) -> Session:
    return await _open(request, runtime, principal)


def _changing(scope: str) -> Callable[..., Awaitable[Session]]:
    async def session(
        request: Request,
        runtime: CurrentRuntime,
        principal: Annotated[Principal, Depends(scoped(scope))],
        _: Annotated[
            str | None,
            Header(
                alias=IDEMPOTENCY_KEY,
                max_length=200,
                description="With POST: a repetition under the same key within a day gets the first answer again.",
            ),
        ] = None,
    ) -> Session:
        return await _open(request, runtime, principal)

    return session


ReadSession = Annotated[Session, Depends(_read_session)]
WriteSession = Annotated[Session, Depends(_changing(WRITE))]
ReviewSession = Annotated[Session, Depends(_changing(REVIEW))]
AdminSession = Annotated[Session, Depends(_changing(ADMIN))]
Writer = Annotated[Principal, Depends(scoped(WRITE))]
