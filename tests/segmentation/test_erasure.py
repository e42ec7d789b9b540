"""An erased post is gone from everything that was derived from it, and stays gone."""

from uuid import UUID

from sqlalchemy import text

from kit.db import new_id
from kit.testing import until
from pourquoi.ingest.v1.events_pb2 import AuthorErased, PostErased
from segmentation.segmentations.repository import SegmentationRepository
from tests.segmentation.support.conversations import Conversation
from tests.segmentation.support.desk import Desk


async def kept_of(desk: Desk, post_id: str) -> object:
    async with desk.running.runtime.database.session(desk.workspace) as session:
        query = text("SELECT * FROM posts WHERE id = :id")
        return (await session.execute(query, {"id": UUID(post_id)})).one_or_none()


async def test_nothing_but_the_mark_of_an_erased_post_is_kept(desk: Desk) -> None:
    conversation = Conversation()
    await desk.take_in(conversation)
    erased = conversation.enrichments[0].post_id

    await desk.erase(erased)
    await desk.until_held(conversation.study_id, 129)

    row = await kept_of(desk, erased)
    assert (row.vector, row.keyphrases, row.author_id, row.published_at, row.study_ids) == (b"", [], None, None, [])
    assert row.erased_at is not None


async def test_memberships_and_examples_of_an_erased_post_go_in_every_version(desk: Desk) -> None:
    conversation = Conversation()
    await desk.take_in(conversation)
    first, second = [await desk.segment(conversation.study_id) for _ in range(2)]
    segment = (await desk.segments(second))[0]
    erased, *others = segment["exemplar_post_ids"]

    await desk.erase(erased)
    await desk.until_held(conversation.study_id, 129)

    assert not await desk.memberships(first, erased)
    assert not await desk.memberships(second, erased)
    assert (await desk.get(f"/v1/segments/{segment['id']}"))["exemplar_post_ids"] == others
    listed = (await desk.get(f"/v1/segments/{segment['id']}/posts", limit=500))["items"]
    assert erased not in {post["post_id"] for post in listed}


async def test_an_erased_post_does_not_come_back(desk: Desk) -> None:
    conversation = Conversation()
    await desk.take_in(conversation)
    segmentation = await desk.segment(conversation.study_id)
    again = conversation.enrichments[0]
    await desk.erase(again.post_id)
    await desk.until_held(conversation.study_id, 129)

    again.revision, marker = 9, conversation.near(0)
    await desk.publish(again)
    await desk.publish(marker)

    await desk.until_member(segmentation, marker.post_id)
    assert not await desk.memberships(segmentation, again.post_id)
    assert (await desk.get(f"/v1/studies/{conversation.study_id}/coverage"))["posts"] == 130


async def test_a_post_that_is_erased_before_it_is_enriched_never_appears(desk: Desk) -> None:
    conversation = Conversation()
    erased = conversation.enrichments[0].post_id
    await desk.erase(erased)
    await until(lambda: kept_of(desk, erased))

    await desk.running.publish(*conversation.events())

    await desk.until_held(conversation.study_id, 129)


async def test_the_vector_of_an_erased_voter_does_not_vote_from_memory(desk: Desk) -> None:
    conversation = Conversation()
    await desk.take_in(conversation)
    segmentation = await desk.segment(conversation.study_id)
    await desk.publish(first := conversation.near(0))
    await desk.until_member(segmentation, first.post_id)
    voters = [post_id for post_id, group in conversation.group_of().items() if group == 0]

    await desk.erase(*voters)
    await desk.until_held(conversation.study_id, 131 - len(voters))
    await desk.publish(second := conversation.near(0, seed=2))

    membership = await desk.until_member(segmentation, second.post_id)
    assert membership.segment_id is None
    async with desk.running.runtime.database.session(desk.workspace) as session:
        stored = await SegmentationRepository(session).get(UUID(segmentation["id"]))
    # One step for each batch that the erasures came in.
    assert 1 <= stored.reference_revision <= len(voters)


async def test_erasing_an_unknown_post_or_twice_is_no_error(desk: Desk) -> None:
    conversation = Conversation()
    await desk.take_in(conversation)
    erased = conversation.enrichments[0].post_id

    await desk.erase(erased)
    await desk.until_held(conversation.study_id, 129)
    await desk.erase(erased, erased, conversation.enrichments[1].post_id)

    await desk.until_held(conversation.study_id, 128)


async def test_an_erasure_is_confirmed_whether_or_not_its_posts_were_ever_here(desk: Desk) -> None:
    erasure, posts = str(new_id()), [str(new_id()) for _ in range(3)]
    events = (PostErased(post_id=post_id, erasure_id=erasure) for post_id in posts)
    await desk.running.publish(*events, AuthorErased(author_id=str(new_id()), erasure_id=erasure))

    async def is_confirmed() -> bool:
        answer = await desk.running.client.get(f"/v1/erasures/{erasure}")
        return answer.status_code == 200 and (answer.json()["posts"], answer.json()["status"]) == (3, "confirmed")

    await until(is_confirmed)
    listed = (await desk.running.client.get("/v1/erasures")).json()["items"]
    assert [each["id"] for each in listed] == [erasure]
