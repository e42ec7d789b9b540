"""JSON of platforms, read without trust: one bad field or item never costs the others."""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidatorFunctionWrapHandler, WrapValidator

from ingest.posts.schemas import NewPost
from ingest.posts.submissions import Deletion, Submission, explain
from ingest.posts.timestamps import parse_timestamp
from ingest.sources.connector import Batch, Cursor
from ingest.sources.files.objects import parse_json
from ingest.sources.files.records import Rejection
from kit.db import clean_text

Value = TypeVar("Value")
_DEEPEST = 100
_ESCAPES = re.compile(rb"\\u(0000|[dD][89a-fA-F])")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")
_ADDRESS = re.compile(r"https?://\S+")
_LONGEST_ADDRESS, _LONGEST_NAME = 2_000, 200


def _or_none(value: object, validate: ValidatorFunctionWrapHandler) -> object:
    try:
        return validate(value)
    except ValidationError:
        return None


Maybe = Annotated[Value | None, WrapValidator(_or_none)]
Counted = Maybe[Annotated[int, Field(ge=0, le=2**53)]]
Listed = Annotated[tuple[Value, ...], WrapValidator(lambda value, validate: _or_none(value, validate) or ())]


class Shape(BaseModel):
    """What is read of a platform's object; the rest of it is left aside.

    A field that a post cannot do without is required; any other is `Maybe`, and None where it makes no sense.
    """

    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True, frozen=True)


class Unwanted(Exception):
    """An item is sound and yet no post for us; the message says why."""


Found = NewPost | Deletion | None
Finding = Submission | Rejection | Deletion


def read_json(body: bytes | str) -> object:
    """The value of JSON, in which every string can be stored. Raises `ValueError`, also for absurd nesting."""
    value = parse_json(body)
    escaped = _ESCAPES.search(body if isinstance(body, bytes) else body.encode("utf-8", "replace"))
    return _cleaned(value) if escaped else value


def original(item: object) -> bytes:
    """An item as JSON of its own, as it stood in its page."""
    return json.dumps(item, separators=(",", ":")).encode()


def examine(line: int, item: object, read: Callable[[object], Found], raw: bytes = b"") -> Finding | None:
    """What an item turns out to be; whatever is wrong with it is a rejection of this item alone."""
    try:
        found = read(item)
    except ValidationError as error:
        return Rejection(line, explain(error))
    except Unwanted as reason:
        return Rejection(line, str(reason))
    return Submission(line, found, raw or original(item)) if isinstance(found, NewPost) else found


@dataclass
class Gathering:
    """Findings on their way into a batch, numbered from 1."""

    findings: list[Finding] = field(default_factory=list)

    def add(self, item: object, read: Callable[[object], Found], raw: bytes = b"") -> None:
        """Examines one more item."""
        if (finding := examine(len(self.findings) + 1, item, read, raw)) is not None:
            self.findings.append(finding)

    def add_all(self, items: Iterable[object], read: Callable[[object], Found]) -> None:
        """Examines more items."""
        for item in items:
            self.add(item, read)

    def reject(self, reason: str) -> None:
        """Notes something that is no item at all."""
        self.findings.append(Rejection(len(self.findings) + 1, reason))

    def batch(self, cursor: Cursor) -> Batch:
        """Everything so far, with the cursor behind it."""
        items = tuple(each for each in self.findings if not isinstance(each, Deletion))
        return Batch(items, cursor, tuple(each for each in self.findings if isinstance(each, Deletion)))


def language_of(claim: str | None) -> str:
    """The claimed language if it is one: a wrong claim is no reason to lose a post."""
    return claim if claim and _LANGUAGE.fullmatch(claim) else ""


def address_of(claim: str | None) -> str:
    """The claimed address if it is one of the web."""
    return claim if claim and len(claim) <= _LONGEST_ADDRESS and _ADDRESS.fullmatch(claim) else ""


def name_of(claim: str | None) -> str:
    """A name, cut to what is kept of names."""
    return (claim or "").strip()[:_LONGEST_NAME]


def moment_of(claim: object, now: datetime, otherwise: datetime | None = None) -> datetime | None:
    """The claimed moment, or `otherwise` where it cannot be true."""
    try:
        return parse_timestamp(claim, now, day_first=True)
    except ValueError:
        return otherwise


def _cleaned(value: object, depth: int = 0) -> object:
    if depth > _DEEPEST:
        raise ValueError("is nested too deeply")
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, list):
        return [_cleaned(each, depth + 1) for each in value]
    if isinstance(value, dict):
        return {clean_text(str(key)): _cleaned(each, depth + 1) for key, each in value.items()}
    return value
