"""Carries attempts to partners: one request each, within a deadline, and only to public addresses."""

import asyncio
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx2

from insight.settings import InsightSettings
from insight.webhooks.answers import answer_of
from insight.webhooks.ladder import Answer
from kit.addresses import ForbiddenAddressError, resolve


def http_client() -> httpx2.AsyncClient:
    """The client of all attempts: it follows no redirect, obeys no proxy variable and keeps no connection.

    Connections are not kept because they are opened by address: two partners behind one address would share
    a connection whose certificate was checked for only one of them.
    """
    return httpx2.AsyncClient(
        trust_env=False,
        follow_redirects=False,
        timeout=None,
        limits=httpx2.Limits(max_connections=100, max_keepalive_connections=0),
        headers={"user-agent": "Pourquoi-Webhooks/1"},
    )


@dataclass(frozen=True)
class WebhookSender:
    """Sends signed bodies; whatever happens is an answer, never an error."""

    client: httpx2.AsyncClient
    settings: InsightSettings

    async def send(self, url: str, headers: Mapping[str, str], body: str) -> Answer:
        """One POST; the deadline covers resolving the name as well."""
        seconds = self.settings.webhook_timeout_seconds
        try:
            async with asyncio.timeout(seconds):
                return await self._post(httpx2.URL(url), headers, body)
        except TimeoutError:
            return Answer(None, f"The endpoint did not answer within {seconds:g} s.")
        except ForbiddenAddressError:
            return Answer(None, "The endpoint's name leads to a private address.")
        except socket.gaierror:
            return Answer(None, "The endpoint's name cannot be resolved.")
        except httpx2.HTTPError as error:
            return Answer(None, f"The endpoint could not be reached ({type(error).__name__}).")

    async def _post(self, url: httpx2.URL, headers: Mapping[str, str], body: str) -> Answer:
        """Connects to the very address that was checked, so that the name cannot change in between."""
        port = url.port or (443 if url.scheme == "https" else 80)
        address = await resolve(url.host, port, allow_private=self.settings.allow_private_endpoints)
        async with self.client.stream(
            "POST",
            url.copy_with(host=str(address)),
            content=body,
            headers={**headers, "host": url.netloc.decode("ascii")},
            extensions={"sni_hostname": url.raw_host.decode("ascii")},
        ) as response:
            return answer_of(response.status_code, response.headers.get("retry-after"), datetime.now(UTC))
