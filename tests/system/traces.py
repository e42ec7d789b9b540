"""Every place where something of a post may be left: four databases, and every message of every stream."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import aclosing

import asyncpg

from kit.engines import EmbeddedPostgres
from kit.events import Bus, Namespace
from kit.local.databases import database_name
from pourquoi.enrichment.v1.events_pb2 import PostEnriched
from tests.system.platform import SERVICES, System

_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"


async def leftovers(system: System, words: Iterable[str]) -> list[str]:
    """Where any of the words still stands, as `place: word`; vectors and compressed bytes hold no words."""
    places = {**await _tables(system), **await _streams(system)}
    return sorted(f"{place}: {word}" for place, content in places.items() for word in words if word in content)


async def _tables(system: System) -> dict[str, str]:
    """The content of every table of every service, each row as text, `bytea` read as letters where it has some."""
    postgres = system.local.parts["postgres"]
    assert isinstance(postgres, EmbeddedPostgres)
    found = {}
    for service in SERVICES:
        url = postgres.url(database_name(service), database_name(service)).replace("+asyncpg", "")
        connection = await asyncpg.connect(url)
        try:
            await connection.execute("SELECT set_config('pourquoi.workspace', '*', false)")
            await connection.execute("SET bytea_output = 'escape'")
            for (table,) in await connection.fetch(_TABLES):
                rows = await connection.fetch(f'SELECT "{table}"::text FROM "{table}"')
                found[f"{service}.{table}"] = "\n".join(row[0] for row in rows)
        finally:
            await connection.close()
    return found


async def _streams(system: System) -> dict[str, str]:
    """What the messages of every stream and every dead-letter stream say."""
    bus = Bus(system.platform.nats_url, Namespace())
    await bus.connect()
    try:
        names = [info.config.name for info in await bus.jetstream.streams_info()]
        contents = await asyncio.gather(*(_messages(bus, name) for name in names))
        return dict(zip(names, contents, strict=True))
    finally:
        await bus.close()


async def _messages(bus: Bus, stream: str) -> str:
    state = (await bus.jetstream.stream_info(stream)).state
    found: Sequence[str] = []
    if state.messages:
        subscription = await bus.jetstream.subscribe("", stream=stream, ordered_consumer=True)
        messages = [await subscription.next_msg(timeout=10) for _ in range(state.messages)]
        await subscription.unsubscribe()
        found = [f"{message.headers} {message.data.decode('latin-1')}" for message in messages]
    return "\n".join(found)


async def published_posts(system: System) -> Counter[str]:
    """How often each post was published as enriched."""
    bus = Bus(system.platform.nats_url, Namespace())
    await bus.connect()
    try:
        stream = await bus.jetstream.stream_info(bus.namespace.stream("enrichment"))
        found: Counter[str] = Counter()
        async with aclosing(bus.tail("enrichment", from_start=True)) as envelopes:
            async for envelope in envelopes:
                found[PostEnriched.FromString(envelope.payload).enrichment.post_id] += 1
                if found.total() >= stream.state.messages:
                    return found
        return found
    finally:
        await bus.close()
