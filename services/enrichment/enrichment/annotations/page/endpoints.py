"""The page that people code on, and its files; what it shows comes from REST, with the key of the coder."""

from importlib.resources import files
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from kit.errors import NotFound

router = APIRouter(include_in_schema=False)

_KINDS = {".html": "text/html", ".js": "text/javascript", ".css": "text/css"}
_FILES = ("annotate.js", "keys.js", "words.js", "annotate.css")
# Nothing but our own files, and no other site may hold the page.
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


@router.get("/annotate")
async def page() -> Response:
    """The page; `?task=` names the annotation task."""
    return _file("annotate.html")


@router.get("/annotate/{name}")
async def file(name: str) -> Response:
    """A file of the page."""
    if name not in _FILES:
        raise NotFound("The page has no such file.")
    return _file(name)


@router.get("/v1/annotation-tasks/{task_id}/page")
async def page_of_task(task_id: UUID) -> Response:
    """The page of a task, at its own address: the addresses in it are relative to that."""
    return RedirectResponse(f"/annotate?task={task_id}", 307)


def _file(name: str) -> Response:
    kind = _KINDS[name[name.rindex(".") :]]
    content = (files("enrichment.annotations.page") / name).read_bytes()
    return Response(content, media_type=f"{kind}; charset=utf-8", headers=_HEADERS)
