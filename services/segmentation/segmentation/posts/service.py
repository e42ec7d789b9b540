"""Takes in what enrichment tells of posts, and forgets what was erased."""

from collections.abc import Sequence
from datetime import UTC
from uuid import UUID

from kit.db import Session
from kit.erasures.service import ErasedPosts, ErasureRecords
from kit.events import Received
from pourquoi.enrichment.v1.events_pb2 import PostEnriched, PostEnrichment
from segmentation.memberships.references import References
from segmentation.memberships.repository import MembershipRepository
from segmentation.memberships.service import assign
from segmentation.models import Post
from segmentation.posts.repository import PostRepository
from segmentation.posts.schemas import CoverageView
from segmentation.segments.repository import SegmentRepository


async def receive_posts(session: Session, batch: Sequence[Received], references: References) -> None:
    """Applies a batch of `PostEnriched`; repetitions, older revisions and erased posts change nothing."""
    newest = _newest(batch)
    await MembershipRepository(session).hold_off_publications()
    posts = {post_id: _post(session.workspace, enrichment) for post_id, enrichment in newest.items()}
    news = await PostRepository(session).put(list(posts.values()))
    if news:
        await assign(session, [posts[post_id] for post_id in sorted(news)], references, cause=batch[-1])


async def erase_posts(session: Session, batch: Sequence[Received]) -> None:
    """Applies a batch of `PostErased` and `AuthorErased`: vector, keyphrases and memberships go, and stay gone.

    No event of this service tells of a single post, so that none is taken back unsent: the purge finds those that
    name one of the posts by its id.
    """
    erased = ErasedPosts.of(batch)
    posts = list(erased.moments)
    memberships = MembershipRepository(session)
    await memberships.hold_off_publications()
    if posts:
        await PostRepository(session).erase(erased.moments)
        await memberships.erase(posts)
        await SegmentRepository(session).forget_exemplars(posts)
    await ErasureRecords(session).apply(erased, ())


async def coverage_of(session: Session, study_id: UUID) -> CoverageView:
    """How many distinct posts of a study are held."""
    coverage = await PostRepository(session).coverage(study_id)
    return CoverageView(
        study_id=study_id,
        posts=coverage.posts,
        first_published_at=coverage.first_published_at,
        last_published_at=coverage.last_published_at,
    )


def _newest(batch: Sequence[Received]) -> dict[UUID, PostEnrichment]:
    """The newest word of a batch on each post."""
    newest: dict[UUID, PostEnrichment] = {}
    for received in batch:
        assert isinstance(received.event, PostEnriched)
        enrichment = received.event.enrichment
        known = newest.get(UUID(enrichment.post_id))
        if known is None or known.revision <= enrichment.revision:
            newest[UUID(enrichment.post_id)] = enrichment
    return newest


def _post(workspace: str, enrichment: PostEnrichment) -> Post:
    has_time = enrichment.HasField("published_at")
    return Post(
        workspace_id=workspace,
        id=UUID(enrichment.post_id),
        revision=enrichment.revision,
        author_id=UUID(enrichment.author_id),
        published_at=enrichment.published_at.ToDatetime(tzinfo=UTC) if has_time else None,
        study_ids=[UUID(study_id) for study_id in enrichment.study_ids],
        model=enrichment.model,
        vector=enrichment.vector,
        keyphrases=list(enrichment.keyphrases),
        erased_at=None,
    )
