"""Bluesky through a Jetstream: mapping, deletions, resuming, and the seam between replay and live."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from desk import Desk

from ingest.posts.submissions import Submission
from ingest.sources.bluesky.config import BlueskyConfig
from ingest.sources.bluesky.connector import BlueskyConnector, rewind
from ingest.sources.bundles import Bundling
from ingest.sources.connector import Batch, Cursor, SourceRefused, SourceUnavailable
from tests.ingest.sources.servers.jetstream import (
    SECOND,
    START_US,
    Jetstream,
    account,
    commit,
    serve_jetstream,
    uri,
)
from tests.ingest.sources.servers.serving import TOOLS, gone, ids, reasons

BEGINNING: Cursor = {"time_us": START_US}


@pytest.fixture
async def jetstream() -> AsyncIterator[Jetstream]:
    async with serve_jetstream() as stream:
        yield stream


def connector(*streams: Jetstream, **config: object) -> BlueskyConnector:
    endpoints = [stream.url for stream in streams]
    return BlueskyConnector(BlueskyConfig.model_validate({"endpoints": endpoints, **config}), TOOLS)


async def collect_until(source: BlueskyConnector, last: str, cursor: Cursor = BEGINNING) -> list[Batch]:
    """Batches up to the one that tells of `last`."""
    batches: list[Batch] = []
    async with aclosing(source.collect(cursor)) as collected:
        async for batch in collected:
            batches.append(batch)
            if last in [*ids([batch]), *gone([batch])]:
                break
    return batches


async def test_a_post_keeps_what_the_record_says(jetstream: Jetstream) -> None:
    link = {"index": {"byteStart": 10, "byteEnd": 28}, "features": [{"uri": "https://www.example.com/a/long/way"}]}
    event = commit(
        1,
        "É voir : example.com/a/l...  vite",
        reply={"parent": {"uri": uri(8), "cid": "x"}, "root": {"uri": uri(9), "cid": "x"}},
        facets=[link],
        langs=["fr", "en"],
        embed={
            "$type": "app.bsky.embed.recordWithMedia",
            "record": {"$type": "app.bsky.embed.record", "record": {"uri": uri(7), "cid": "x"}},
            "media": {"$type": "app.bsky.embed.images", "images": []},
        },
    )
    await jetstream.publish(event)

    [batch] = await collect_until(connector(jetstream), uri(1))

    [item] = batch.items
    assert isinstance(item, Submission)
    post = item.post
    assert post.text == "É voir : https://www.example.com/a/long/way  vite"
    assert (post.platform, post.external_id, post.author) == ("bluesky", uri(1), "did:plc:author1")
    assert (post.parent_id, post.thread_id, post.quote_of) == (uri(8), uri(9), uri(7))
    assert (post.language, post.has_media) == ("fr", True)
    assert post.published_at == datetime(2026, 9, 20, 9, tzinfo=UTC)
    assert b'"langs": ["fr", "en"]' in item.raw
    assert batch.cursor["time_us"] == event["time_us"]


async def test_edits_deletions_and_lost_accounts_are_told_in_their_order(jetstream: Jetstream) -> None:
    await jetstream.publish(
        commit(1),
        commit(2, "Now it is on time", operation="update", rkey="key1"),
        commit(3, operation="delete"),
        account(4, "did:plc:spam", "takendown"),
        account(5, "did:plc:away", "deactivated"),
        {**commit(6), "kind": "identity", "commit": None},
        account(7, "did:plc:left", "deleted"),
    )

    batches = await collect_until(connector(jetstream), "did:plc:left")

    posts = [item.post for batch in batches for item in batch.items if isinstance(item, Submission)]
    assert [post.changed_at is not None for post in posts] == [False, True]
    assert gone(batches) == [uri(3), "did:plc:spam", "did:plc:left"]
    assert batches[-1].cursor["time_us"] == START_US + 7 * SECOND


async def test_what_cannot_be_read_is_rejected_and_the_rest_goes_on(jetstream: Jetstream) -> None:
    await jetstream.publish(
        "no json",
        '{"did": 4}',
        commit(1, ""),
        commit(2, langs="x", facets=[{}], embed=7, reply=[], createdAt="9999-01-01"),
        {**commit(3), "commit": {**commit(3)["commit"], "record": None}},
        '{"a":' * 5000,
        commit(4),
    )

    batches = await collect_until(connector(jetstream), uri(4))

    assert ids(batches) == [uri(2), uri(4)]
    assert len(reasons(batches)) == 5
    assert "text: is empty." in reasons(batches)


async def test_a_claimed_date_that_cannot_be_true_gives_way_to_the_time_of_the_stream(jetstream: Jetstream) -> None:
    await jetstream.publish(commit(1, createdAt="2099-01-01T00:00:00Z"))

    [batch] = await collect_until(connector(jetstream), uri(1))

    [item] = batch.items
    assert isinstance(item, Submission)
    assert item.post.published_at == datetime.fromtimestamp(START_US / 1e6 + 1, UTC)


async def test_a_time_far_ahead_does_not_carry_the_cursor_away(jetstream: Jetstream) -> None:
    await jetstream.publish(commit(1), {**commit(2), "time_us": START_US * 2})

    batches = await collect_until(connector(jetstream), uri(2))

    assert batches[-1].cursor["time_us"] == START_US + SECOND


async def test_events_out_of_order_within_the_rewind_are_not_lost_when_a_run_resumes(jetstream: Jetstream) -> None:
    await jetstream.publish(commit(1), commit(5), commit(3))
    first = await collect_until(connector(jetstream), uri(5))
    assert first[-1].cursor["time_us"] == START_US + 5 * SECOND

    second = await collect_until(connector(jetstream), uri(3), first[-1].cursor)

    assert set(ids(first + second)) == {uri(1), uri(3), uri(5)}


async def test_only_the_wanted_collection_and_accounts_are_asked_for(jetstream: Jetstream) -> None:
    await jetstream.publish(commit(1))

    await collect_until(connector(jetstream, dids=["did:plc:author1"], rewind_seconds=2), uri(1))

    [request] = jetstream.requests
    assert request["wantedCollections"] == ["app.bsky.feed.post"]
    assert request["wantedDids"] == ["did:plc:author1"]
    assert request["cursor"] == [str(START_US - 2 * SECOND)]


async def test_a_run_ends_by_itself_with_everything_given(jetstream: Jetstream) -> None:
    await jetstream.publish(commit(1), commit(2))
    source = BlueskyConnector(
        BlueskyConfig(endpoints=(jetstream.url,)), replace(TOOLS, bundling=Bundling(seconds=0.05, run_seconds=0.3))
    )

    assert ids([batch async for batch in source.collect(BEGINNING)]) == [uri(1), uri(2)]


async def test_a_stretch_of_the_past_ends_by_itself(jetstream: Jetstream) -> None:
    await jetstream.publish(*map(commit, range(1, 2_000)))
    begin, end = (datetime.fromtimestamp(START_US / 1e6 + second, UTC) for second in (100, 400))

    batches = [batch async for batch in connector(jetstream, rewind_seconds=0).collect(rewind(begin, end))]

    assert ids(batches)[0] == uri(100)
    assert set(ids(batches)) >= {uri(number) for number in range(100, 401)}
    assert uri(1_000) not in ids(batches)


async def test_another_server_takes_over_and_the_last_failure_is_told() -> None:
    async with serve_jetstream() as closed:
        pass
    async with serve_jetstream(commit(1)) as stream:
        assert ids(await collect_until(connector(closed, stream), uri(1))) == [uri(1)]

    with pytest.raises(SourceUnavailable, match="again and again"):
        await collect_until(connector(closed), uri(1))


async def test_a_private_address_is_refused_unless_it_is_allowed(jetstream: Jetstream) -> None:
    config = BlueskyConfig(endpoints=(jetstream.url,))

    with pytest.raises(SourceRefused, match="private address"):
        await anext(BlueskyConnector(config, replace(TOOLS, allow_private_hosts=False)).collect(BEGINNING))


async def test_the_seam_has_no_gap_and_no_duplicate_after_fifty_breaks_at_random_moments(desk: Desk) -> None:
    study, chance, last = await desk.ask(), random.Random(11), 2_500
    kept: Cursor = BEGINNING
    seen: set[str] = set()
    accepted = 0

    async def store(batch: Batch) -> None:
        nonlocal accepted
        posts = [item.post.model_dump(mode="json") for item in batch.items if isinstance(item, Submission)]
        accepted += (await desk.send(study, *posts))["accepted"]
        seen.update(ids([batch]))

    async with serve_jetstream(*map(commit, range(1, 1_000)), breaks=50) as stream:
        publishing = asyncio.create_task(_publish(stream, range(1_000, last + 1)))
        while uri(last) not in seen:
            # Each run is killed after a random number of batches; the batch that it was working on is lost with it.
            batches_left = chance.randint(1, 12)
            async with aclosing(connector(stream).collect(kept)) as collected:
                async for batch in collected:
                    batches_left -= 1
                    if batches_left == 0 and uri(last) not in ids([batch]):
                        break
                    await store(batch)
                    kept = batch.cursor
        await publishing

    assert stream.breaks_left == 0
    assert seen == {uri(number) for number in range(1, last + 1)}
    assert accepted == last
    assert (await desk.coverage(study))["posts"] == last


async def _publish(stream: Jetstream, numbers: range) -> None:
    for number in numbers:
        await stream.publish(commit(number))
        await asyncio.sleep(0)
