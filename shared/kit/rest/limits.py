"""A bound on the size of plain request bodies; streamed ones may be large, and only a known caller may send them."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kit.auth import Authenticator
from kit.errors import PourquoiError
from kit.rest.problems import problem_response

SIGNATURE = "webhook-signature"  # Standard Webhooks 1.0
STREAMED = ("application/x-ndjson", "multipart/form-data")


class BodyLimit:
    """Refuses a body that is larger than allowed, whether or not it announces its size.

    The framework reads a body before it asks who sends it: a stranger's is refused here, unread. A signed body must
    be read whole before anybody knows whose it is, so that it is bounded like a plain one.
    """

    def __init__(self, app: ASGIApp, limit_bytes: int, authenticator: Authenticator) -> None:
        self._app, self._limit, self._authenticator = app, limit_bytes, authenticator

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request (ASGI 3)."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif is_streamed(request := Request(scope)) and SIGNATURE not in request.headers:
            await self._serve_known(request, receive, send)
        else:
            await self._serve_bounded(scope, receive, send)

    async def _serve_known(self, request: Request, receive: Receive, send: Send) -> None:
        try:
            await self._authenticator.authenticate_headers(request.headers)
        except PourquoiError as error:
            await problem_response(request, error)(request.scope, receive, send)
        else:
            await self._app(request.scope, receive, send)

    async def _serve_bounded(self, scope: Scope, receive: Receive, send: Send) -> None:
        seen = 0

        async def bounded() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self._limit:
                raise HTTPException(413, f"The body is larger than {self._limit} bytes; stream it as NDJSON.")
            return message

        await self._app(scope, bounded, send)


def is_streamed(request: Request) -> bool:
    """True for the media types that are read piece by piece."""
    return request.headers.get("content-type", "").lower().startswith(STREAMED)
