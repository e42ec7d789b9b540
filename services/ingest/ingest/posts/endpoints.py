"""Posts over REST."""

from typing import cast
from uuid import UUID

from fastapi import Query, Request
from starlette.requests import ClientDisconnect

from ingest.posts.batches import BatchIntake
from ingest.posts.bodies import JSON, NDJSON, POSTS_BODY
from ingest.posts.schemas import IntakeReport, PostView
from ingest.posts.service import PostService
from ingest.settings import IngestSettings
from ingest.studies.service import StudyService
from kit.errors import Invalid, Malformed
from kit.rest import CurrentRuntime, Page, Paging, ReadSession, Router, Writer, WriteSession

router = Router(prefix="/v1", tags=["posts"])


@router.post("/studies/{study_id}/posts", openapi_extra=POSTS_BODY)
async def send_posts(study_id: UUID, request: Request, principal: Writer, runtime: CurrentRuntime) -> IntakeReport:
    """Send posts to a study, as a JSON document or as a stream of lines.

    A post is known by its platform and external id: sending it again changes nothing, so that a request may be
    repeated without fear. A wrong line is reported with its number and the others are stored. NDJSON of any length
    is stored while it arrives.
    """
    settings = cast(IngestSettings, runtime.settings)
    intake = BatchIntake(runtime.database, settings, principal.workspace, study_id)
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
    return paging.page(posts, PostView.model_validate, lambda post: {"id": str(post.id)})


@router.get("/posts/{post_id}")
async def get_post(post_id: UUID, session: ReadSession) -> PostView:
    """Show a post; an erased one is not found."""
    return PostView.model_validate(await PostService(session).get(post_id))


@router.delete("/posts/{post_id}", status_code=204)
async def erase_post(post_id: UUID, session: WriteSession) -> None:
    """Erase a post for good.

    Its text goes at once, every service removes what it derived from it, and a copy that is sent later is rejected.
    """
    await PostService(session).erase(post_id)
