"""Posts over REST."""

from datetime import datetime
from typing import cast
from uuid import UUID

from fastapi import Query, Request, Response
from starlette.requests import ClientDisconnect

from ingest.posts.batches import BatchIntake
from ingest.posts.bodies import JSON, NDJSON, POSTS_BODY
from ingest.posts.destinations import Destination
from ingest.posts.schemas import IntakeReport, ObservationView, PostView
from ingest.posts.service import PostService
from ingest.resources import Resources
from ingest.settings import IngestSettings
from ingest.studies.service import StudyService
from kit.errors import Invalid, Malformed
from kit.rest import AdminSession, CurrentRuntime, Page, Paging, ReadSession, Router, Writer

ORIGINAL = "application/octet-stream"

router = Router(prefix="/v1", tags=["posts"])


@router.post("/studies/{study_id}/posts", openapi_extra=POSTS_BODY)
async def send_posts(study_id: UUID, request: Request, principal: Writer, runtime: CurrentRuntime) -> IntakeReport:
    """Send posts to a study, as a JSON document or as a stream of lines.

    A post is known by its platform and external id: sending it again changes nothing, so that a request may be
    repeated without fear. A wrong line is reported with its number and the others are stored. NDJSON of any length
    is stored while it arrives.
    """
    settings = cast(IngestSettings, runtime.settings)
    copies, destination = cast(Resources, runtime.state).copies, Destination.of_study(study_id)
    return await take(request, BatchIntake(runtime.database, settings, copies, principal.workspace, destination))


async def take(request: Request, intake: BatchIntake) -> IntakeReport:
    """Takes the posts of a request, whichever of the two media types it has."""
    media_type = request.headers.get("content-type", JSON).partition(";")[0].strip().lower()
    try:
        if media_type == NDJSON:
            return await intake.take_stream(request.stream())
        if media_type == JSON:
            return await intake.take_document(await request.body())
    except ClientDisconnect:
        raise Malformed("The stream broke off; what had arrived is stored, send the rest again.") from None
    raise Invalid(f"Send {JSON} or {NDJSON}, not {media_type}.")


@router.get("/posts")
async def list_posts(
    session: ReadSession,
    paging: Paging,
    study_id: UUID | None = Query(None, description="Only posts of this study."),
) -> Page[PostView]:
    """List posts in the order of their arrival."""
    if study_id is not None:
        await StudyService(session).get(study_id)
    after = UUID(paging.after["id"]) if paging.after else None
    posts = await PostService(session).list_after(study_id, after, paging.fetch)
    targets = await PostService(session).targets(posts)
    return paging.page(posts, lambda post: PostView.of(post, targets), lambda post: {"id": str(post.id)})


@router.get("/posts/{post_id}")
async def get_post(post_id: UUID, session: ReadSession) -> PostView:
    """Show a post; an erased one is not found."""
    service = PostService(session)
    post = await service.get(post_id)
    return PostView.of(post, await service.targets([post]))


@router.get("/posts/{post_id}/thread")
async def list_thread(post_id: UUID, session: ReadSession, paging: Paging) -> Page[PostView]:
    """List the thread that a post belongs to, in the order of publication; `depth` and `parent_post_id` make the tree.

    Answers whose parent never came here are left out, unless their source names the thread.
    """
    service = PostService(session)
    after = (datetime.fromisoformat(paging.after["at"]), UUID(paging.after["id"])) if paging.after else None
    posts = await service.list_of_thread(post_id, after, paging.fetch)
    targets = await service.targets(posts)
    return paging.page(
        posts,
        lambda post: PostView.of(post, targets),
        lambda post: {"at": post.published_at.isoformat(), "id": str(post.id)},
    )


@router.get("/posts/{post_id}/engagement")
async def list_engagement(post_id: UUID, session: ReadSession, paging: Paging) -> Page[ObservationView]:
    """List how the counts of a post grew, oldest first: one entry for each time that they had changed."""
    after = datetime.fromisoformat(paging.after["observed_at"]) if paging.after else None
    observations = await PostService(session).list_observations(post_id, after, paging.fetch)
    return paging.page(
        observations, ObservationView.model_validate, lambda seen: {"observed_at": seen.observed_at.isoformat()}
    )


@router.get("/posts/{post_id}/raw", response_class=Response, responses={200: {"content": {ORIGINAL: {}}}})
async def get_original(post_id: UUID, session: AdminSession) -> Response:
    """Show the original of a post as its source gave it, with the author's id replaced by the pseudonym."""
    return Response(await PostService(session).original(post_id), media_type=ORIGINAL)
