"""Which studies a post belongs to, and what is published about it."""

import asyncio

from desk import Desk, counts, post, published

from kit.testing import Running
from pourquoi.ingest.v1.events_pb2 import PostCollected, PostUpdated


async def test_a_post_that_is_sent_to_another_study_belongs_to_both(desk: Desk, running: Running) -> None:
    first, second = await desk.ask(), await desk.ask(name="Others")
    await desk.send(first, post(1))

    report = await desk.send(second, post(1))

    assert counts(report) == {"received": 1, "updated": 1}
    [event] = await running.published(PostUpdated, 1)
    assert set(event.post.study_ids) == {first["id"], second["id"]}
    assert (await desk.coverage(first))["posts"] == (await desk.coverage(second))["posts"] == 1


async def test_studies_that_take_the_same_known_post_at_once_both_get_it(desk: Desk, running: Running) -> None:
    origin = await desk.ask()
    others = [await desk.ask(name=f"Other {number}") for number in range(6)]
    await desk.send(origin, post(1))

    await asyncio.gather(*(desk.send(study, post(1)) for study in others))

    events = await running.published(PostUpdated, 6)
    last = max(events, key=lambda event: event.post.revision)
    assert last.post.revision == 7
    assert set(last.post.study_ids) == {study["id"] for study in (origin, *others)}
    assert sorted(event.post.revision for event in events) == list(range(2, 8))


async def test_queries_take_posts_of_the_whole_workspace(desk: Desk) -> None:
    late = await desk.ask(query='late OR "en retard"')
    refunds = await desk.ask(query="refund OR remboursement")
    everything = await desk.ask()

    await desk.send(everything, post(1, text="So late, again"), post(2, text="Where is my refund?"))
    await desk.send(late, post(3, text="Le train est en retard, remboursement svp"))

    assert [each["external_id"] for each in await desk.posts(study_id=late["id"])] == ["post-1", "post-3"]
    assert [each["external_id"] for each in await desk.posts(study_id=refunds["id"])] == ["post-2", "post-3"]
    assert [each["external_id"] for each in await desk.posts(study_id=everything["id"])] == ["post-1", "post-2"]


async def test_a_post_that_no_study_takes_is_kept_and_not_published(desk: Desk, running: Running) -> None:
    study = await desk.ask(query="refund")

    report = await desk.send(study, post(1, text="Nice weather"), post(2, text="A refund, please"))

    assert counts(report) == {"received": 2, "accepted": 2, "unmatched": 1}
    assert len(await desk.posts()) == 2
    assert (await desk.coverage(study))["posts"] == 1
    [event] = await running.published(PostCollected, 1)
    assert event.post.external_id == "post-2"
    assert len(await published(running, PostCollected)) == 1


async def test_a_study_may_bound_languages_platforms_and_time(desk: Desk) -> None:
    study = await desk.ask(
        languages=["fr"], platforms=["x"], since="2026-11-05T00:00:00Z", until="2026-11-10T00:00:00Z"
    )

    await desk.send(
        study,
        post(1, language="fr", published_at="2026-11-05T00:00:00Z"),
        post(2, language="fr-CA", published_at="2026-11-09T23:59:59Z"),
        post(3, language="", published_at="2026-11-07T00:00:00Z"),
        post(4, language="en", published_at="2026-11-07T00:00:00Z"),
        post(5, language="fr", published_at="2026-11-07T00:00:00Z", platform="forum"),
        post(6, language="fr", published_at="2026-11-04T23:59:59Z"),
        post(7, language="fr", published_at="2026-11-10T00:00:00Z"),
    )

    taken = [each["external_id"] for each in await desk.posts(study_id=study["id"])]
    assert taken == ["post-1", "post-2", "post-3"]
