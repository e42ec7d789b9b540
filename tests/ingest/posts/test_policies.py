"""What a destination decides: posts that nobody takes, handles, privacy, and whose the posts are."""

import asyncio
from uuid import uuid4

from desk import Desk, counts, post, published
from sqlalchemy import text

from ingest.posts.destinations import Destination, UnmatchedPolicy
from ingest.posts.records import Privacy
from kit.db import EVERYWHERE
from kit.testing import Running
from pourquoi.ingest.v1 import events_pb2
from pourquoi.ingest.v1.events_pb2 import PostCollected, PostUpdated

SOURCE = uuid4()
KEEP, SAMPLE, DROP = (Destination(source_id=SOURCE, unmatched=policy) for policy in UnmatchedPolicy)


async def test_posts_of_a_source_go_to_the_studies_that_ask_for_them(desk: Desk, running: Running) -> None:
    refunds = await desk.ask(query="refund")
    await desk.ask()

    report = await desk.take(KEEP, post(1, text="A refund, please"), post(2))

    assert counts(report) == {"received": 2, "accepted": 2, "unmatched": 1}
    asked, unasked = await desk.posts()
    assert (asked["study_ids"], unasked["study_ids"]) == ([refunds["id"]], [])
    assert asked["source_id"] == unasked["source_id"] == str(SOURCE)
    assert [event.post.external_id for event in await running.published(PostCollected, 1)] == ["post-1"]


async def test_posts_that_are_dropped_are_counted_and_nothing_of_them_stays(desk: Desk) -> None:
    await desk.ask(query="refund")

    report = await desk.take(DROP, post(1, text="A refund, please"), post(2), post(3), post(3))

    assert counts(report) == {"received": 4, "accepted": 1, "dropped": 3}
    assert [each["external_id"] for each in await desk.posts()] == ["post-1"]


async def test_a_sample_is_kept_and_the_rest_is_counted(desk: Desk) -> None:
    sampling = Destination(source_id=SOURCE, unmatched=UnmatchedPolicy.SAMPLE, sample_rate=0.2)
    batch = [post(number) for number in range(400)]

    first = await desk.take(sampling, *batch)
    again = await desk.take(sampling, *batch)

    assert first["received"] == first["accepted"] + first["dropped"] == 400
    assert first["accepted"] == first["unmatched"] == again["duplicates"]
    assert 50 <= first["accepted"] <= 110
    assert again["dropped"] == first["dropped"]


async def test_an_edit_that_no_query_takes_any_more_still_reaches_a_post_that_is_kept(
    desk: Desk, running: Running
) -> None:
    study = await desk.ask(query="refund")
    await desk.take(DROP, post(1, text="A refund, please"))

    report = await desk.take(DROP, post(1, text="Never mind"))

    assert counts(report) == {"received": 1, "updated": 1}
    shown = await desk.show("post-1")
    assert (shown["text"], shown["study_ids"]) == ("Never mind", [study["id"]])
    assert [event.post.text for event in await running.published(PostUpdated, 1)] == ["Never mind"]


async def test_a_post_may_be_dropped_first_and_wanted_later_in_one_chunk(desk: Desk) -> None:
    await desk.ask(query="refund")

    report = await desk.take(DROP, post(1, text="Hm"), post(1, text="A refund, please"), post(1, text="Hm, hm"))

    assert counts(report) == {"received": 3, "accepted": 1, "updated": 1, "dropped": 1}
    assert (await desk.show("post-1"))["text"] == "Hm, hm"


async def test_an_erased_post_is_rejected_under_every_policy(desk: Desk) -> None:
    await desk.take(KEEP, post(1))
    [shown] = await desk.posts()
    await desk.client.delete(f"/v1/posts/{shown['id']}")

    for destination in (KEEP, SAMPLE, DROP):
        assert counts(await desk.take(destination, post(1))) == {"received": 1, "rejected_count": 1}


async def test_handles_are_kept_only_where_the_terms_of_the_source_allow(desk: Desk, running: Running) -> None:
    allowing = Destination(source_id=SOURCE, keeps_handles=True)

    await desk.take(allowing, post(1, author_handle="zoe", followers=12))
    await desk.take(KEEP, post(2, author_handle="max_the_commuter", followers=12))

    first, second = await desk.posts()
    assert (first["author_handle"], second["author_handle"]) == ("zoe", "")
    assert first["followers"] == second["followers"] == 12
    async with running.runtime.database.session(EVERYWHERE) as session:
        rows = (await session.execute(text("SELECT posts::text FROM posts"))).scalars().all()
    assert not any("max_the_commuter" in row for row in rows)


async def test_private_posts_say_so_in_rest_and_events(desk: Desk, running: Running) -> None:
    study = await desk.ask(query="refund")
    private = Destination(source_id=SOURCE, privacy=Privacy.PRIVATE)

    await desk.take(private, post(1, text="My refund"))
    await desk.send(study, post(2, text="Her refund"))

    assert [each["privacy"] for each in await desk.posts()] == ["private", "public"]
    events = await running.published(PostCollected, 2)
    assert {event.post.external_id: event.post.privacy for event in events} == {
        "post-1": events_pb2.PRIVACY_PRIVATE,
        "post-2": events_pb2.PRIVACY_PUBLIC,
    }


async def test_a_private_copy_makes_a_public_post_private_and_never_the_other_way(desk: Desk, running: Running) -> None:
    study = await desk.ask()
    private = Destination(source_id=SOURCE, privacy=Privacy.PRIVATE)
    await desk.send(study, post(1))

    await desk.take(private, post(1))
    await desk.send(study, post(1))

    assert (await desk.show("post-1"))["privacy"] == "private"
    [event] = await running.published(PostUpdated, 1)
    assert event.post.privacy == events_pb2.PRIVACY_PRIVATE
    assert len(await published(running, PostUpdated)) == 1


async def test_sources_that_share_posts_at_once_store_each_once(desk: Desk) -> None:
    await desk.ask(query="late")
    sources = [Destination(source_id=uuid4(), unmatched=UnmatchedPolicy.DROP) for _ in range(4)]
    batch = [post(number, text="late" if number % 2 else "early") for number in range(100)]

    reports = await asyncio.gather(
        *(desk.take(source, *(batch[::-1] if place % 2 else batch)) for place, source in enumerate(sources))
    )

    assert sum(report["accepted"] for report in reports) == 50
    assert sum(report["duplicates"] for report in reports) == 150
    assert sum(report["dropped"] for report in reports) == 200
    assert len(await desk.posts(limit=200)) == 50
