"""Coding what is stored, over REST."""

from fastapi import Response

from enrichment.codebooks.queue import CodebookQueue
from kit.jobs import JobView
from kit.rest import Router, WriteSession
from kit.rest.jobs import set_location

router = Router(prefix="/v1/codings", tags=["codebooks"])


@router.post("", status_code=202)
async def start_coding(session: WriteSession, response: Response) -> JobView:
    """Code all stored posts anew by the codebooks of the workspace.

    Every training and every change of a codebook asks for it by itself. Only vectors are read, no texts; posts whose
    codes change are published again.
    """
    job = await CodebookQueue(session).recode()
    set_location(response, job)
    return job
