"""What ingest answers over gRPC."""

from uuid import UUID

from ingest.posts.messages import post_message
from ingest.posts.service import PostService
from ingest.studies.messages import study_message
from ingest.studies.service import StudyService
from kit.errors import Invalid
from kit.rpc import rpc_session, uuid_of
from pourquoi.ingest.v1 import ingest_pb2 as pb
from pourquoi.ingest.v1.ingest_pb2_grpc import IngestServiceServicer

MOST_IDS = 1_000
MOST_POSTS = 1_000
USUAL_POSTS = 100


class IngestServicer(IngestServiceServicer):
    """Studies and posts of the caller's workspace."""

    async def BatchGetPosts(  # noqa: N802 - the name is the contract's
        self, request: pb.BatchGetPostsRequest, context: object
    ) -> pb.BatchGetPostsResponse:
        """Posts by id, in the order asked for."""
        if len(request.ids) > MOST_IDS:
            raise Invalid(f"At most {MOST_IDS:,} ids may be asked for at once.")
        ids = [uuid_of(post_id, "ids") for post_id in request.ids]
        async with rpc_session(context) as session:
            posts = await PostService(session).get_many(ids)
        return pb.BatchGetPostsResponse(posts=[post_message(post) for post in posts])

    async def ListPosts(  # noqa: N802
        self, request: pb.ListPostsRequest, context: object
    ) -> pb.ListPostsResponse:
        """Posts of a study in the order of their arrival."""
        if not 0 <= request.page_size <= MOST_POSTS:
            raise Invalid(f"page_size must be 0 to {MOST_POSTS:,}.")
        study_id, limit = uuid_of(request.study_id, "study_id"), request.page_size or USUAL_POSTS
        after = _after(request.page_token)
        async with rpc_session(context) as session:
            await StudyService(session).get(study_id)
            posts = await PostService(session).list_after(study_id, after, limit + 1)
        token = posts[limit - 1].id.hex if len(posts) > limit else ""
        return pb.ListPostsResponse(posts=[post_message(post) for post in posts[:limit]], next_page_token=token)

    async def GetStudy(  # noqa: N802
        self, request: pb.GetStudyRequest, context: object
    ) -> pb.GetStudyResponse:
        """One study."""
        study_id = uuid_of(request.id, "id")
        async with rpc_session(context) as session:
            study = await StudyService(session).get(study_id)
        return pb.GetStudyResponse(study=study_message(study))


def _after(page_token: str) -> UUID | None:
    return uuid_of(page_token, "page_token") if page_token else None
