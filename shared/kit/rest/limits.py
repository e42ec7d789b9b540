"""A bound on the size of plain request bodies; streamed uploads have their own."""

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

STREAMED = (b"application/x-ndjson", b"multipart/form-data")


class BodyLimit:
    """Refuses a body that is larger than allowed, whether or not it announces its size."""

    def __init__(self, app: ASGIApp, limit_bytes: int) -> None:
        self._app, self._limit = app, limit_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request (ASGI 3)."""
        if scope["type"] != "http" or _is_streamed(scope):
            await self._app(scope, receive, send)
            return
        seen = 0

        async def bounded() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self._limit:
                raise HTTPException(413, f"The body is larger than {self._limit} bytes; stream it as NDJSON.")
            return message

        await self._app(scope, bounded, send)


def _is_streamed(scope: Scope) -> bool:
    headers: dict[bytes, bytes] = dict(scope["headers"])
    return headers.get(b"content-type", b"").lower().startswith(STREAMED)
