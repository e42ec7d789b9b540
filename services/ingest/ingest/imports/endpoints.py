"""Imports over REST."""

from typing import Any, cast
from uuid import UUID

from fastapi import Request, Response

from ingest.imports.forms import upload_form
from ingest.imports.service import ImportService
from ingest.settings import IngestSettings
from kit.jobs import JobView
from kit.rest import CurrentRuntime, Router, WriteSession
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
                            "description": "CSV, TSV or NDJSON, plain or compressed by gzip.",
                        },
                        "mapping": {
                            "type": "string",
                            "description": "Columns with unusual names, such as `text=body,author=user`.",
                        },
                        "day_first": {
                            "type": "boolean",
                            "description": "Whether 03/04/2025 is in April; absent: such dates are rejected.",
                        },
                    },
                }
            }
        },
    }
}


@router.post("/{study_id}/imports", status_code=202, openapi_extra=_BODY)
async def start_import(
    study_id: UUID, request: Request, session: WriteSession, runtime: CurrentRuntime, response: Response
) -> JobView:
    """Import a file of posts into a study.

    Columns with usual names are recognised; the answer shows under `parameters.mapping` how the file is read. The
    job's result holds the counts and the rejected lines. A file may be imported again: known posts are not doubled.
    """
    settings = cast(IngestSettings, runtime.settings)
    async with upload_form(request, settings.upload_bytes) as form:
        job = await ImportService(session, settings.file_limits).start(study_id, form)
    set_location(response, job)
    return job
