"""Erasures over REST."""

from typing import cast
from uuid import UUID

from fastapi import Response

from ingest.erasures.requests import Wish
from ingest.erasures.schemas import ErasureRequest, ErasureView
from ingest.erasures.service import ErasureService
from ingest.settings import IngestSettings
from kit.db import Session
from kit.rest import AdminSession, CurrentPrincipal, CurrentRuntime, Page, Paging, ReadSession, Router
from kit.runtime import Runtime

router = Router(prefix="/v1", tags=["erasures"])


@router.post("/erasures", status_code=202)
async def start_erasure(
    wanted: ErasureRequest,
    session: AdminSession,
    principal: CurrentPrincipal,
    runtime: CurrentRuntime,
    response: Response,
) -> ErasureView:
    """Erase posts, or an author with every post, for good.

    Posts go at once, those of an author with many posts one batch after the other. Nothing of them comes back: copies
    and, of an author, later posts are rejected. Every service removes what it derived; the erasure is complete when
    `GET /v1/erasures/{id}` of all of them says `confirmed` for the same number of posts.
    """
    wish = Wish(principal.subject, wanted.reason)
    erasure = await _erase(_service(session, runtime), wanted, wish)
    response.headers["Location"] = f"/v1/erasures/{erasure.id}"
    return erasure


@router.get("/erasures")
async def list_erasures(session: ReadSession, runtime: CurrentRuntime, paging: Paging) -> Page[ErasureView]:
    """Erasures of the workspace, newest first."""
    before = UUID(paging.after["id"]) if paging.after else None
    erasures = await _service(session, runtime).list_newest(before, paging.fetch)
    return paging.page(erasures, lambda erasure: erasure, lambda erasure: {"id": str(erasure.id)})


@router.get("/erasures/{erasure_id}")
async def get_erasure(erasure_id: UUID, session: ReadSession, runtime: CurrentRuntime) -> ErasureView:
    """One erasure, and how far ingest is with it."""
    return await _service(session, runtime).get(erasure_id)


@router.delete("/posts/{post_id}", status_code=204)
async def erase_post(
    post_id: UUID, session: AdminSession, principal: CurrentPrincipal, runtime: CurrentRuntime
) -> None:
    """Erase a post for good.

    Its text goes at once, every service removes what it derived from it, and a copy that is sent later is rejected.
    It shows among the erasures like any other.
    """
    await _service(session, runtime).erase_post(post_id, Wish(principal.subject))


async def _erase(service: ErasureService, wanted: ErasureRequest, wish: Wish) -> ErasureView:
    if wanted.posts is not None:
        return await service.erase_posts(list(dict.fromkeys(wanted.posts)), wish)
    if wanted.author is not None:
        return await service.erase_named_author(wanted.author.platform, wanted.author.external_id, wish)
    assert wanted.author_id is not None
    return await service.erase_author(wanted.author_id, wish)


def _service(session: Session, runtime: Runtime) -> ErasureService:
    return ErasureService(session, cast(IngestSettings, runtime.settings).pseudonyms)
