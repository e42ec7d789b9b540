"""Errors as RFC 9457 problem details."""

import logging
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import compile_path

from kit.db import clean_text, is_outage, is_unstorable
from kit.errors import KINDS, FieldError, Invalid, Malformed, PourquoiError, Unavailable
from kit.telemetry import current_trace_id

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:pourquoi:problem:"
_log = logging.getLogger(__name__)


class ProblemField(BaseModel):
    """One wrong part of a request."""

    location: str
    message: str


class Problem(BaseModel):
    """What went wrong, and what to do about it (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    trace_id: str
    errors: list[ProblemField] = []


PROBLEM_ANSWERS: dict[int | str, dict[str, Any]] = {
    kind.status: {
        "description": kind.title,
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for kind in KINDS
}


def add_problem_handlers(app: FastAPI) -> None:
    """Makes every error of the app a problem; nothing internal leaves.

    What is registered for `Exception` is raised again for the server to log, hence the narrower kinds beside it.
    """
    app.add_exception_handler(PourquoiError, _pourquoi)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _http)
    for kind in (Exception, DBAPIError, PoolTimeoutError, OSError, UnicodeEncodeError, ClientDisconnect):
        app.add_exception_handler(kind, _unexpected)


def problem_response(request: Request, error: PourquoiError) -> JSONResponse:
    """The problem that an error is answered with."""
    problem = Problem(
        type=TYPE_PREFIX + error.slug,
        title=error.title,
        status=error.status,
        detail=clean_text(error.detail),
        instance=request.scope["path"],
        trace_id=current_trace_id(),
        errors=[ProblemField(location=clean_text(e.location), message=clean_text(e.message)) for e in error.errors],
    )
    headers = {**getattr(request.state, "limit_headers", {}), **error.headers}
    return JSONResponse(problem.model_dump(), error.status, headers, MEDIA_TYPE)


async def _pourquoi(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, PourquoiError)
    return problem_response(request, error)


async def _validation(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    fields = tuple(FieldError(".".join(str(part) for part in e["loc"]), str(e["msg"])) for e in error.errors())
    detail = "; ".join(f"{field.location}: {field.message}" for field in fields[:3])
    return problem_response(request, Invalid(f"The request is not valid: {detail}.", fields))


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    status = HTTPStatus(error.status_code)
    problem = Problem(
        type=TYPE_PREFIX + status.phrase.lower().replace(" ", "-"),
        title=status.phrase,
        status=status.value,
        detail=clean_text(str(error.detail)),
        instance=request.scope["path"],
        trace_id=current_trace_id(),
    )
    headers = dict(error.headers or {})
    if status is HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = ", ".join(_allowed_methods(request)) or headers.get("Allow", "")
    return JSONResponse(problem.model_dump(), status.value, headers, MEDIA_TYPE)


def _allowed_methods(request: Request) -> list[str]:
    """Every method that is documented for the path; the router itself only tells those of its first match."""
    app: FastAPI = request.app
    paths: dict[str, dict[str, object]] = app.openapi().get("paths", {})
    matching = (methods for path, methods in paths.items() if compile_path(path)[0].match(request.scope["path"]))
    return sorted({method.upper() for methods in matching for method in methods})


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
    if isinstance(error, ClientDisconnect):
        return problem_response(request, Malformed("The caller left before it had sent its request."))
    if is_outage(error):
        away = Unavailable("The database is away; try again in a moment.", headers={"Retry-After": "2"})
        return problem_response(request, away)
    if is_unstorable(error):
        return problem_response(request, Malformed("A text of the request holds NUL or half a character."))
    _log.error("%s %s failed: %s", request.method, _template(request), type(error).__name__, exc_info=error)
    return problem_response(request, PourquoiError("Internal error; the service's log has the details."))


def _template(request: Request) -> str:
    """The route's path without its values, which may be anything a caller made up."""
    return str(getattr(request.scope.get("route"), "path", "a path without a route"))
