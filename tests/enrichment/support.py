"""What several tests of posts say and ask."""

from datetime import UTC, datetime
from uuid import UUID

from enrichment.enrichments.repository import EnrichmentRepository
from kit.testing import Running
from pourquoi.enrichment.v1.events_pb2 import PostEnriched, PostEnrichment
from pourquoi.ingest.v1.events_pb2 import Post

COMPLAINT = "My flight was cancelled and I have been on hold for hours because nobody answers. Worst airline ever!"


async def enriched(running: Running, count: int) -> list[PostEnrichment]:
    """The enrichments that were published, in order, once there are so many."""
    return [event.enrichment for event in await running.published(PostEnriched, count)]


async def erase(running: Running, post: Post) -> None:
    """Erases the post as its event would."""
    async with running.runtime.database.session("alpha") as session:
        await EnrichmentRepository(session).erase({UUID(post.id): datetime.now(UTC)})
