"""The form that brings a file: read after the caller is known, and never larger than allowed."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from fastapi import Request
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect

from ingest.posts.records import Privacy
from ingest.sources.files.mapping import ColumnMapping, MappingSyntaxError
from kit.errors import FieldError, Invalid, Malformed, TooLarge

_MOST_FIELDS = 10
_PRIVACIES = {"": None, **{privacy.value: privacy for privacy in Privacy}}
_TRUTHS = {"": None, "true": True, "false": False}


@dataclass(frozen=True)
class UploadForm:
    """A file of posts and how to read it; without `privacy`, the mapping says how far its posts may travel."""

    file: UploadFile
    mapping: ColumnMapping
    day_first: bool | None
    privacy: Privacy | None = None


@asynccontextmanager
async def upload_form(request: Request, limit_bytes: int) -> AsyncIterator[UploadForm]:
    """The form of a request; its file is spooled to disk meanwhile, and gone afterwards.

    FastAPI would read it before it knows the caller, and whatever its size.
    Raises `TooLarge`, `Invalid` or `Malformed`.
    """
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise Invalid("Send the file as multipart/form-data, in a field named `file`.")
    stream = _bounded(request, limit_bytes)
    try:
        form = await MultiPartParser(request.headers, stream, max_files=1, max_fields=_MOST_FIELDS).parse()
    except MultiPartException as error:
        raise Invalid(f"The form cannot be read: {error.message}") from None
    except ClientDisconnect:
        raise Malformed("The upload broke off; send the file again.") from None
    try:
        yield _checked(form)
    finally:
        await form.close()


async def _bounded(request: Request, limit_bytes: int) -> AsyncGenerator[bytes, None]:
    seen = 0
    async for piece in request.stream():
        seen += len(piece)
        if seen > limit_bytes:
            raise TooLarge(f"The file is larger than {limit_bytes:,} bytes: compress it with gzip, or split it.")
        yield piece


def _checked(form: FormData) -> UploadForm:
    file, mapping, day_first = form.get("file"), form.get("mapping", ""), form.get("day_first", "")
    if not isinstance(file, UploadFile):
        raise _wrong("file", "the file of posts is missing")
    if not isinstance(day_first, str) or day_first.lower() not in _TRUTHS:
        raise _wrong("day_first", "must be true or false")
    privacy = form.get("privacy", "")
    if not isinstance(privacy, str) or privacy.lower() not in _PRIVACIES:
        raise _wrong("privacy", "must be public or private")
    try:
        reading = ColumnMapping.parse(str(mapping)), _TRUTHS[day_first.lower()]
        return UploadForm(file, *reading, _PRIVACIES[privacy.lower()])
    except MappingSyntaxError as error:
        raise _wrong("mapping", str(error)) from None


def _wrong(field: str, problem: str) -> Invalid:
    return Invalid(f"{field}: {problem}", (FieldError(f"body.{field}", problem),))
