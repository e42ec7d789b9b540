"""The boundary of a request: one transaction, committed before the answer leaves, replayed for a known key.

Source of `Idempotency-Key`: IETF draft-ietf-httpapi-idempotency-key-header.
"""

import hashlib
import json
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.params import Form
from fastapi.routing import APIRoute
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from kit.db import Database, Session
from kit.errors import Conflict, Invalid
from kit.rest.limits import is_streamed
from kit.rest.problems import PROBLEM_ANSWERS

IDEMPOTENCY_KEY = "Idempotency-Key"
TWIN_SECONDS = 10
_KEPT_HEADERS = ("content-type", "etag", "location")
_LOCK_NOT_AVAILABLE = "55P03"
_TAKE_KEY = text(
    "INSERT INTO idempotency_keys (workspace_id, key, fingerprint) VALUES (:workspace, :key, :fingerprint) "
    "ON CONFLICT DO NOTHING RETURNING key"
)


class Replayed(Exception):
    """The request was answered before: here is the same answer."""

    def __init__(self, response: Response) -> None:
        super().__init__("replayed")
        self.response = response


class Boundary:
    """The transaction of one request; opened by the first dependency that asks for it."""

    def __init__(self) -> None:
        self._stack = AsyncExitStack()
        self._session: Session | None = None
        self._key = ""

    async def open(self, database: Database, workspace: str, request: Request) -> Session:
        """The session of the request; raises `Replayed` when its Idempotency-Key was answered before."""
        if self._session is None:
            self._session = await self._stack.enter_async_context(database.open(workspace))
            self._key = request.headers.get(IDEMPOTENCY_KEY, "") if request.method == "POST" else ""
            if self._key:
                await self._claim(self._session, request)
        return self._session

    async def _claim(self, session: Session, request: Request) -> None:
        """Takes the key, or raises `Replayed` with the answer that it got before."""
        fingerprint = await _fingerprint(request)
        identity = {"workspace": session.workspace, "key": self._key}
        if await self._take_key(session, {**identity, "fingerprint": fingerprint}):
            return
        found = await session.execute(
            text("SELECT * FROM idempotency_keys WHERE workspace_id = :workspace AND key = :key"), identity
        )
        known = found.one()
        if known.fingerprint != fingerprint:
            raise Invalid(f"This {IDEMPOTENCY_KEY} was used for another request; use a new one.")
        headers = {**json.loads(known.headers), "Idempotent-Replayed": "true"}
        raise Replayed(Response(known.body, known.status, headers))

    async def _take_key(self, session: Session, values: dict[str, str]) -> bool:
        """True when the key is new; a twin in flight is waited for by the unique index, but not for ever."""
        await session.execute(text(f"SET LOCAL lock_timeout = '{TWIN_SECONDS}s'"))
        try:
            taken = await session.execute(_TAKE_KEY, values)
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) != _LOCK_NOT_AVAILABLE:
                raise
            raise Conflict(f"A request with this {IDEMPOTENCY_KEY} is still being answered; try again.") from error
        await session.execute(text("SET LOCAL lock_timeout TO DEFAULT"))
        return taken.one_or_none() is not None

    async def commit(self, response: Response) -> None:
        """Commits what the request did, and its answer if it had a key."""
        if self._session is None or response.status_code >= 400:
            return
        if self._key:
            await self._remember(self._session, response)
        await self._session.commit()

    async def _remember(self, session: Session, response: Response) -> None:
        headers = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
        await session.execute(
            text(
                "UPDATE idempotency_keys SET status = :status, headers = :headers, body = :body "
                "WHERE workspace_id = :workspace AND key = :key"
            ),
            {
                "workspace": session.workspace,
                "key": self._key,
                "status": response.status_code,
                "headers": json.dumps(headers),
                "body": bytes(response.body),
            },
        )

    async def close(self) -> None:
        """Rolls back what was not committed."""
        await self._stack.aclose()


async def _fingerprint(request: Request) -> str:
    """What tells two requests apart; of an upload, which is not kept in memory, only its length."""
    digest = hashlib.sha256(f"{request.method} {request.scope['path']}?".encode() + request.scope["query_string"])
    digest.update(request.headers.get("content-length", "").encode())
    if not is_streamed(request):
        digest.update(await request.body())
    return digest.hexdigest()


class BoundaryRoute(APIRoute):
    """A route whose transaction commits before the answer is sent: who reads 201 can rely on it."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wraps FastAPI's handler in a boundary."""
        handle = super().get_route_handler()
        takes_json = self.body_field is not None and not isinstance(self.body_field.field_info, Form)

        async def bounded(request: Request) -> Response:
            if takes_json and is_streamed(request):
                raise Invalid("This endpoint takes application/json.")
            boundary = request.state.boundary = Boundary()
            try:
                response = await handle(request)
                await boundary.commit(response)
            except Replayed as replayed:
                response = replayed.response
            finally:
                await boundary.close()
            response.headers.update(getattr(request.state, "limit_headers", {}))
            return response

        return bounded


class Router(APIRouter):
    """A router of boundary routes that documents the problems every endpoint may answer with."""

    def __init__(self, **options: Any) -> None:
        super().__init__(route_class=BoundaryRoute, responses=PROBLEM_ANSWERS, **options)
