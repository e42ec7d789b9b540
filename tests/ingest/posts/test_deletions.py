"""What a source says is gone goes at once, and does not come back."""

import asyncio

from desk import Desk, counts, post, published

from ingest.erasures.barring import AUTHOR_ERASED, ERASED
from ingest.posts.destinations import Destination
from ingest.posts.submissions import Deletion
from kit.testing import Running
from pourquoi.ingest.v1.events_pb2 import PostErased

SOURCE = Destination()


async def test_a_deleted_post_is_erased_and_announced(desk: Desk, running: Running) -> None:
    await desk.take(SOURCE, post(1), post(2))
    gone = await desk.show("post-1")

    assert await desk.delete(Deletion("x", "post-1")) == 1

    assert [each["external_id"] for each in await desk.posts()] == ["post-2"]
    assert [event.post_id for event in await running.published(PostErased, 1)] == [gone["id"]]
    assert counts(await desk.take(SOURCE, post(1))) == {"received": 1, "rejected_count": 1}


async def test_deletions_of_what_was_never_here_or_is_gone_announce_nothing(desk: Desk, running: Running) -> None:
    await desk.take(SOURCE, post(1))
    await desk.delete(Deletion("x", "post-1"))

    assert await desk.delete(Deletion("x", "post-1"), Deletion("x", "post-7"), Deletion("x", author="nobody")) == 0

    assert len(await published(running, PostErased)) == 1


async def test_what_was_deleted_before_it_came_stays_away(desk: Desk) -> None:
    await desk.delete(Deletion("x", "post-7"), Deletion("x", author="gone"))

    report = await desk.take(SOURCE, post(7), post(8), post(9, author="gone"))

    assert counts(report) == {"received": 3, "accepted": 1, "unmatched": 1, "rejected_count": 2}
    assert [each["reason"] for each in report["rejected"]] == [ERASED, AUTHOR_ERASED]
    assert [each["external_id"] for each in await desk.posts()] == ["post-8"]


async def test_all_posts_of_a_deleted_author_go_and_no_other(desk: Desk, running: Running) -> None:
    await desk.take(SOURCE, *(post(number, author="me" if number % 3 else "you") for number in range(30)))
    await desk.take(SOURCE, post(99, author="me", platform="forum"))

    assert await desk.delete(Deletion("x", author="me")) == 20

    left = {each["external_id"] for each in await desk.posts()}
    assert left == {"post-99", *(f"post-{number}" for number in range(0, 30, 3))}
    assert len(await published(running, PostErased)) == 20


async def test_a_deletion_reaches_one_workspace_only(running: Running) -> None:
    alpha, beta = Desk(running), Desk(running, "beta")
    await alpha.take(SOURCE, post(1))

    assert await beta.delete(Deletion("x", "post-1"), Deletion("x", author="author-1")) == 0
    assert len(await alpha.posts()) == 1


async def test_the_same_deletions_at_once_are_announced_once(desk: Desk, running: Running) -> None:
    await desk.take(SOURCE, *(post(number) for number in range(50)))
    deletions = [Deletion("x", f"post-{number}") for number in range(50)]

    erased = await asyncio.gather(*(desk.delete(*order) for order in (deletions, deletions[::-1], deletions[25:])))

    assert sum(erased) == 50
    assert len(await published(running, PostErased)) == 50
