"""From posts to a published segmentation."""

from uuid import UUID

import pytest

from kit.db import new_id
from kit.testing import Launch
from pourquoi.segmentation.v1.events_pb2 import SEGMENT_KIND_TOPIC, MembershipChanged, SegmentationPublished
from segmentation.app import service
from tests.segmentation.support.conversations import Conversation
from tests.segmentation.support.desk import Desk
from tests.segmentation.support.peers import Ingest


async def test_a_study_is_segmented_by_topic(desk: Desk) -> None:
    conversation = Conversation()
    await desk.take_in(conversation)

    segmentation = await desk.segment(conversation.study_id)

    segments = await desk.segments(segmentation)
    assert [segment["label"] for segment in segments] == ["lost luggage", "late flight", "rude staff"]
    assert [segment["size"] for segment in segments] == pytest.approx([60, 40, 30], rel=0.15)
    assert segmentation["version"] == 1
    assert segmentation["posts"] == 130
    assert segmentation["abstained"] == 130 - sum(segment["size"] for segment in segments)
    assert segmentation["stability"] > 0.95
    assert all(segment["stability"] > 0.9 for segment in segments)


async def test_segments_are_listed_by_the_number_of_their_posts_copies_included(desk: Desk) -> None:
    conversation = Conversation()
    smallest = conversation.enrichments[conversation.groups.index(2)]
    conversation.enrichments.extend(conversation.copy_of(smallest) for _ in range(100))
    await desk.take_in(conversation)

    segmentation = await desk.segment(conversation.study_id)

    segments = await desk.segments(segmentation)
    assert [segment["label"] for segment in segments] == ["rude staff", "lost luggage", "late flight"]
    assert segments[0]["size"] == pytest.approx(130, rel=0.1)
    (published,) = await desk.running.published(SegmentationPublished, 1)
    assert [segment.id for segment in published.segmentation.segments] == [segment["id"] for segment in segments]


async def test_posts_of_a_segment_are_those_of_one_group(desk: Desk) -> None:
    conversation = Conversation()
    await desk.take_in(conversation)
    segmentation = await desk.segment(conversation.study_id)

    group_of = conversation.group_of()
    for segment in await desk.segments(segmentation):
        listed = (await desk.get(f"/v1/segments/{segment['id']}/posts", limit=500))["items"]
        assert len(listed) == segment["size"]
        assert len({group_of[post["post_id"]] for post in listed}) == 1
        assert set(segment["exemplar_post_ids"]) <= {post["post_id"] for post in listed}
        assert await desk.get(f"/v1/segments/{segment['id']}") == segment


async def test_pages_of_posts_hold_each_post_once_strongest_first(desk: Desk) -> None:
    conversation = Conversation(noise=1.5)
    await desk.take_in(conversation)
    largest = (await desk.segments(await desk.segment(conversation.study_id)))[0]

    listed, cursor = [], None
    while cursor is not None or not listed:
        query = {"limit": 7} | ({"cursor": cursor} if cursor else {})
        page = await desk.get(f"/v1/segments/{largest['id']}/posts", **query)
        listed.extend(page["items"])
        cursor = page["next_cursor"]

    assert len({post["post_id"] for post in listed}) == len(listed) == largest["size"]
    strengths = [post["strength"] for post in listed]
    assert strengths == sorted(strengths, reverse=True)
    assert len(set(strengths)) > 1


async def test_the_events_tell_of_every_membership_and_then_of_the_segmentation(desk: Desk) -> None:
    conversation = Conversation(sizes=(300, 200, 130))
    await desk.take_in(conversation)
    segmentation = await desk.segment(conversation.study_id)

    (published,) = await desk.running.published(SegmentationPublished, 1)
    changes = await desk.running.published(MembershipChanged, 2)

    told = [membership for change in changes for membership in change.memberships]
    assert [len(change.memberships) for change in changes] == [500, 130]
    assert {membership.post_id for membership in told} == set(conversation.group_of())
    message = published.segmentation
    assert (message.id, message.version, message.kind) == (segmentation["id"], 1, SEGMENT_KIND_TOPIC)
    assert (message.posts, message.abstained) == (630, sum(not membership.segment_id for membership in told))
    for segment in message.segments:
        assert segment.size == sum(membership.segment_id == segment.id for membership in told)
    envelopes = await desk.running.envelopes("segmentation")
    assert envelopes[-1].headers["ce-type"] == SegmentationPublished.DESCRIPTOR.full_name


async def test_each_segmentation_of_a_study_is_a_new_version(desk: Desk) -> None:
    conversation, other = Conversation(), Conversation(seed=1)
    await desk.take_in(conversation)
    await desk.take_in(other)

    first = await desk.segment(conversation.study_id)
    second = await desk.segment(conversation.study_id)
    elsewhere = await desk.segment(other.study_id)

    assert [each["version"] for each in (first, second, elsewhere)] == [1, 2, 1]
    listed = await desk.get(f"/v1/studies/{conversation.study_id}/segmentations")
    assert listed["items"] == [second, first]
    assert [each["size"] for each in await desk.segments(first)] == [
        each["size"] for each in await desk.segments(second)
    ]


async def test_two_jobs_at_once_give_two_versions(desk: Desk, launch: Launch, ingest: Ingest) -> None:
    conversation = Conversation()
    await desk.take_in(conversation)
    settings = desk.running.runtime.settings
    async with launch(service, ingest_target=ingest.target, database_url=settings.database_url):
        jobs = [await desk.request(conversation.study_id) for _ in range(2)]
        results = [(await desk.until_ended(job["id"]))["result"] for job in jobs]

    assert {result["version"] for result in results} == {1, 2}


async def test_a_chosen_resolution_is_used_and_shown(desk: Desk) -> None:
    conversation = Conversation(noise=1.0)
    await desk.take_in(conversation)

    segmentation = await desk.segment(conversation.study_id, resolution=4.0)

    assert segmentation["resolution"] == 4.0
    assert len(await desk.segments(segmentation)) > 3


async def test_the_job_tells_how_far_it_is(desk: Desk) -> None:
    conversation = Conversation()
    await desk.take_in(conversation)

    job = await desk.until_ended((await desk.request(conversation.study_id))["id"])

    assert job["progress"] == {"done": 5, "total": 5}
    assert job["result"] == {
        "segmentation_id": job["id"],
        "version": 1,
        "posts": 130,
        "abstained": job["result"]["abstained"],
    }


async def test_a_larger_study_is_segmented_by_a_sample_and_nobody_is_left_out(launch: Launch, ingest: Ingest) -> None:
    async with launch(service, ingest_target=ingest.target, posts_at_most=120) as running:
        desk = Desk(running, ingest)
        conversation = Conversation(sizes=(200, 150, 50))
        await desk.take_in(conversation)

        segmentation = await desk.segment(conversation.study_id)

        assert segmentation["posts"] == 400
        assert segmentation["abstained"] < 60
        sizes = [segment["size"] for segment in await desk.segments(segmentation)]
        assert sizes == pytest.approx([200, 150, 50], rel=0.2)


async def test_too_few_posts_are_refused_with_their_number(desk: Desk) -> None:
    conversation = Conversation(sizes=(10, 10))
    await desk.take_in(conversation)

    problem = await desk.request(conversation.study_id, status=409)

    assert "at least 30 posts, and 20 of this study have arrived" in problem["detail"]


async def test_a_study_of_copies_ends_in_a_failed_job_that_says_so(desk: Desk) -> None:
    conversation = Conversation(sizes=(60,))
    for enrichment in conversation.enrichments:
        enrichment.vector = conversation.enrichments[0].vector
    await desk.take_in(conversation)

    job = await desk.until_ended((await desk.request(conversation.study_id))["id"])

    assert job["status"] == "failed"
    assert job["error"] == "Topics need at least 30 different texts; the study has 1."


async def test_an_unknown_study_is_not_found(desk: Desk) -> None:
    study_id = new_id()

    problem = await desk.request(study_id, status=404)

    assert problem["detail"] == f"No study has the id {study_id} in this workspace."
    await desk.get(f"/v1/studies/{study_id}/segmentations", status=404)


async def test_while_ingest_is_away_no_job_is_promised(desk: Desk) -> None:
    conversation = Conversation()
    await desk.take_in(conversation)
    desk.ingest.is_away = True

    problem = await desk.request(conversation.study_id, status=503)

    assert problem["detail"] == "The service ingest does not answer; try again in a moment."
    assert (await desk.get("/v1/jobs"))["items"] == []


async def test_while_ingest_is_away_a_study_without_posts_is_taken_for_a_new_one(desk: Desk) -> None:
    desk.ingest.is_away = True
    study_id = new_id()

    problem = await desk.request(study_id, status=409)

    assert "and 0 of this study have arrived" in problem["detail"]
    assert (await desk.get(f"/v1/studies/{study_id}/segmentations"))["items"] == []


@pytest.mark.parametrize("body", [{"resolution": 0}, {"resolution": "fine"}, {"kind": "audience"}, {"colour": 1}])
async def test_a_request_that_makes_no_sense_is_refused(desk: Desk, body: dict[str, object]) -> None:
    await desk.request(new_id(), status=422, **body)


async def test_posts_of_another_encoder_abstain(desk: Desk) -> None:
    conversation = Conversation()
    strangers = Conversation(sizes=(20,), study_id=conversation.study_id, model="another@2")
    await desk.take_in(conversation)
    await desk.publish(*strangers.enrichments)
    await desk.until_held(conversation.study_id, 150)

    segmentation = await desk.segment(conversation.study_id)

    assert segmentation["posts"] == 150
    assert segmentation["model"] == conversation.model
    found = await desk.memberships(segmentation, *strangers.group_of())
    assert {each.segment_id for each in found.values()} == {None}


async def test_posts_of_another_study_stay_outside(desk: Desk) -> None:
    conversation, other = Conversation(), Conversation(seed=5)
    both = other.near(0)
    both.study_ids.append(str(conversation.study_id))
    await desk.take_in(conversation)
    await desk.take_in(other)
    await desk.publish(both)
    await desk.until_held(conversation.study_id, 131)

    segmentation = await desk.segment(conversation.study_id)

    assert segmentation["posts"] == 131
    assert both.post_id in await desk.memberships(segmentation, both.post_id)
    assert not await desk.memberships(segmentation, *other.group_of())


async def test_coverage_counts_distinct_posts(desk: Desk) -> None:
    conversation = Conversation()
    await desk.take_in(conversation)
    await desk.take_in(conversation)

    coverage = await desk.get(f"/v1/studies/{conversation.study_id}/coverage")

    times = sorted(each.published_at.ToJsonString() for each in conversation.enrichments)
    assert coverage == {
        "study_id": str(conversation.study_id),
        "posts": 130,
        "first_published_at": times[0],
        "last_published_at": times[-1],
    }
    unknown = await desk.get(f"/v1/studies/{UUID(int=7)}/coverage")
    assert (unknown["posts"], unknown["first_published_at"]) == (0, None)
