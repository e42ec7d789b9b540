"""Studies over REST."""

from uuid import UUID

from fastapi import Response

from ingest.studies.schemas import CoverageView, NewStudy, QueryVersionView, StudyChange, StudyView
from ingest.studies.service import StudyService
from kit.rest import CurrentPrincipal, IfMatch, Page, Paging, ReadSession, Router, WriteSession, set_etag

router = Router(prefix="/v1/studies", tags=["studies"])


@router.post("", status_code=201)
async def create_study(
    new: NewStudy, session: WriteSession, principal: CurrentPrincipal, response: Response
) -> StudyView:
    """Ask a business question.

    The query says which posts belong to the study: those of the whole workspace that match it from now on. Without
    a query, the study takes every post that is sent to it.
    """
    study = await StudyService(session).ask(new, principal.subject)
    set_etag(response, study.revision)
    response.headers["Location"] = f"/v1/studies/{study.id}"
    return StudyView.model_validate(study)


@router.get("")
async def list_studies(session: ReadSession, paging: Paging) -> Page[StudyView]:
    """List the studies, oldest first."""
    after = UUID(paging.after["id"]) if paging.after else None
    studies = await StudyService(session).list_after(after, paging.fetch)
    return paging.page(studies, StudyView.model_validate, lambda study: {"id": str(study.id)})


@router.get("/{study_id}")
async def get_study(study_id: UUID, session: ReadSession, response: Response) -> StudyView:
    """Show a study; its ETag is what If-Match of a change expects."""
    study = await StudyService(session).get(study_id)
    set_etag(response, study.revision)
    return StudyView.model_validate(study)


@router.patch("/{study_id}")
async def change_study(
    study_id: UUID,
    change: StudyChange,
    session: WriteSession,
    principal: CurrentPrincipal,
    revision: IfMatch,
    response: Response,
) -> StudyView:
    """Change a study.

    A new query becomes the next query version and holds for posts that arrive from now on.
    """
    study = await StudyService(session).change(study_id, change, revision, principal.subject)
    set_etag(response, study.revision)
    return StudyView.model_validate(study)


@router.get("/{study_id}/query-versions")
async def list_query_versions(study_id: UUID, session: ReadSession, paging: Paging) -> Page[QueryVersionView]:
    """List the queries that the study has had, newest first."""
    before = int(paging.after["version"]) if paging.after else None
    versions = await StudyService(session).list_versions(study_id, before, paging.fetch)
    return paging.page(versions, QueryVersionView.model_validate, lambda version: {"version": version.version})


@router.get("/{study_id}/coverage")
async def get_coverage(study_id: UUID, session: ReadSession) -> CoverageView:
    """Tell how many posts of the study ingest holds; the other services answer the same for theirs."""
    return await StudyService(session).coverage(study_id)
