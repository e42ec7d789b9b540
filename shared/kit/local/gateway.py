"""The one local base URL: forwards `/<service>/...` to the services, as the HTTPRoute of the chart does."""

import argparse
import html
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

import httpx2
import uvicorn
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from kit.local.ports import LOOPBACK

_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
# RFC 9110, 7.6.1: these speak of one connection and are not forwarded; Host is the service's own.
_NOT_FORWARDED = frozenset(
    {
        *(b"connection", b"keep-alive", b"proxy-authenticate", b"proxy-authorization", b"te", b"trailer"),
        *(b"transfer-encoding", b"upgrade", b"host"),
    }
)
_TIMEOUT = httpx2.Timeout(connect=5.0, read=300.0, write=300.0, pool=30.0)
_LIMITS = httpx2.Limits(max_connections=200, max_keepalive_connections=50)
_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Pourquoi</title>
<style>body{{font:1rem/1.6 system-ui;max-width:40rem;margin:3rem auto;padding:0 1rem}}</style>
<h1>Pourquoi</h1><p>Each service answers below its own name. Send
<code>Authorization: Bearer &lt;key&gt;</code> with every request.</p><ul>{items}</ul></html>"""
_ITEM = '<li><b>{name}</b>: <a href="/{name}/docs">documentation</a>, <a href="/{name}/readyz">state</a></li>'


class Gateway:
    """Forwards requests; bodies stream both ways, so that memory does not grow with their size."""

    def __init__(self, targets: Mapping[str, str]) -> None:
        self.targets = dict(targets)
        self._client = httpx2.AsyncClient(timeout=_TIMEOUT, limits=_LIMITS, trust_env=False)
        self._client.headers.clear()

    def app(self) -> Starlette:
        """The ASGI application."""
        routes = [
            Route("/", self.index),
            Route("/{service}/{path:path}", self.forward, methods=_METHODS),
        ]
        return Starlette(routes=routes, lifespan=self._lifespan)

    async def index(self, request: Request) -> Response:
        """A plain page that links each service's documentation."""
        items = "".join(_ITEM.format(name=html.escape(name)) for name in self.targets)
        return HTMLResponse(_PAGE.format(items=items))

    async def forward(self, request: Request) -> Response:
        """Sends the request to its service and streams the answer back."""
        service = request.path_params["service"]
        if service not in self.targets:
            detail = f"No service is called '{service}'. There are: {', '.join(self.targets)}."
            return _problem(request, 404, "not-found", "Not found", detail)
        try:
            answer = await self._client.send(self._outgoing(request, service), stream=True)
        except ClientDisconnect:
            return Response(status_code=400)
        except httpx2.TransportError:
            detail = f"The service {service} does not answer; try again in a moment, or look at its log."
            return _problem(request, 502, "bad-gateway", "Service away", detail)
        response = StreamingResponse(_body(answer), answer.status_code)
        response.raw_headers = _forwarded(answer.headers.raw)
        return response

    def _outgoing(self, request: Request, service: str) -> httpx2.Request:
        path = request.scope["raw_path"].removeprefix(f"/{service}".encode()).decode("ascii")
        query = request.scope["query_string"].decode("ascii")
        has_body = "content-length" in request.headers or "transfer-encoding" in request.headers
        return self._client.build_request(
            request.method,
            f"{self.targets[service]}{path}{'?' if query else ''}{query}",
            headers=[*_forwarded(request.headers.raw), (b"x-forwarded-prefix", f"/{service}".encode())],
            content=request.stream() if has_body else None,
        )

    @asynccontextmanager
    async def _lifespan(self, app: Starlette) -> AsyncIterator[None]:
        yield
        await self._client.aclose()


async def _body(answer: httpx2.Response) -> AsyncIterator[bytes]:
    try:
        async for chunk in answer.aiter_raw():
            yield chunk
    finally:
        await answer.aclose()


def _forwarded(headers: Sequence[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    return [(name.lower(), value) for name, value in headers if name.lower() not in _NOT_FORWARDED]


def _problem(request: Request, status: int, slug: str, title: str, detail: str) -> Response:
    problem = {
        "type": f"urn:pourquoi:problem:{slug}",
        "title": title,
        "status": status,
        "detail": detail,
        "instance": request.url.path,
    }
    return JSONResponse(problem, status, media_type="application/problem+json")


def main(arguments: Sequence[str]) -> None:
    """Serves until a signal: `python -m kit.local.gateway --port 8080 ingest=http://127.0.0.1:8081 ...`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("targets", nargs="+", metavar="SERVICE=URL")
    options = parser.parse_args(arguments)
    targets = dict(target.split("=", 1) for target in options.targets)
    uvicorn.run(
        Gateway(targets).app(),
        host=LOOPBACK,
        port=options.port,
        log_level="warning",
        access_log=False,
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=5,
    )


if __name__ == "__main__":
    main(sys.argv[1:])
