"""Probes and metrics: what Kubernetes and Prometheus ask."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from kit.runtime import Runtime

router = APIRouter(include_in_schema=False)


@router.get("/livez")
async def live() -> PlainTextResponse:
    """The process is up and its event loop turns."""
    return PlainTextResponse("ok")


@router.get("/readyz")
async def ready(request: Request) -> JSONResponse:
    """The process can do its work: 200, or 503 with what is missing."""
    runtime: Runtime | None = getattr(request.app.state, "runtime", None)
    missing = await runtime.missing() if runtime else ["start-up"]
    return JSONResponse({"missing": missing}, 503 if missing else 200)


@router.get("/metrics")
async def metrics() -> Response:
    """Prometheus text format."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
