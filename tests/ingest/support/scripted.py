"""Sources whose every answer the test writes, and the clock that their scheduler goes by."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from desk import Desk, Json, post
from sqlalchemy import text

from ingest.collection.collecting import Surroundings
from ingest.collection.scheduler import Scheduler
from ingest.posts.submissions import check
from ingest.sources.connector import Batch, Cursor
from ingest.sources.kinds import KINDS
from ingest.sources.tools import Tools
from kit.db import EVERYWHERE
from kit.testing import Running


@dataclass
class Clock:
    """Time that only goes on when it is told to; ahead of the real one, by which a new source is due."""

    now: datetime = field(default_factory=lambda: datetime.now(UTC) + timedelta(minutes=5))

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass
class Script:
    """A source of pages: page n holds what `pages[n]` lists; `errors` are raised in the place of a page, once each."""

    pages: list[list[object]]
    errors: dict[int, list[Exception]] = field(default_factory=dict)
    gates: dict[int, asyncio.Event] = field(default_factory=dict)
    asked: list[Cursor] = field(default_factory=list)
    active: int = 0
    most_active: int = 0

    @classmethod
    def of_posts(cls, count: int, per_page: int = 10, **options: Any) -> "Script":
        posts = [post(number) for number in range(count)]
        return cls([list(posts[start : start + per_page]) for start in range(0, count, per_page)], **options)

    async def collect(self, cursor: Cursor) -> AsyncIterator[Batch]:
        self.asked.append(cursor)
        self.active += 1
        self.most_active = max(self.most_active, self.active)
        try:
            for number in range(int(str(cursor.get("page", 0))), len(self.pages)):
                if number in self.gates:
                    await self.gates[number].wait()
                if self.errors.get(number):
                    raise self.errors[number].pop(0)
                items = tuple(check(line, value) for line, value in enumerate(self.pages[number], 1))
                yield Batch(items, {"page": number + 1})
        finally:
            self.active -= 1


@dataclass
class Stage:
    """A running ingest whose sources of kind `sample` follow scripts, by their names."""

    running: Running
    clock: Clock = field(default_factory=Clock)
    scripts: dict[str, Script] = field(default_factory=dict)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    seeds: dict[int, Script] = field(default_factory=dict)
    hosts: dict[int, str] = field(default_factory=lambda: defaultdict(str))
    streaming: bool = False

    @property
    def desk(self) -> Desk:
        return Desk(self.running)

    def scheduler(self, **settings: object) -> Scheduler:
        """A scheduler of its own, as another replica would have."""
        kind = replace(KINDS["sample"], connect=lambda config, tools: self.seeds[config.seed], every_seconds=60)
        surroundings = Surroundings(
            self.running.runtime.database,
            self.running.runtime.state.model_copy(update=settings),
            Tools(now=self.clock),
            {**KINDS, "sample": kind},
        )
        return Scheduler(surroundings)

    async def connect(self, script: Script, host: str = "", streams: bool = False, **fields: object) -> Json:
        """A source that follows the script; each asks a host of its own unless one is named."""
        seed = len(self.seeds) + 1
        self.seeds[seed] = script
        body = {"name": f"Source {seed}", "kind": "sample", "config": {"seed": seed}, **fields}
        answer = await self.desk.client.post("/v1/sources", json=body)
        assert answer.status_code == 201, answer.text
        source = dict(answer.json())
        await self.tell(
            "UPDATE sources SET host = :host, streams = :streams WHERE id = :id",
            host=host or f"host-{seed}",
            streams=streams,
            id=UUID(source["id"]),
        )
        return source

    async def collect(self, scheduler: Scheduler | None = None) -> int:
        """Lets everything that is due run to its end."""
        scheduler = scheduler or self.scheduler()
        started = await scheduler.start_due(self.stopping)
        await scheduler.finish()
        return started

    async def show(self, source: Json) -> Json:
        return dict((await self.desk.client.get(f"/v1/sources/{source['id']}")).json())

    async def runs(self, source: Json) -> list[Json]:
        """Its runs, newest first."""
        return list((await self.desk.client.get(f"/v1/sources/{source['id']}/runs")).json()["items"])

    async def tell(self, statement: str, **values: object) -> None:
        async with self.running.runtime.database.session(EVERYWHERE) as session:
            await session.execute(text(statement), values)

    async def ask(self, query: str, **values: object) -> Any:
        async with self.running.runtime.database.session(EVERYWHERE) as session:
            return await session.scalar(text(query), values)

    async def end_leases(self) -> None:
        """Half a minute goes by for all who do not renew."""
        await self.tell("UPDATE sources SET lease_until = now() - interval '1 second' WHERE lease_until IS NOT NULL")

    async def stored(self) -> int:
        return int(await self.ask("SELECT count(*) FROM posts"))

    async def page(self, source: Json) -> int:
        """How far the durable cursor is."""
        return int(
            await self.ask(
                "SELECT coalesce(CAST(cursor ->> 'page' AS int), 0) FROM sources WHERE id = :id", id=UUID(source["id"])
            )
        )
