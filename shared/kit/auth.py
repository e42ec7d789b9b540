"""Who calls: API keys whose hashes lie in one mounted file, or OIDC tokens; both give a principal."""

import asyncio
import hashlib
import hmac
import json
import logging
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeGuard

import jwt
from pydantic import BaseModel, TypeAdapter

from kit.db import EVERYWHERE, clean_text
from kit.errors import Forbidden, Invalid, Unauthenticated, Unavailable
from kit.settings import ServiceSettings

READ, WRITE, REVIEW, ADMIN, PERSONAL, SERVICE = "read", "write", "review", "admin", "personal", "service"
# What a key may unless more is asked for: to see personal data, one must ask.
USUAL_SCOPES = (READ, WRITE, REVIEW, ADMIN)
SCOPES = (*USUAL_SCOPES, PERSONAL)
WORKSPACE_HEADER = "x-pourquoi-workspace"
_KEY_PREFIX = "pq"
_JWT_ALGORITHMS = ["RS256", "RS384", "RS512", "ES256", "ES384", "PS256", "EdDSA"]
_CLOCK_SECONDS = 30
# It travels in headers of events and calls.
_WORKSPACE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_log = logging.getLogger(__name__)


def is_workspace(name: object) -> TypeGuard[str]:
    """True for what may name a workspace: up to 100 letters, digits, dots, dashes and underscores."""
    return isinstance(name, str) and _WORKSPACE.fullmatch(name) is not None


@dataclass(frozen=True)
class Principal:
    """A known caller: its workspace, what it may do, and a name for records."""

    workspace: str
    scopes: frozenset[str]
    subject: str

    def has(self, scope: str) -> bool:
        """True when the principal has the scope; `service` may everything."""
        return bool(self.scopes & {scope, SERVICE})

    def require(self, scope: str) -> None:
        """Raises `Forbidden` unless the principal has the scope."""
        if not self.has(scope):
            raise Forbidden(f"This needs the scope '{scope}'; the caller has: {', '.join(sorted(self.scopes))}.")


class KeyRecord(BaseModel):
    """One API key as the keys file holds it: never the secret, only its SHA-256.

    A plain hash suffices, because the secret is 256 random bits and not a password.
    """

    id: str
    hash: str
    workspace: str
    scopes: list[str]
    subject: str
    created_at: datetime


_RECORDS = TypeAdapter(list[KeyRecord])


def create_key(workspace: str, scopes: list[str], subject: str) -> tuple[str, KeyRecord]:
    """A new key, shown once, and the record to keep of it; raises `Invalid` for what cannot name a workspace."""
    if workspace != EVERYWHERE and not is_workspace(workspace):
        raise Invalid("A workspace is named by letters, digits, dots, dashes and underscores, at most 100.")
    key_id, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    record = KeyRecord(
        id=key_id,
        hash=_hash(secret),
        workspace=workspace,
        scopes=scopes,
        subject=subject,
        created_at=datetime.now(UTC),
    )
    return f"{_KEY_PREFIX}_{key_id}_{secret}", record


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


@dataclass
class KeyFile:
    """The file of API keys; a change is noticed without a restart."""

    path: Path
    _stamp: tuple[int, int, int] = (0, 0, 0)
    _records: dict[str, KeyRecord] = field(default_factory=dict)

    def records(self) -> dict[str, KeyRecord]:
        """Every key by id; empty while the file does not exist.

        Raises `ValueError` once for each version of the file that cannot be read; then the keys before stay.
        """
        try:
            status = self.path.stat()
        except FileNotFoundError:
            return {}
        stamp = (status.st_ino, status.st_mtime_ns, status.st_size)
        if stamp != self._stamp:
            self._stamp = stamp
            self._records = {record.id: record for record in _RECORDS.validate_json(self.path.read_bytes())}
        return self._records

    def write(self, records: list[KeyRecord]) -> None:
        """Replaces the file as a whole, readable by its owner only."""
        temporary = self.path.with_suffix(".new")
        temporary.touch(mode=0o600)
        temporary.write_text(json.dumps(_RECORDS.dump_python(records, mode="json"), indent=2) + "\n")
        temporary.replace(self.path)


class Authenticator:
    """Turns the bearer of a request into a principal."""

    def __init__(self, settings: ServiceSettings) -> None:
        self._keys = KeyFile(Path(settings.keys_file)) if settings.keys_file else None
        self._settings = settings
        accepts_tokens = settings.oidc_issuer and settings.oidc_jwks_url
        self._jwks = jwt.PyJWKClient(settings.oidc_jwks_url, timeout=5) if accepts_tokens else None

    async def authenticate_headers(self, headers: Mapping[str, str]) -> Principal:
        """The principal of a request or call, by its headers in lower case; raises `Unauthenticated`."""
        return await self.authenticate(headers.get("authorization", ""), headers.get(WORKSPACE_HEADER, ""))

    async def authenticate(self, authorization: str, workspace: str = "") -> Principal:
        """The principal of an `Authorization` header.

        A key of every workspace (scope `service`) must name the `workspace` that it acts in.
        Raises `Unauthenticated` when nothing valid was presented.
        """
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Unauthenticated("Send 'Authorization: Bearer <key>' with an API key or an OIDC token.")
        principal = self._by_key(token) if token.startswith(f"{_KEY_PREFIX}_") else await self._by_token(token)
        if principal.workspace != EVERYWHERE:
            return principal
        if not is_workspace(workspace):
            raise Unauthenticated("A service key must name the workspace it acts in.")
        return Principal(workspace, principal.scopes, principal.subject)

    def _by_key(self, key: str) -> Principal:
        _, key_id, secret = (*key.split("_", 2), "", "")[:3]
        record = self._known_keys().get(key_id)
        if record is None or not hmac.compare_digest(record.hash, _hash(secret)):
            raise Unauthenticated("This API key is not known. It may have been revoked.")
        return Principal(record.workspace, frozenset(record.scopes), record.subject)

    def _known_keys(self) -> dict[str, KeyRecord]:
        if self._keys is None:
            return {}
        try:
            return self._keys.records()
        except ValueError:
            _log.error("The keys file cannot be read; the keys that were known stay valid.")
            return self._keys.records()

    async def _by_token(self, token: str) -> Principal:
        if self._jwks is None:
            raise Unauthenticated("This is not an API key, and OIDC tokens are not accepted here.")
        try:
            key = await asyncio.to_thread(self._jwks.get_signing_key_from_jwt, token)
            claims = jwt.decode(
                token,
                key,
                algorithms=_JWT_ALGORITHMS,
                audience=self._settings.oidc_audience,
                issuer=self._settings.oidc_issuer,
                leeway=_CLOCK_SECONDS,
                options={"require": ["exp", "sub"]},
            )
        except jwt.PyJWTError as error:
            if isinstance(error, jwt.PyJWKClientConnectionError):
                raise Unavailable("The identity provider cannot be reached; try again.") from error
            raise Unauthenticated(f"This token is not valid: {type(error).__name__}.") from error
        except ValueError as error:
            raise Unavailable("The identity provider's keys cannot be read; try again.") from error
        workspace = claims.get(self._settings.oidc_workspace_claim)
        if not is_workspace(workspace):
            raise Unauthenticated(f"The token's claim '{self._settings.oidc_workspace_claim}' names no workspace.")
        granted = set(str(claims.get("scope", "")).split()) & set(SCOPES)
        return Principal(workspace, frozenset(granted), clean_text(claims["sub"]))
