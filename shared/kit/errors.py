"""Everything that can go wrong for a caller, with what REST and gRPC answer.

PourquoiError                500
├── Invalid                  422  the request is understood but wrong
├── Malformed                400  the request cannot be understood
├── Unauthenticated          401
├── Forbidden                403
├── NotFound                 404  also: it belongs to another workspace
├── Conflict                 409
├── PreconditionFailed       412  If-Match names an older revision
├── TooLarge                 413
├── TooManyRequests          429
└── Unavailable              503  a peer or an engine is away: try again
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class FieldError:
    """One wrong part of a request: where it stands and what is wrong with it."""

    location: str
    message: str


class PourquoiError(Exception):
    """Base of all errors that a caller may see; `detail` is a sentence that says what to do."""

    status: ClassVar[int] = 500
    slug: ClassVar[str] = "internal"
    title: ClassVar[str] = "Internal error"
    grpc_status: ClassVar[str] = "INTERNAL"

    def __init__(
        self, detail: str, errors: tuple[FieldError, ...] = (), headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = errors
        self.headers = dict(headers or {})


class Malformed(PourquoiError):
    """The request cannot be understood."""

    status, slug, title, grpc_status = 400, "malformed", "Malformed request", "INVALID_ARGUMENT"


class Unauthenticated(PourquoiError):
    """No valid key or token came with the request."""

    status, slug, title, grpc_status = 401, "unauthenticated", "Not authenticated", "UNAUTHENTICATED"

    def __init__(self, detail: str) -> None:
        super().__init__(detail, headers={"WWW-Authenticate": "Bearer"})


class Forbidden(PourquoiError):
    """The caller is known but lacks a scope."""

    status, slug, title, grpc_status = 403, "forbidden", "Not allowed", "PERMISSION_DENIED"


class NotFound(PourquoiError):
    """The caller's workspace has no such thing."""

    status, slug, title, grpc_status = 404, "not-found", "Not found", "NOT_FOUND"


class Conflict(PourquoiError):
    """The request does not fit the present state."""

    status, slug, title, grpc_status = 409, "conflict", "Conflict", "FAILED_PRECONDITION"


class PreconditionFailed(PourquoiError):
    """Somebody changed it since the caller read it."""

    status, slug, title, grpc_status = 412, "precondition-failed", "Changed meanwhile", "ABORTED"


class TooLarge(PourquoiError):
    """The request is larger than allowed."""

    status, slug, title, grpc_status = 413, "too-large", "Too large", "INVALID_ARGUMENT"


class Invalid(PourquoiError):
    """The request is understood but wrong."""

    status, slug, title, grpc_status = 422, "invalid", "Invalid request", "INVALID_ARGUMENT"


class TooManyRequests(PourquoiError):
    """The caller is over its limit."""

    status, slug, title, grpc_status = 429, "too-many-requests", "Too many requests", "RESOURCE_EXHAUSTED"


class Unavailable(PourquoiError):
    """A peer or an engine is away; the same request may succeed later."""

    status, slug, title, grpc_status = 503, "unavailable", "Temporarily unavailable", "UNAVAILABLE"


KINDS: tuple[type[PourquoiError], ...] = (
    Malformed,
    Unauthenticated,
    Forbidden,
    NotFound,
    Conflict,
    PreconditionFailed,
    TooLarge,
    Invalid,
    TooManyRequests,
    Unavailable,
)


def from_grpc_status(name: str, detail: str) -> PourquoiError:
    """The error that a gRPC status stands for; unknown ones become `PourquoiError`."""
    if name == "INVALID_ARGUMENT":
        return Invalid(detail)
    if name == "DEADLINE_EXCEEDED":
        return Unavailable(detail)
    return next((kind(detail) for kind in KINDS if kind.grpc_status == name), PourquoiError(detail))
