"""The REST application of a service: one style of errors, docs that work without internet, probes."""

import secrets
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from importlib.resources import files

from fastapi import APIRouter, FastAPI
from fastapi.openapi.docs import get_redoc_html, get_swagger_ui_html
from fastapi.openapi.utils import get_openapi
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles

from kit.auth import Authenticator
from kit.rest import health
from kit.rest.callers import RateLimiter
from kit.rest.limits import BodyLimit
from kit.rest.prefixes import ForwardedPrefix
from kit.rest.problems import Problem, add_problem_handlers
from kit.settings import ServiceSettings

API_VERSION = "1.0.0"
Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def create_app(
    settings: ServiceSettings, description: str, routers: Sequence[APIRouter], lifespan: Lifespan
) -> FastAPI:
    """The application with its routers; what needs a connection is opened by `lifespan`."""
    app = FastAPI(
        title=f"Pourquoi {settings.service}",
        version=API_VERSION,
        description=description,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.authenticator = authenticator = Authenticator(settings)
    app.state.limiter = RateLimiter(settings.requests_per_minute)
    app.state.cursor_secret = settings.cursor_secret.get_secret_value() or secrets.token_hex(32)
    app.add_middleware(ForwardedPrefix)
    app.add_middleware(BodyLimit, limit_bytes=settings.request_megabytes * 1024 * 1024, authenticator=authenticator)
    add_problem_handlers(app)
    for router in (*routers, health.router):
        app.include_router(router)
    _add_docs(app)
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]
    return app


def _openapi(app: FastAPI) -> dict[str, object]:
    """The OpenAPI document; its server is relative to itself, so that it holds behind a gateway's prefix."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title,
            version=app.version,
            description=app.description,
            routes=app.routes,
            servers=[{"url": "./"}],
        )
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        schemas["Problem"] = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas.update(schemas["Problem"].pop("$defs"))
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        app.openapi_schema = document
    return app.openapi_schema


def _add_docs(app: FastAPI) -> None:
    """Documentation pages whose scripts come from the installed package, by relative addresses."""
    app.mount("/assets", StaticFiles(directory=str(files("fastapi_offline") / "static")), name="assets")

    @app.get("/docs", include_in_schema=False)
    async def docs() -> HTMLResponse:
        return get_swagger_ui_html(
            openapi_url="openapi.json",
            title=app.title,
            swagger_js_url="assets/swagger-ui-bundle.js",
            swagger_css_url="assets/swagger-ui.css",
            swagger_favicon_url="assets/favicon.png",
        )

    @app.get("/redoc", include_in_schema=False)
    async def redoc() -> HTMLResponse:
        return get_redoc_html(
            openapi_url="openapi.json",
            title=app.title,
            redoc_js_url="assets/redoc.standalone.js",
            redoc_favicon_url="assets/favicon.png",
            with_google_fonts=False,
        )
