"""PostgreSQL: engine, one transaction per unit of work bound to a workspace, identifiers and text hygiene."""

import re
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Self

import uuid_utils.compat
from sqlalchemy import URL, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlmodel import Field, SQLModel

EVERYWHERE = "*"
CONNECT_SECONDS = 10.0
STATEMENT_SECONDS = 300.0
PATIENCE_SECONDS = 20.0
_LAST_ACTIONS = "last actions"
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_UNSTORABLE_STATES = ("22021", "22P05")
# Connection lost, out of resources, shutting down or starting, and a primary that became a replica.
_OUTAGE_STATES = ("08", "53", "57P01", "57P02", "57P03", "25006")


def new_id() -> uuid.UUID:
    """A UUIDv7 (RFC 9562): unique, and ordered by the time it was made."""
    return uuid_utils.compat.uuid7()


def clean_text(value: str) -> str:
    """The text without NUL characters and lone surrogates, neither of which PostgreSQL can store."""
    return _UNSTORABLE.sub("", value)


class WorkspaceModel(SQLModel):
    """Columns that every row has: the workspace that it belongs to."""

    workspace_id: str = Field(primary_key=True, max_length=100)


class Session(AsyncSession):
    """A transaction that sees one workspace; row-level security holds what a forgotten filter would let out."""

    workspace: str = ""

    def before_commit(self, action: Callable[[Self], Awaitable[None]]) -> None:
        """Runs `action` inside the transaction, right before it commits."""
        self.info.setdefault(_LAST_ACTIONS, []).append(action)

    async def commit(self) -> None:
        """Runs what was left for the end of the transaction, then commits."""
        while actions := self.info.pop(_LAST_ACTIONS, None):
            for action in actions:
                await action(self)
        await super().commit()

    async def rollback(self) -> None:
        """Undoes the transaction and forgets what was left for its end."""
        self.info.clear()
        await super().rollback()


class Repository:
    """Base of every repository: the only place that builds SQL, always for one workspace."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.workspace = session.workspace


class Database:
    """The engine of one service's database.

    A statement may take `statement_seconds`; a connection is waited for at most `patience_seconds`.
    """

    def __init__(
        self,
        url: str,
        pool: int = 10,
        statement_seconds: float | None = STATEMENT_SECONDS,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        self.engine: AsyncEngine = create_async_engine(
            async_url(url),
            pool_size=pool,
            max_overflow=0,
            pool_timeout=patience_seconds,
            pool_pre_ping=True,
            hide_parameters=True,
            connect_args={"timeout": CONNECT_SECONDS, "command_timeout": statement_seconds},
        )

    @asynccontextmanager
    async def session(self, workspace: str) -> AsyncIterator[Session]:
        """One transaction for `workspace`: commits at the end, rolls back when the block raises.

        `EVERYWHERE` opens all workspaces; it is meant for loops of the system, never for a caller's request.
        """
        async with self.open(workspace) as session:
            yield session
            await session.commit()

    @asynccontextmanager
    async def open(self, workspace: str) -> AsyncIterator[Session]:
        """Like `session`, but the caller says when it commits; leaving the block rolls back what it did not."""
        async with Session(self.engine, expire_on_commit=False) as session:
            session.workspace = workspace
            await session.execute(
                text("SELECT set_config('pourquoi.workspace', :workspace, true)"), {"workspace": workspace}
            )
            yield session

    async def ping(self) -> None:
        """Raises when the database does not answer."""
        async with self.engine.connect() as connection:
            await connection.execute(text("SELECT 1"))

    async def close(self) -> None:
        """Closes every connection."""
        await self.engine.dispose()


def async_url(url: str) -> URL:
    """The URL with the asyncpg driver; `postgres://`, `postgresql://` and libpq's `sslmode` are understood."""
    parsed = make_url(url.replace("postgres://", "postgresql://", 1))
    query: dict[str, Any] = dict(parsed.query)
    if "sslmode" in query:
        query["ssl"] = query.pop("sslmode")
    return parsed.set(drivername="postgresql+asyncpg", query=query)


def is_outage(error: BaseException) -> bool:
    """True when the database or a peer is away, starting or overloaded, rather than refusing what it was asked."""
    if isinstance(error, PoolTimeoutError):
        return True
    if isinstance(error, OSError):
        # A missing socket has no file name, unlike a missing file.
        return error.filename is None
    if isinstance(error, DBAPIError):
        state = getattr(error.orig, "sqlstate", None) or ""
        return error.connection_invalidated or state.startswith(_OUTAGE_STATES)
    return (getattr(error, "sqlstate", None) or "").startswith(_OUTAGE_STATES)


def is_unstorable(error: BaseException) -> bool:
    """True for a text that holds what `clean_text` takes out: PostgreSQL or its driver has refused it."""
    if isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) in _UNSTORABLE_STATES:
        return True
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, UnicodeEncodeError):
        cause = cause.__cause__
    return cause is not None
