"""The table of golden cases of the query language."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from ingest.queries.documents import Document

_TABLE = Path(__file__).parents[1] / "queries" / "golden.yaml"


@dataclass(frozen=True)
class Case:
    """A query, a post, and whether the one takes the other."""

    query: str
    document: Document
    is_taken: bool

    def __str__(self) -> str:
        return f"{self.query} {'takes' if self.is_taken else 'leaves'} {self.document.text}"


@dataclass(frozen=True)
class Misreading:
    """A query that cannot be read, and what is said of it."""

    query: str
    line: int
    column: int
    problem: str


def cases() -> list[Case]:
    """Every query with every post that it takes or leaves."""
    return [*_cases()]


def misreadings() -> list[Misreading]:
    """Every query that cannot be read."""
    return [Misreading(row["query"], *row["at"], row["problem"]) for row in _table()["errors"]]


@cache
def _table() -> dict[str, Any]:
    return dict(yaml.safe_load(_TABLE.read_text()))


def _cases() -> Iterator[Case]:
    for row in _table()["cases"]:
        for post in row.get("takes", ()):
            yield Case(row["query"], _document(post), is_taken=True)
        for post in row.get("leaves", ()):
            yield Case(row["query"], _document(post), is_taken=False)


def _document(post: str | dict[str, Any]) -> Document:
    if isinstance(post, str):
        return Document(post)
    moment = post.get("published_at")
    return Document(**{"text": "", **post, "published_at": moment and datetime.fromisoformat(moment)})
