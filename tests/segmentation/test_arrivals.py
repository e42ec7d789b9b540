"""Posts that arrive after, and while, a study is segmented."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import text

from kit.db import Database, new_id
from kit.events import Received
from kit.jobs import JobContext
from kit.testing import ALPHA, until
from pourquoi.enrichment.v1.events_pb2 import PostEnriched, PostEnrichment
from pourquoi.segmentation.v1.events_pb2 import MembershipChanged
from segmentation.memberships.references import References
from segmentation.posts.service import receive_posts
from segmentation.segmentations.jobs import SegmentJob
from segmentation.segmentations.service import JOB
from tests.segmentation.support.conversations import Conversation
from tests.segmentation.support.desk import Desk, Json

Happenings = dict[int, Callable[[], Awaitable[None]]]


@dataclass
class InterruptedContext(JobContext):
    """A job context that lets something happen before the step that reports so much progress."""

    happen: Happenings = field(default_factory=dict)

    async def advance(self, done: int, total: int | None = None, state: Json | None = None) -> None:
        if done in self.happen:
            await self.happen[done]()

    async def advance_within(self, session: object, done: int, *_: object) -> None:
        """The job of these tests is in no queue."""


async def segment_while(desk: Desk, conversation: Conversation, happen: Happenings) -> Json:
    """Runs the job of a study while other things happen; gives the segmentation."""
    runtime = desk.running.runtime
    parameters = {"study_id": str(conversation.study_id), "kind": "topic", "resolution": None}
    context = InterruptedContext(runtime.database, new_id(), JOB, ALPHA, parameters, {}, 1, happen)
    await SegmentJob(runtime.database, runtime.settings).run(context)
    return await desk.get(f"/v1/segmentations/{context.id}")


async def labels(desk: Desk, segmentation: Json) -> dict[UUID | None, str]:
    return {None: "none"} | {UUID(each["id"]): each["label"] for each in await desk.segments(segmentation)}


async def test_a_new_post_joins_the_segment_of_its_neighbours(desk: Desk) -> None:
    conversation = Conversation()
    await desk.take_in(conversation)
    segmentation = await desk.segment(conversation.study_id)
    arriving = conversation.near(1)

    await desk.publish(arriving)

    membership = await desk.until_member(segmentation, arriving.post_id)
    assert (await labels(desk, segmentation))[membership.segment_id] == "late flight"
    assert membership.strength > 0.9
    assert not membership.is_reference


async def test_a_new_post_that_fits_nowhere_gets_a_membership_without_segment(desk: Desk) -> None:
    conversation = Conversation()
    await desk.take_in(conversation)
    segmentation = await desk.segment(conversation.study_id)
    arriving = conversation.far()

    await desk.publish(arriving)

    membership = await desk.until_member(segmentation, arriving.post_id)
    assert (membership.segment_id, membership.strength) == (None, 0.0)


async def test_the_event_of_an_arrival_tells_of_that_post_only(desk: Desk) -> None:
    conversation = Conversation()
    await desk.take_in(conversation)
    segmentation = await desk.segment(conversation.study_id)
    arriving = conversation.near(0)

    await desk.publish(arriving)

    change = (await desk.running.published(MembershipChanged, 2))[1]
    assert [each.post_id for each in change.memberships] == [arriving.post_id]
    assert (change.study_id, change.segmentation_id) == (str(conversation.study_id), segmentation["id"])


async def test_arrivals_do_not_move_the_published_segments(desk: Desk) -> None:
    conversation = Conversation()
    await desk.take_in(conversation)
    segmentation = await desk.segment(conversation.study_id)
    before = await desk.segments(segmentation)
    arriving = [conversation.near(0, seed=seed) for seed in range(20)]

    await desk.publish(*arriving)
    for post in arriving:
        await desk.until_member(segmentation, post.post_id)

    assert await desk.segments(segmentation) == before
    assert await desk.get(f"/v1/segmentations/{segmentation['id']}") == segmentation


async def test_only_the_newest_version_takes_new_posts(desk: Desk) -> None:
    conversation = Conversation()
    await desk.take_in(conversation)
    first, second = [await desk.segment(conversation.study_id) for _ in range(2)]
    arriving = conversation.near(0)

    await desk.publish(arriving)

    await desk.until_member(second, arriving.post_id)
    assert not await desk.memberships(first, arriving.post_id)


async def test_a_changed_post_moves_and_an_older_revision_does_not_bring_it_back(desk: Desk) -> None:
    conversation = Conversation()
    await desk.take_in(conversation)
    segmentation = await desk.segment(conversation.study_id)
    names = await labels(desk, segmentation)
    original = conversation.enrichments[conversation.groups.index(0)]
    changed = PostEnrichment()
    changed.CopyFrom(original)
    changed.vector, changed.revision = conversation.near(2).vector, 2

    await desk.publish(changed)

    async def moved() -> bool:
        (found,) = (await desk.memberships(segmentation, original.post_id)).values()
        return names[found.segment_id] == "rude staff"

    await until(moved)
    marker = conversation.near(1)
    await desk.publish(original, marker)
    await desk.until_member(segmentation, marker.post_id)
    assert await moved()


async def test_posts_that_are_linked_to_another_study_go_on_voting_in_their_first_one(desk: Desk) -> None:
    conversation = Conversation()
    await desk.take_in(conversation)
    segmentation = await desk.segment(conversation.study_id)
    other = new_id()
    for enrichment in conversation.enrichments:
        enrichment.revision = 2
        enrichment.study_ids.append(str(other))

    await desk.publish(*conversation.enrichments)
    await desk.until_held(other, 130)

    memberships = await desk.memberships(segmentation, *conversation.group_of())
    assert sum(each.is_reference for each in memberships.values()) > 100
    assert {each.revision for each in memberships.values()} == {2}


async def test_a_post_that_comes_again_changes_nothing_and_is_not_told_again(desk: Desk) -> None:
    conversation = Conversation()
    await desk.take_in(conversation)
    segmentation = await desk.segment(conversation.study_id)
    arriving, marker = conversation.near(1), conversation.near(0)
    await desk.publish(arriving)
    await desk.until_member(segmentation, arriving.post_id)

    await desk.publish(arriving, arriving)
    await desk.publish(marker)
    await desk.until_member(segmentation, marker.post_id)

    changes = await desk.running.published(MembershipChanged, 3)
    told = [membership.post_id for change in changes for membership in change.memberships]
    assert told.count(arriving.post_id) == 1
    assert len(told) == len(conversation.enrichments) + 2


async def test_posts_that_arrive_while_the_job_computes_are_assigned(desk: Desk) -> None:
    conversation = Conversation()
    await desk.take_in(conversation)
    early, late = conversation.near(0), conversation.near(1)

    async def arrive(post: PostEnrichment, total: int) -> None:
        await desk.publish(post)
        await desk.until_held(conversation.study_id, total)

    segmentation = await segment_while(
        desk, conversation, {2: lambda: arrive(early, 131), 4: lambda: arrive(late, 132)}
    )

    assert segmentation["posts"] == 132
    found, names = await desk.memberships(segmentation, early.post_id, late.post_id), await labels(desk, segmentation)
    assert names[found[early.post_id].segment_id] == "lost luggage"
    assert names[found[late.post_id].segment_id] == "late flight"


async def test_what_changes_or_goes_while_the_job_computes_is_not_published_as_it_was(desk: Desk) -> None:
    conversation = Conversation()
    await desk.take_in(conversation)
    moved, erased = (conversation.enrichments[conversation.groups.index(group)] for group in (0, 1))
    moved.vector, moved.revision = conversation.near(2).vector, 2

    async def change() -> None:
        await desk.publish(moved)
        await desk.erase(erased.post_id)
        await desk.until_held(conversation.study_id, 129)
        async with desk.running.runtime.database.session(ALPHA) as session:
            query = text("SELECT revision FROM posts WHERE id = :id")

            async def is_newer() -> bool:
                return bool((await session.execute(query, {"id": UUID(moved.post_id)})).scalar_one() == 2)

            await until(is_newer)

    segmentation = await segment_while(desk, conversation, {4: change})

    found, names = await desk.memberships(segmentation, moved.post_id, erased.post_id), await labels(desk, segmentation)
    assert segmentation["posts"] == 129
    assert names[found[moved.post_id].segment_id] == "rude staff"
    assert erased.post_id not in found
    exemplars = {post_id for each in await desk.segments(segmentation) for post_id in each["exemplar_post_ids"]}
    assert not exemplars & {moved.post_id, erased.post_id}


async def test_voters_that_a_failed_transaction_has_read_are_still_of_use(desk: Desk) -> None:
    conversation = Conversation()
    await desk.take_in(conversation)
    segmentation = await desk.segment(conversation.study_id)
    database, references = desk.running.runtime.database, References(1)
    async with database.open(ALPHA) as session:
        await receive_posts(session, [received(conversation.near(0))], references)
        await session.rollback()
    arriving = conversation.near(1)

    async with database.session(ALPHA) as session:
        await receive_posts(session, [received(arriving)], references)

    assert arriving.post_id in await desk.memberships(segmentation, arriving.post_id)


async def test_a_publication_waits_for_posts_that_are_being_stored(desk: Desk) -> None:
    """The race: a post is stored before the publication and committed after it has looked for late posts."""
    conversation = Conversation()
    await desk.take_in(conversation)
    database, arriving = desk.running.runtime.database, conversation.near(0)
    async with database.session(ALPHA) as session:
        await receive_posts(session, [received(arriving)], References(1))
        publication = asyncio.create_task(segment_while(desk, conversation, {}))
        await until(lambda: waits_for_a_lock(database))
        assert not publication.done()
    segmentation = await publication

    assert segmentation["posts"] == 131
    assert arriving.post_id in await desk.memberships(segmentation, arriving.post_id)


def received(enrichment: PostEnrichment) -> Received:
    from opentelemetry.context import Context

    return Received(PostEnriched(enrichment=enrichment), str(new_id()), ALPHA, "live", Context())


async def waits_for_a_lock(database: Database) -> bool:
    async with database.engine.connect() as connection:
        query = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        return bool((await connection.execute(query)).scalar_one())
