"""What enrichment asks of ingest: the texts that coders are shown, which are not kept here."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from kit.rpc import Client
from kit.settings import ServiceSettings
from pourquoi.ingest.v1.ingest_pb2 import BatchGetPostsRequest
from pourquoi.ingest.v1.ingest_pb2_grpc import IngestServiceStub

POSTS_PER_CALL = 500
POSTS_SECONDS = 5.0


class IngestClient:
    """Ingest over gRPC; raises `Unavailable` while it is away."""

    def __init__(self, target: str, settings: ServiceSettings) -> None:
        self._client = Client(target, IngestServiceStub, settings)

    async def texts(self, workspace: str, post_ids: Sequence[UUID]) -> dict[UUID, str]:
        """The texts of posts by id, without those that are unknown or erased."""
        found: dict[UUID, str] = {}
        for start in range(0, len(post_ids), POSTS_PER_CALL):
            request = BatchGetPostsRequest(ids=map(str, post_ids[start : start + POSTS_PER_CALL]))
            response = await self._client.call("BatchGetPosts", request, workspace, POSTS_SECONDS)
            found |= {UUID(post.id): post.text for post in response.posts}
        return found

    async def aclose(self) -> None:
        """Closes the channel."""
        await self._client.close()
