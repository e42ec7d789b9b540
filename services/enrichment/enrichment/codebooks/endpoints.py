"""Codebooks over REST."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Path, Query, Response

from enrichment.codebooks.definition import Definition
from enrichment.codebooks.records import CodebookRecord, CodebookVersion
from enrichment.codebooks.schemas import CodebookChange, CodebookClone, CodebookVersionView, CodebookView, NewCodebook
from enrichment.codebooks.service import CodebookService
from kit.rest import CurrentPrincipal, IfMatch, Page, Paging, ReadSession, Router, WriteSession, set_etag

router = Router(prefix="/v1/codebooks", tags=["codebooks"])
VersionNumber = Annotated[int, Path(ge=1, le=2**31 - 1)]


@router.post("", status_code=201)
async def create_codebook(
    new: NewCodebook, session: WriteSession, principal: CurrentPrincipal, response: Response
) -> CodebookView:
    """Make a codebook of your own.

    It codes posts from the moment that the prototypes of its definitions and examples are made, and then what is
    stored. Twenty labels a code make it better, a hundred much better.
    """
    return _made(response, await CodebookService(session).create(new, principal.subject))


@router.get("")
async def list_codebooks(
    session: ReadSession,
    paging: Paging,
    study_id: Annotated[UUID | None, Query(description="Codebooks that code the posts of this study.")] = None,
) -> Page[CodebookView]:
    """List the shipped codebooks, then those of the workspace, oldest first."""
    after = UUID(paging.after["id"]) if paging.after else None
    found = await CodebookService(session).list_after(after, study_id, paging.fetch)
    return paging.page(found, _view, lambda record: {"id": str(record.id)})


@router.get("/{codebook_id}")
async def get_codebook(codebook_id: UUID, session: ReadSession, response: Response) -> CodebookView:
    """Show a codebook in its newest version; its ETag is what If-Match of a change expects."""
    return _shown(response, await CodebookService(session).get(codebook_id))


@router.patch("/{codebook_id}")
async def change_codebook(
    codebook_id: UUID, change: CodebookChange, session: WriteSession, revision: IfMatch, response: Response
) -> CodebookView:
    """Let a codebook rest or code again, or change which study it codes; what is stored follows in a job."""
    return _shown(response, await CodebookService(session).change(codebook_id, change, revision))


@router.post("/{codebook_id}/clone", status_code=201)
async def clone_codebook(
    codebook_id: UUID, clone: CodebookClone, session: WriteSession, principal: CurrentPrincipal, response: Response
) -> CodebookView:
    """Copy the newest version of a codebook, a shipped one too, to change the copy.

    Codes, definitions and examples are copied; labels are not, nor the cues of a shipped codebook.
    """
    return _made(response, await CodebookService(session).clone(codebook_id, clone, principal.subject))


@router.post("/{codebook_id}/versions", status_code=201)
async def add_codebook_version(
    codebook_id: UUID,
    definition: Definition,
    session: WriteSession,
    principal: CurrentPrincipal,
    revision: IfMatch,
    response: Response,
) -> CodebookView:
    """Change codes, definitions or examples: the whole contents are the next version, and codings say which it was.

    Contents that are those of the newest version add none. Labels of codes that are kept go on counting.
    """
    service = CodebookService(session)
    return _shown(response, await service.add_version(codebook_id, definition, revision, principal.subject))


@router.get("/{codebook_id}/versions")
async def list_codebook_versions(codebook_id: UUID, session: ReadSession, paging: Paging) -> Page[CodebookVersionView]:
    """List what the codebook has said, newest first."""
    before = int(paging.after["version"]) if paging.after else None
    versions = await CodebookService(session).list_versions(codebook_id, before, paging.fetch)
    return paging.page(versions, _version_view, lambda version: {"version": version.version})


@router.get("/{codebook_id}/versions/{version}")
async def get_codebook_version(codebook_id: UUID, version: VersionNumber, session: ReadSession) -> CodebookVersionView:
    """Show one version of a codebook."""
    return _version_view(await CodebookService(session).version(codebook_id, version))


def _made(response: Response, record: CodebookRecord) -> CodebookView:
    response.headers["Location"] = f"/v1/codebooks/{record.id}"
    return _shown(response, record)


def _shown(response: Response, record: CodebookRecord) -> CodebookView:
    set_etag(response, record.revision)
    return _view(record)


def _view(record: CodebookRecord) -> CodebookView:
    return CodebookView.model_validate({**_contents(record.definition), **vars(record)})


def _version_view(version: CodebookVersion) -> CodebookVersionView:
    return CodebookVersionView.model_validate({**_contents(version.definition), **vars(version)})


def _contents(definition: Definition) -> dict[str, Any]:
    return {name: getattr(definition, name) for name in Definition.model_fields}
