"""What enrichment asks of ingest: the texts of posts that are to be read again, and what studies ask for."""

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
STUDY_SECONDS = 2.0


class IngestClient:
    """Ingest over gRPC; raises `Unavailable` while it is away."""

    def __init__(self, target: str, settings: ServiceSettings) -> None:
        self._client = Client(target, IngestServiceStub, settings)

    async def list_posts(self, workspace: str, post_ids: Sequence[UUID]) -> list[Post]:
        """The posts in the order of the ids; unknown and erased ones are left out."""
        request = BatchGetPostsRequest(ids=map(str, post_ids))
        response = await self._client.call("BatchGetPosts", request, workspace, POSTS_SECONDS)
        return list(response.posts)

    async def get_study(self, workspace: str, study_id: UUID) -> Study:
        """One study; raises `NotFound` where the workspace has none with this id."""
        response = await self._client.call("GetStudy", GetStudyRequest(id=str(study_id)), workspace, STUDY_SECONDS)
        return cast(Study, response.study)

    async def aclose(self) -> None:
        """Closes the channel."""
        await self._client.close()
