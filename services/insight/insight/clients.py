"""What insight asks of ingest: the texts behind its quotes, and whether a study exists."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from kit.errors import NotFound
from kit.rpc import Client
from kit.settings import ServiceSettings
from pourquoi.ingest.v1.events_pb2 import PRIVACY_PRIVATE, Post
from pourquoi.ingest.v1.ingest_pb2 import BatchGetPostsRequest, GetStudyRequest
from pourquoi.ingest.v1.ingest_pb2_grpc import IngestServiceStub

POSTS_PER_CALL = 500
POSTS_SECONDS = 10.0
STUDY_SECONDS = 2.0


@dataclass(frozen=True)
class PostText:
    """What a quote needs of a post."""

    text: str
    platform: str
    published_at: datetime


class IngestClient:
    """Ingest over gRPC; raises `Unavailable` while it is away."""

    def __init__(self, target: str, settings: ServiceSettings) -> None:
        self._client = Client(target, IngestServiceStub, settings)

    async def quotable_posts(self, workspace: str, post_ids: Sequence[UUID]) -> dict[UUID, PostText]:
        """The posts by id, without unknown, erased and private ones: those are never quoted word by word."""
        found: dict[UUID, PostText] = {}
        for start in range(0, len(post_ids), POSTS_PER_CALL):
            ids = [str(post_id) for post_id in post_ids[start : start + POSTS_PER_CALL]]
            response = await self._client.call("BatchGetPosts", BatchGetPostsRequest(ids=ids), workspace, POSTS_SECONDS)
            found |= {UUID(post.id): _text_of(post) for post in response.posts if post.privacy != PRIVACY_PRIVATE}
        return found

    async def has_study(self, workspace: str, study_id: UUID) -> bool:
        """Whether the workspace has a study with this id."""
        try:
            await self._client.call("GetStudy", GetStudyRequest(id=str(study_id)), workspace, STUDY_SECONDS)
        except NotFound:
            return False
        return True

    async def aclose(self) -> None:
        """Closes the channel."""
        await self._client.close()


def _text_of(post: Post) -> PostText:
    return PostText(post.text, post.platform, post.published_at.ToDatetime(tzinfo=UTC))
