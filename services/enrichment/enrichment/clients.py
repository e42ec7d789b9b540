"""What enrichment asks of ingest: posts to read again, texts that coders are shown, and what studies ask for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast
from uuid import UUID

from kit.rpc import Client
from kit.settings import ServiceSettings
from pourquoi.ingest.v1.events_pb2 import Post, Study
from pourquoi.ingest.v1.ingest_pb2 import BatchGetPostsRequest, GetStudyRequest
from pourquoi.ingest.v1.ingest_pb2_grpc import IngestServiceStub

POSTS_SECONDS = 20.0
POSTS_PER_CALL = 500
SHOWING_SECONDS = 5.0
STUDY_SECONDS = 2.0


class IngestClient:
    """Ingest over gRPC; raises `Unavailable` while it is away."""

    def __init__(self, target: str, settings: ServiceSettings) -> None:
        self._client = Client(target, IngestServiceStub, settings)

    async def list_posts(
        self, workspace: str, post_ids: Sequence[UUID], timeout_seconds: float = POSTS_SECONDS
    ) -> list[Post]:
        """The posts in the order of the ids; unknown and erased ones are left out."""
        request = BatchGetPostsRequest(ids=map(str, post_ids))
        response = await self._client.call("BatchGetPosts", request, workspace, timeout_seconds)
        return list(response.posts)

    async def texts(self, workspace: str, post_ids: Sequence[UUID]) -> dict[UUID, str]:
        """The texts of posts by id, for somebody who waits; unknown and erased posts are left out."""
        found: dict[UUID, str] = {}
        for start in range(0, len(post_ids), POSTS_PER_CALL):
            posts = await self.list_posts(workspace, post_ids[start : start + POSTS_PER_CALL], SHOWING_SECONDS)
            found |= {UUID(post.id): post.text for post in posts}
        return found

    async def get_study(self, workspace: str, study_id: UUID) -> Study:
        """One study; raises `NotFound` where the workspace has none with this id."""
        response = await self._client.call("GetStudy", GetStudyRequest(id=str(study_id)), workspace, STUDY_SECONDS)
        return cast(Study, response.study)

    async def aclose(self) -> None:
        """Closes the channel."""
        await self._client.close()
