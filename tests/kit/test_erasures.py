"""Erasures in every service: counted once, nothing left in what waits, and streams without what was erased."""

import json
from collections.abc import Sequence
from uuid import UUID, uuid4

import pytest
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from sqlalchemy import text

from kit.db import EVERYWHERE, Database, new_id
from kit.erasures.purger import Purger
from kit.erasures.schemas import ErasureRecord, ErasureStatus
from kit.erasures.service import ErasedPosts, ErasureRecords
from kit.erasures.waiting import WaitingPostRepository
from kit.errors import NotFound
from kit.events import BACKFILL, Bus, Consumer, Received, dead_letters, seal
from kit.events.dead_letters import bury
from kit.events.reading import read
from kit.outbox import Relay, emit
from kit.testing import ALPHA
from pourquoi.ingest.v1.events_pb2 import AuthorErased, Post, PostCollected, PostErased

SECRET = b"unmistakable"


def collected(post_id: UUID, words: str = SECRET.decode()) -> PostCollected:
    return PostCollected(post=Post(id=str(post_id), text=words, author_id=str(uuid4())))


def erased(erasure_id: UUID, *posts: UUID) -> ErasedPosts:
    now = Timestamp()
    now.GetCurrentTime()
    events: list[Message] = [
        *(PostErased(post_id=str(post), erased_at=now, erasure_id=str(erasure_id)) for post in posts),
        AuthorErased(author_id=str(uuid4()), erased_at=now, erasure_id=str(erasure_id)),
    ]
    return ErasedPosts.of([Received(event, str(new_id()), ALPHA, "live", None) for event in events])  # type: ignore[arg-type]


async def apply(database: Database, erasure_id: UUID, *posts: UUID) -> None:
    async with database.session(ALPHA) as session:
        await ErasureRecords(session).apply(erased(erasure_id, *posts), (PostCollected,))


async def record(database: Database, erasure_id: UUID) -> ErasureRecord:
    async with database.session(ALPHA) as session:
        return await ErasureRecords(session).get(erasure_id)


async def stored(bus: Bus) -> list[bytes]:
    """The payloads of everything that the stream holds."""
    return [message.data async for batch in read(bus, bus.namespace.stream("ingest")) for message in batch]


async def publish(bus: Bus, *events: Message, lane: str = "live") -> None:
    await bus.publish([seal(event, ALPHA, lane) for event in events])


def purger(database: Database, bus: Bus) -> Purger:
    return Purger(database, bus, "ingest")


async def test_a_post_counts_once_however_often_its_erasure_comes(database: Database) -> None:
    erasure_id, posts = new_id(), [new_id() for _ in range(3)]

    await apply(database, erasure_id, *posts[:2])
    await apply(database, erasure_id, *posts)

    found = await record(database, erasure_id)
    assert (found.posts, found.purged, found.status) == (3, 0, ErasureStatus.APPLIED)
    assert found.first_applied_at < found.last_applied_at


async def test_an_erasure_without_posts_is_confirmed_by_its_record(database: Database) -> None:
    erasure_id = new_id()
    with pytest.raises(NotFound):
        await record(database, erasure_id)

    await apply(database, erasure_id)

    assert (await record(database, erasure_id)).status is ErasureStatus.CONFIRMED


async def test_unsent_events_about_a_post_do_not_leave(database: Database, bus: Bus) -> None:
    gone, stays = new_id(), new_id()
    async with database.session(ALPHA) as session:
        for lane in ("live", BACKFILL):
            emit(session, collected(gone), lane=lane)
            emit(session, collected(stays, "harmless"), lane=lane)

    await apply(database, new_id(), gone)
    await Relay(database, bus).relay_batch()

    assert [b"harmless" in payload for payload in await stored(bus)] == [True, True]


async def test_answers_kept_for_a_repetition_go_when_they_name_a_post(database: Database) -> None:
    gone, stays = new_id(), new_id()
    async with database.session(ALPHA) as session:
        for post in (gone, stays):
            body = json.dumps({"evidence": [{"post_id": str(post), "text": "é"}]}, ensure_ascii=False).encode()
            values = {"workspace": ALPHA, "key": str(post), "body": body}
            statement = "INSERT INTO idempotency_keys (workspace_id, key, fingerprint, body) "
            await session.execute(text(statement + "VALUES (:workspace, :key, '', :body)"), values)

    await apply(database, new_id(), gone)

    async with database.session(ALPHA) as session:
        assert list(await session.scalars(text("SELECT key FROM idempotency_keys"))) == [str(stays)]


async def test_the_stream_loses_what_names_an_erased_post_and_nothing_else(database: Database, bus: Bus) -> None:
    erasure_id, gone = new_id(), [new_id() for _ in range(30)]
    for post in gone:
        await publish(bus, collected(post), collected(new_id(), "harmless"))
        await publish(bus, collected(post), lane=BACKFILL)
        await publish(bus, PostErased(post_id=str(post), erasure_id=str(erasure_id)))
    await apply(database, erasure_id, *gone)

    await purger(database, bus).purge_once()

    left = await stored(bus)
    assert len(left) == 60
    assert not any(SECRET in payload for payload in left)
    assert (await record(database, erasure_id)).status is ErasureStatus.CONFIRMED


async def test_a_message_stays_until_every_consumer_is_done_with_it(database: Database, bus: Bus) -> None:
    erasure_id, gone = new_id(), new_id()
    await publish(bus, collected(gone), collected(new_id(), "harmless"))
    reader = await bus.bind("ingest", "reader", ["ingest.post.collected.v1"], 10)
    [first, second] = await reader.fetch(2)
    await second.ack_sync()
    await apply(database, erasure_id, gone)

    await purger(database, bus).purge_once()
    assert any(SECRET in payload for payload in await stored(bus))
    assert (await record(database, erasure_id)).status is ErasureStatus.APPLIED

    await first.ack_sync()
    await purger(database, bus).purge_once()
    assert not any(SECRET in payload for payload in await stored(bus))
    assert (await record(database, erasure_id)).status is ErasureStatus.CONFIRMED
    await reader.unsubscribe()


async def test_traffic_that_nobody_has_read_yet_does_not_delay_an_erasure(database: Database, bus: Bus) -> None:
    erasure_id, gone = new_id(), new_id()
    reader = await bus.bind("ingest", "reader", ["ingest.post.collected.v1"], 10)
    await publish(bus, collected(gone))
    [message] = await reader.fetch(1)
    await apply(database, erasure_id, gone)
    await purger(database, bus).purge_once()
    await message.ack_sync()
    await publish(bus, *(collected(new_id(), "harmless") for _ in range(10)))

    await purger(database, bus).purge_once()

    assert (await record(database, erasure_id)).status is ErasureStatus.CONFIRMED
    assert len(await stored(bus)) == 10
    await reader.unsubscribe()


async def test_dead_letters_lose_it_as_well_but_never_the_erasure_itself(database: Database, bus: Bus) -> None:
    async def refuse(_: Sequence[Received]) -> None:
        raise NotImplementedError

    erasure_id, gone = new_id(), new_id()
    consumer = Consumer("reader", (PostCollected, PostErased), refuse)
    reader = await bus.bind("ingest", "reader", ["ingest.post.collected.v1", "ingest.post.erased.v1"], 10)
    await publish(bus, collected(gone), collected(new_id(), "x"), PostErased(post_id=str(gone)))
    for message in await reader.fetch(3):
        await bury(bus, consumer, message, ValueError("no"))
    await apply(database, erasure_id, gone)

    await purger(database, bus).purge_once()

    letters = [each.envelope async for each in dead_letters(bus, "ingest") if each.envelope]
    assert [letter.headers["ce-type"].rpartition(".")[2] for letter in letters] == ["PostCollected", "PostErased"]
    assert not any(SECRET in letter.payload for letter in letters)
    assert (await record(database, erasure_id)).status is ErasureStatus.CONFIRMED
    await reader.unsubscribe()


async def test_a_post_waits_while_an_unsent_event_names_it(database: Database, bus: Bus) -> None:
    erasure_id, gone = new_id(), new_id()
    await apply(database, erasure_id, gone)
    async with database.session(ALPHA) as session:
        emit(session, PostErased(post_id=str(gone), erasure_id=str(erasure_id)))

    await purger(database, bus).purge_once()
    assert (await record(database, erasure_id)).status is ErasureStatus.APPLIED

    await Relay(database, bus).relay_batch()
    await purger(database, bus).purge_once()
    assert (await record(database, erasure_id)).status is ErasureStatus.CONFIRMED


async def test_one_process_at_a_time_purges_a_stream(database: Database, bus: Bus) -> None:
    erasure_id, gone, other = new_id(), new_id(), new_id()
    await apply(database, erasure_id, gone)
    async with database.session(EVERYWHERE) as session:
        assert await WaitingPostRepository(session).claim("ingest", other)

    await purger(database, bus).purge_once()
    assert (await record(database, erasure_id)).status is ErasureStatus.APPLIED

    async with database.session(EVERYWHERE) as session:
        await WaitingPostRepository(session).let_go("ingest", other)
    await purger(database, bus).purge_once()
    assert (await record(database, erasure_id)).status is ErasureStatus.CONFIRMED


async def test_a_stream_that_was_made_anew_holds_nothing_of_the_time_before(database: Database, bus: Bus) -> None:
    erasure_id, gone = new_id(), new_id()
    reader = await bus.bind("ingest", "reader", ["ingest.post.collected.v1"], 10)
    await publish(bus, collected(gone))
    await apply(database, erasure_id, gone)
    await purger(database, bus).purge_once()
    await reader.unsubscribe()
    await bus.jetstream.delete_stream(bus.namespace.stream("ingest"))
    await bus.ensure_streams(["ingest"])

    await purger(database, bus).purge_once()

    assert (await record(database, erasure_id)).status is ErasureStatus.CONFIRMED
