"""Copies over REST."""

from uuid import UUID

from ingest.copies.service import CopyService
from ingest.posts.schemas import PostView
from kit.rest import Page, Paging, ReadSession, Router

router = Router(prefix="/v1", tags=["posts"])


@router.get("/posts/{post_id}/copies")
async def list_copies(post_id: UUID, session: ReadSession, paging: Paging) -> Page[PostView]:
    """List the posts that say nearly the same as a post, itself among them, in the order of their arrival.

    They are those with the same `copy_of`. Count `author_id` to see how many people passed the text on.
    """
    after = UUID(paging.after["id"]) if paging.after else None
    posts = await CopyService(session).list_like(post_id, after, paging.fetch)
    return paging.page(posts, PostView.model_validate, lambda post: {"id": str(post.id)})
