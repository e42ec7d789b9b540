"""Addresses in answers, as the caller sees them from the other side of a gateway."""

import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_PREFIX = re.compile(r"(?:/[\w.~-]+)+")


class ForwardedPrefix:
    """Puts the path that a gateway has cut off, named by `X-Forwarded-Prefix`, in front of each `Location`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves a request."""
        prefix = Headers(scope=scope).get("x-forwarded-prefix", "") if scope["type"] == "http" else ""
        if not _PREFIX.fullmatch(prefix):
            await self._app(scope, receive, send)
            return

        async def send_prefixed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if headers.get("location", "").startswith("/"):
                    headers["location"] = prefix + headers["location"]
            await send(message)

        await self._app(scope, receive, send_prefixed)
