"""What insight consumes: each batch is applied in one transaction per workspace."""

from collections.abc import Awaitable, Callable, Sequence

from insight.erasures.service import erase_posts
from insight.memberships.service import apply_segmentation
from insight.rollups.service import count_posts
from insight.settings import InsightSettings
from kit.db import Database, Session
from kit.events import Consumer, Received, by_workspace
from pourquoi.enrichment.v1.events_pb2 import PostEnriched
from pourquoi.ingest.v1.events_pb2 import AuthorErased, PostErased
from pourquoi.segmentation.v1.events_pb2 import MembershipChanged, SegmentationPublished

Apply = Callable[[Session, Sequence[Received], InsightSettings], Awaitable[None]]


def consumers(database: Database, settings: InsightSettings) -> list[Consumer]:
    """The consumers of the service, one per publisher."""

    def in_transactions(apply: Apply) -> Callable[[Sequence[Received]], Awaitable[None]]:
        async def handle(batch: Sequence[Received]) -> None:
            for workspace, messages in by_workspace(batch).items():
                async with database.session(workspace) as session:
                    await apply(session, messages, settings)

        return handle

    return [
        Consumer("insight-enrichment", (PostEnriched,), in_transactions(count_posts), batch=500),
        Consumer(
            "insight-segmentation",
            (SegmentationPublished, MembershipChanged),
            in_transactions(apply_segmentation),
            batch=20,
        ),
        Consumer("insight-erasure", (PostErased, AuthorErased), in_transactions(erase_posts)),
    ]
