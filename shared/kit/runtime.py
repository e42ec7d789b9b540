"""What a running service holds: its settings, its engines, its own resources, its background tasks."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from kit.db import Database
from kit.events import Bus
from kit.settings import ServiceSettings

_log = logging.getLogger(__name__)


@dataclass
class Supervisor:
    """Background tasks: one that dies takes the process with it, and a stop lets each finish what it holds."""

    on_death: Callable[[], object]
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def start(self, name: str, run: Callable[[], Awaitable[None]]) -> None:
        """Starts a task that ends only when it is told to stop."""
        self.tasks.append(asyncio.create_task(self._watch(name, run), name=name))

    async def _watch(self, name: str, run: Callable[[], Awaitable[None]]) -> None:
        error: BaseException | None = None
        try:
            await run()
        except (Exception, asyncio.CancelledError) as raised:
            error = raised
        if self.stopping.is_set() and (error is None or isinstance(error, asyncio.CancelledError)):
            return
        reason = type(error).__name__ if error else "it ended before it was told to"
        _log.critical("Background task %s died: %s", name, reason, exc_info=error)
        self.on_death()

    async def stop(self, patience_seconds: float) -> None:
        """Tells every task to stop; cancels those that take longer than they may."""
        self.stopping.set()
        if not self.tasks:
            return
        _, late = await asyncio.wait(self.tasks, timeout=patience_seconds)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)


@dataclass
class Runtime:
    """Everything that endpoints, servicers and consumers of one running service share.

    `state` is what the service's own `resources` yielded.
    """

    settings: ServiceSettings
    database: Database
    bus: Bus
    supervisor: Supervisor
    grpc_port: int = 0
    state: Any = None

    async def missing(self) -> list[str]:
        """What the service cannot work without and does not have right now.

        NATS is not among it: while it is away, events wait in the outbox and requests are still answered.
        """
        try:
            async with asyncio.timeout(3):
                await self.database.ping()
        except Exception:
            return ["database"]
        return []
