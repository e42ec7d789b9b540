"""Mastodon: timelines page by page, the stream, and the seam between the two."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from ingest.posts.submissions import Submission
from ingest.sources.connector import Batch, Cursor, SourceRefused, SourceUnavailable
from ingest.sources.mastodon.config import MastodonConfig
from ingest.sources.mastodon.connector import MastodonConnector, rewind
from tests.ingest.sources.servers.mastodon import START, Mastodon, serve_mastodon, status, status_id, update
from tests.ingest.sources.servers.serving import TOOLS, gone, ids, reasons, run, run_into

TOKEN = "env:SOURCE_SECRET"


@pytest.fixture
async def server() -> AsyncIterator[Mastodon]:
    async with serve_mastodon() as served:
        yield served


def connector(server: Mastodon, **config: object) -> MastodonConnector:
    return MastodonConnector(MastodonConfig.model_validate({"base_url": server.url, **config}), TOOLS)


def named(server: Mastodon, *numbers: int) -> list[str]:
    host = server.url.removeprefix("http://")
    return [f"{host}/{status_id(number)}" for number in numbers]


async def listen_until(source: MastodonConnector, last: str, cursor: Cursor | None = None) -> list[Batch]:
    batches: list[Batch] = []
    async with aclosing(source.collect(cursor or {})) as collected:
        async for batch in collected:
            batches.append(batch)
            if last in [*ids([batch]), *gone([batch])]:
                break
    return batches


async def test_a_status_keeps_what_it_says(server: Mastodon) -> None:
    server.statuses = [
        status(
            1,
            '<p>Hi <a href="x">#<span>trains</span></a> &amp; co<br>so '
            '<span class="invisible">https://</span><span>example.com/a</span></p><p>Bye</p>',
            spoiler_text="Rant",
            visibility="unlisted",
            edited_at="2026-09-20T10:00:00.000Z",
            in_reply_to_id=status_id(0),
            media_attachments=[{"type": "image"}],
            quote={"state": "accepted", "quoted_status": {"id": "55"}},
            account={"acct": "Bob@elsewhere.example", "followers_count": 12},
        )
    ]

    [batch] = await run(connector(server))

    [item] = batch.items
    assert isinstance(item, Submission)
    post = item.post
    assert post.text == "Rant\n\nHi #trains & co\nso https://example.com/a\n\nBye"
    assert [post.external_id, post.parent_id] == named(server, 1, 0)
    assert (post.author, post.author_handle, post.followers) == (
        "bob@elsewhere.example",
        "Bob@elsewhere.example",
        12,
    )
    assert post.quote_of.endswith("/55")
    assert post.changed_at == datetime(2026, 9, 20, 10, tzinfo=UTC)
    assert (post.engagement.likes, post.engagement.reposts, post.engagement.replies) == (3, 2, 1)
    assert post.has_media


async def test_a_boost_is_a_repost_with_the_words_of_the_original(server: Mastodon) -> None:
    server.statuses = [status(2, "", reblog=status(1, "<p>Original</p>"))]

    [batch] = await run(connector(server))

    [item] = batch.items
    assert isinstance(item, Submission)
    assert (item.post.text, item.post.is_repost) == ("Original", True)
    assert [item.post.repost_of] == named(server, 1)


async def test_what_is_meant_for_few_and_what_is_malformed_is_rejected_one_by_one(server: Mastodon) -> None:
    server.page = 10
    server.statuses = [
        status(1, visibility="private"),
        status(2, visibility="direct"),
        status(3, "<p> </p>"),
        status(4, created_at="yesterday"),
        status(5, account=None),
        status(6, language="no language", replies_count=-1, url="javascript:x"),
    ]

    batches = await run(connector(server))

    assert ids(batches) == named(server, 6)
    assert len(reasons(batches)) == 5


async def test_a_run_pages_from_old_to_new_and_the_next_begins_behind_it(server: Mastodon) -> None:
    server.page = 3
    server.statuses = [status(number) for number in range(1, 9)]
    since = datetime.fromtimestamp(START / 1000, UTC)
    source = connector(server, hashtags=["trains"], since=since, overlap_minutes=0)

    first = await run(source)
    server.statuses += [status(9), status(10)]
    second = await run(source, first[-1].cursor)

    assert ids(first) == named(server, *range(1, 9))
    assert [batch.cursor["newest"] for batch in first] == [{"trains": status_id(number)} for number in (3, 6, 8)]
    assert ids(second) == named(server, 9, 10)
    assert await run(source, second[-1].cursor) == []


async def test_a_stretch_of_the_past_is_asked_for_and_ends_also_where_a_stream_is_configured(server: Mastodon) -> None:
    server.page = 2
    server.statuses = [status(number) for number in range(1, 9)]
    begin, end = (datetime.fromtimestamp(START / 1000 + 60 * minute, UTC) for minute in (2, 4))
    source = connector(server, mode="stream", access_token=TOKEN, overlap_minutes=0)

    assert ids(await run(source, rewind(begin, end))) == named(server, 3, 4)


async def test_a_run_that_is_cut_off_resumes_behind_the_last_batch_that_was_kept(server: Mastodon) -> None:
    server.page = 3
    server.statuses = [status(number) for number in range(1, 9)]
    source = connector(server, since=datetime.fromtimestamp(START / 1000, UTC), overlap_minutes=0)
    async with aclosing(source.collect({})) as batches:
        kept = await anext(batches)

    assert ids([kept]) + ids(await run(source, kept.cursor)) == named(server, *range(1, 9))


async def test_a_status_that_federates_late_is_found_within_the_overlap(server: Mastodon) -> None:
    server.statuses = [status(1), status(20)]
    source = connector(server, overlap_minutes=10)
    first = await run(source)
    server.statuses.append(status(15))

    second = await run(source, first[-1].cursor)

    assert set(named(server, 15)) <= set(ids(second))
    assert second[-1].cursor == first[-1].cursor


async def test_used_up_requests_end_the_run_with_the_wait_that_the_server_asks_for(server: Mastodon) -> None:
    server.page, server.requests_left = 2, 2
    server.statuses = [status(number) for number in range(1, 9)]
    source = connector(server, since=datetime.fromtimestamp(START / 1000, UTC), overlap_minutes=0)
    given: list[Batch] = []

    with pytest.raises(SourceUnavailable) as patience:
        await run_into(given, source)

    assert ids(given) == named(server, 1, 2, 3, 4)
    assert len(server.asked) == 2
    assert (patience.value.retry_after_seconds or 0) > 3600


async def test_the_stream_tells_of_new_edited_and_deleted_statuses(server: Mastodon) -> None:
    edited = status(3, "<p>On time after all</p>", edited_at="2026-09-20T10:00:00.000Z")
    server.events = [
        [
            update(status(3)),
            ("notification", "{}"),
            ("update", "{no json"),
            update(edited, "status.update"),
            ("delete", status_id(2)),
        ]
    ]

    batches = await listen_until(
        connector(server, mode="stream", access_token=TOKEN, hashtags=["trains"]), named(server, 2)[0]
    )

    assert ids(batches) == named(server, 3, 3)
    assert gone(batches) == named(server, 2)
    assert reasons(batches) == ["The event of the stream is no JSON."]
    assert batches[-1].cursor["newest"] == {"trains": status_id(3)}
    assert server.asked[0].query_params["tag"] == "trains"


async def test_nothing_is_lost_between_the_timeline_and_the_stream_nor_when_it_breaks_off(server: Mastodon) -> None:
    server.statuses = [status(1)]
    server.events = [[update(status(3))], [update(status(5))]]
    # While a stream is being opened, a status is written that no stream tells of.
    missed = iter([status(2), status(4)])
    server.on_stream = lambda: server.statuses.append(next(missed))
    source = connector(server, mode="stream", access_token=TOKEN, overlap_minutes=0)

    batches = await listen_until(source, named(server, 5)[0], {"newest": {"": status_id(0)}})

    assert set(ids(batches)) == set(named(server, 1, 2, 3, 4, 5))


async def test_a_token_that_is_not_accepted_must_be_changed_and_is_never_told(server: Mastodon) -> None:
    source = connector(server, mode="stream", access_token="env:SOURCE_ID")

    with pytest.raises(SourceRefused, match="credential") as refusal:
        await run(source)

    assert "an-id" not in str(refusal.value)


def test_a_stream_of_two_hashtags_or_without_a_token_is_no_configuration() -> None:
    for config in ({"hashtags": ["a", "b"], "access_token": TOKEN}, {}, {"acces_token": TOKEN}):
        with pytest.raises(ValidationError):
            MastodonConfig.model_validate({"base_url": "https://m.example", "mode": "stream", **config})
