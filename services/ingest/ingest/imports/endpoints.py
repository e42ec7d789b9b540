"""Imports over REST."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any, cast
from uuid import UUID

from fastapi import Depends, Request, Response

from ingest.imports.forms import UploadForm, upload_form
from ingest.imports.schemas import ImportPreview
from ingest.imports.service import ImportService, look
from ingest.settings import IngestSettings
from ingest.studies.service import StudyService
from kit.jobs import JobView
from kit.rest import CurrentRuntime, Router, Writer, WriteSession
from kit.rest.jobs import set_location

router = Router(prefix="/v1/studies", tags=["imports"])

_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {
                            "type": "string",
                            "format": "binary",
                            "description": "CSV, TSV, NDJSON, JSON or Parquet, plain or within gzip, zstd or ZIP.",
                        },
                        "mapping": {
                            "type": "string",
                            "description": "Columns with unusual names, such as `text=body,author=user`, a ready "
                            "mapping, such as `preset:brandwatch`, or both.",
                        },
                        "day_first": {
                            "type": "boolean",
                            "description": "Whether 03/04/2025 is in April; absent: such dates are rejected.",
                        },
                        "privacy": {
                            "type": "string",
                            "enum": ["public", "private"],
                            "description": "`private` posts are never quoted word by word and keep no handles; absent: "
                            "as the mapping says. Posts of a private mapping cannot be made public.",
                        },
                    },
                }
            }
        },
    }
}


async def _spooled(
    study_id: UUID, request: Request, principal: Writer, runtime: CurrentRuntime
) -> AsyncIterator[UploadForm]:
    """The form, wholly arrived: a slow upload holds no database connection."""
    settings = cast(IngestSettings, runtime.settings)
    async with runtime.database.session(principal.workspace) as session:
        await StudyService(session).get(study_id)
    async with upload_form(request, settings.upload_bytes) as form:
        yield form


SpooledForm = Annotated[UploadForm, Depends(_spooled)]


async def _looked_at(form: SpooledForm, runtime: CurrentRuntime) -> ImportPreview:
    settings = cast(IngestSettings, runtime.settings)
    return await asyncio.to_thread(look, form, settings.file_limits)


Look = Annotated[ImportPreview, Depends(_looked_at)]


@router.post("/{study_id}/imports/previews", openapi_extra=_BODY)
async def preview_import(study_id: UUID, look: Look) -> ImportPreview:
    """See how a file would be imported: its format, the mapping that is guessed, and its first posts.

    Only the first rows are read, and nothing is stored. Send the answer's `mapping` along with the file to import it
    in just this way.
    """
    return look


@router.post("/{study_id}/imports", status_code=202, openapi_extra=_BODY)
async def start_import(
    study_id: UUID, form: SpooledForm, look: Look, session: WriteSession, response: Response
) -> JobView:
    """Import a file of posts into a study.

    The export of a platform or a tool is recognised, and columns with usual names are; the answer shows under
    `parameters.mapping` how the file is read. The job's result holds the counts, the rejected lines, and as `drift`
    what the mapping expects and the file does not have. A file may be imported again: known posts are not doubled.
    """
    job = await ImportService(session).start(study_id, form, look)
    set_location(response, job)
    return job
