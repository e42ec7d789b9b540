"""Requests to sources: bounded in time, size and redirects, to public addresses, patient when asked to be."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

import httpx2

from ingest.sources.allowances import Allowance, asked_wait, read_allowance
from ingest.sources.connector import SourceRefused, SourceUnavailable
from ingest.sources.shapes import read_json
from kit.addresses import ForbiddenAddressError, resolve

USER_AGENT = "Pourquoi-Ingest/1"
_REDIRECTS = (301, 302, 303, 307, 308)
_FOR_ONE_REQUEST = ("host", "content-length", "content-type")
_FOR_ONE_ORIGIN = ("authorization", "x-goog-api-key", "cookie")


@dataclass(frozen=True)
class HttpLimits:
    """How much one request may ask of us."""

    deadline_seconds: float = 30.0
    body_bytes: int = 16 * 1024 * 1024
    redirects: int = 5
    idle_seconds: float = 90.0


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer; its body is never logged."""

    url: httpx2.URL
    status: int
    headers: httpx2.Headers
    body: bytes
    links: Mapping[str, str] = field(default_factory=dict)

    def json(self) -> object:
        """The JSON of the body. Raises `SourceUnavailable` when it is none, as pages of proxies are not."""
        try:
            return read_json(self.body)
        except ValueError:
            raise SourceUnavailable(f"{self.url.host} answered {self.status} with something that is no JSON.") from None

    def raise_for_status(self) -> None:
        """Raises `SourceUnavailable` where waiting helps and `SourceRefused` where only a change does."""
        host, status = self.url.host, self.status
        if status < 400:
            return
        if status in (408, 425, 429) or status >= 500:
            wait = asked_wait(self.headers, datetime.now(UTC))
            raise SourceUnavailable(f"{host} answered {status} and asks for patience.", wait)
        if status in (401, 403):
            raise SourceRefused(f"{host} answered {status}: check the credential of the source and what it may read.")
        raise SourceRefused(f"{host} answered {status}: check the configuration of the source.")


class PublicTransport(httpx2.AsyncBaseTransport):
    """Connects to the very addresses that were checked.

    Every name has connections of its own, because a kept connection is only known by its address, and its
    certificate was checked for one name.
    """

    def __init__(self, *, allow_private: bool) -> None:
        self._allow_private = allow_private
        self._by_name: dict[str, httpx2.AsyncHTTPTransport] = {}

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Sends the request to a checked address of its host."""
        url = request.url
        port = url.port or (443 if url.scheme == "https" else 80)
        address = await resolve(url.host, port, allow_private=self._allow_private)
        if url.host not in self._by_name:
            self._by_name[url.host] = httpx2.AsyncHTTPTransport(trust_env=False)
        addressed = httpx2.Request(
            request.method,
            url.copy_with(host=str(address)),
            headers=request.headers,
            stream=request.stream,
            extensions={**request.extensions, "sni_hostname": url.raw_host.decode("ascii")},
        )
        return await self._by_name[url.host].handle_async_request(addressed)

    async def aclose(self) -> None:
        """Closes every connection."""
        for transport in self._by_name.values():
            await transport.aclose()


@dataclass
class HttpCaller:
    """A client of one run of one source; use it as a context."""

    allow_private: bool = False
    limits: HttpLimits = field(default_factory=HttpLimits)
    _allowances: dict[str, Allowance] = field(default_factory=dict)

    async def __aenter__(self) -> Self:
        self._client = httpx2.AsyncClient(
            transport=PublicTransport(allow_private=self.allow_private),
            trust_env=False,
            follow_redirects=False,
            timeout=None,
            headers={"user-agent": USER_AGENT},
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def get(
        self, url: str, *, params: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """The answer to GET, whatever its status, after redirects; parameters replace those of the URL.

        Raises `SourceUnavailable` or `SourceRefused` when there is none, or when no request is allowed for now.
        """
        return await self._send(self._request("GET", url, params=params, headers=headers))

    async def post(self, url: str, *, form: Mapping[str, str], headers: Mapping[str, str]) -> Answer:
        """The answer to a form that is posted."""
        return await self._send(self._request("POST", url, form=form, headers=headers))

    @asynccontextmanager
    async def stream(
        self, url: str, *, params: Mapping[str, str], headers: Mapping[str, str]
    ) -> AsyncIterator[httpx2.Response]:
        """An open answer to read event by event: a deadline for its beginning, then one for each silence.

        Raises like `get`, and `httpx2.HTTPError` while it is read.
        """
        request = self._request("GET", url, params=params, headers=headers, idle_seconds=self.limits.idle_seconds)
        with explained(request.url.host, self.limits):
            async with asyncio.timeout(self.limits.deadline_seconds):
                response = await self._client.send(request, stream=True)
        try:
            if response.status_code != 200:
                Answer(request.url, max(response.status_code, 400), response.headers, b"").raise_for_status()
            yield response
        finally:
            await response.aclose()

    def _request(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        idle_seconds: float | None = None,
    ) -> httpx2.Request:
        try:
            return self._client.build_request(
                method, url, params=params, data=form, headers=headers, timeout=httpx2.Timeout(None, read=idle_seconds)
            )
        except httpx2.InvalidURL:
            raise SourceRefused("The address of the source cannot be read: correct it.") from None

    async def _send(self, request: httpx2.Request) -> Answer:
        with explained(request.url.host, self.limits):
            async with asyncio.timeout(self.limits.deadline_seconds):
                for _ in range(self.limits.redirects + 1):
                    answer = await self._exchange(request)
                    if answer.status not in _REDIRECTS or "location" not in answer.headers:
                        return answer
                    request = self._redirected(request, answer.headers["location"])
        raise SourceRefused(
            f"{request.url.host} redirects more than {self.limits.redirects} times: correct the address."
        )

    async def _exchange(self, request: httpx2.Request) -> Answer:
        host = request.url.host
        if (allowance := self._allowances.get(host)) and (wait := allowance.wait_seconds(datetime.now(UTC))):
            raise SourceUnavailable(f"{host} allows no further request for {wait:.0f} s.", wait)
        response = await self._client.send(request, stream=True)
        try:
            if allowance := read_allowance(response.headers, datetime.now(UTC)):
                self._allowances[host] = allowance
            body = await self._body(response)
            links = {str(relation): link["url"] for relation, link in response.links.items()}
            return Answer(request.url, response.status_code, response.headers, body, links)
        finally:
            await response.aclose()

    async def _body(self, response: httpx2.Response) -> bytes:
        body = bytearray()
        async for piece in response.aiter_bytes():
            body += piece
            if len(body) > self.limits.body_bytes:
                raise SourceRefused(f"The answer is larger than {self.limits.body_bytes:,} bytes.")
        return bytes(body)

    def _redirected(self, request: httpx2.Request, location: str) -> httpx2.Request:
        """Secrets stay with the origin that they were meant for, forms are not sent on, nothing falls back to http."""
        url = request.url.join(location)
        if url.scheme not in ("http", "https") or (request.url.scheme == "https" and url.scheme == "http"):
            raise SourceRefused(f"{request.url.host} redirects away from https: correct the address.")
        left = _FOR_ONE_REQUEST if _origin(url) == _origin(request.url) else (*_FOR_ONE_REQUEST, *_FOR_ONE_ORIGIN)
        kept = {name: value for name, value in request.headers.items() if name not in left}
        return self._client.build_request("GET", url, headers=kept)


@contextmanager
def explained(host: str, limits: HttpLimits) -> Iterator[None]:
    """Says whatever goes wrong on the way to `host` in the words of sources."""
    try:
        yield
    except TimeoutError:
        raise SourceUnavailable(f"{host} did not answer within {limits.deadline_seconds:g} s.") from None
    except ForbiddenAddressError:
        raise SourceRefused(
            f"{host} leads to a private address, which sources may reach only with INGEST_ALLOW_PRIVATE_HOSTS=true."
        ) from None
    except socket.gaierror:
        raise SourceUnavailable(f"The name {host} cannot be resolved.") from None
    except httpx2.InvalidURL:
        raise SourceRefused(f"{host} redirects to an address that cannot be read.") from None
    except (httpx2.HTTPError, OSError) as error:
        raise SourceUnavailable(f"{host} could not be reached ({type(error).__name__}).") from None


def _origin(url: httpx2.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port
