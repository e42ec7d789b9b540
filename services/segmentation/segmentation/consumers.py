"""What segmentation consumes: each batch is applied in one transaction per workspace."""

from collections.abc import Awaitable, Callable, Sequence

from kit.db import Database, Session
from kit.events import Consumer, Received, by_workspace
from pourquoi.enrichment.v1.events_pb2 import PostEnriched
from pourquoi.ingest.v1.events_pb2 import AuthorErased, PostErased
from segmentation.memberships.references import References
from segmentation.posts.service import erase_posts, receive_posts

Apply = Callable[[Session, Sequence[Received]], Awaitable[None]]


def consumers(database: Database, references: References) -> list[Consumer]:
    """The consumers of the service, one per publisher."""

    def in_transactions(apply: Apply) -> Callable[[Sequence[Received]], Awaitable[None]]:
        async def handle(batch: Sequence[Received]) -> None:
            for workspace, messages in by_workspace(batch).items():
                async with database.session(workspace) as session:
                    await apply(session, messages)

        return handle

    async def receive(session: Session, batch: Sequence[Received]) -> None:
        await receive_posts(session, batch, references)

    return [
        Consumer("segmentation", (PostEnriched,), in_transactions(receive), batch=500),
        Consumer("segmentation-erasure", (PostErased, AuthorErased), in_transactions(erase_posts)),
    ]
