"""Which studies a post belongs to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from ingest.queries.conditions import Language, Platform, Published, Unclaimed
from ingest.queries.documents import Document
from ingest.queries.expressions import Both, Either, Expression
from ingest.queries.parser import Query, parse_query
from ingest.queries.percolator import Percolator


@dataclass(frozen=True, slots=True)
class Scope:
    """What one study takes: its query, and optional bounds of language, platform and time."""

    study_id: UUID
    query: str
    languages: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None

    def compile(self) -> Query:
        """Query and bounds as one; a post that claims no language is not held back for it."""
        asked = parse_query(self.query).expression
        conditions = [*self._bounds()] if asked is None else [*self._bounds(), asked]
        return Query(self.query, Both(tuple(conditions)) if conditions else None)

    def _bounds(self) -> list[Expression]:
        bounds: list[Expression] = []
        if self.platforms:
            bounds.append(Either(tuple(map(Platform, self.platforms))))
        if self.languages:
            bounds.append(Either((Unclaimed(), *(Language(_primary(language)) for language in self.languages))))
        if self.since is not None or self.until is not None:
            bounds.append(Published(self.since, self.until))
        return bounds


class Scopes:
    """The scopes of every study of a workspace, ready for many posts."""

    def __init__(self, scopes: Sequence[Scope]) -> None:
        self._asking, self._unasking = _compiled(tuple(scopes))
        self._studies = {scope.study_id for scope in scopes}

    def __contains__(self, study_id: object) -> bool:
        return study_id in self._studies

    def matching(self, post: Document, sent_to: UUID | None) -> list[UUID]:
        """The studies that take a post which was sent to one of them, or to none.

        A query takes posts of the whole workspace; a study without a query takes what is sent to it.
        """
        taken = self._asking.matching(post)
        if sent_to in self._unasking and self._unasking[sent_to].matches(post):
            taken.append(sent_to)
        return taken


# Every chunk of posts asks for the same scopes again, and a thousand queries take a moment to prepare.
@lru_cache(maxsize=32)
def _compiled(scopes: tuple[Scope, ...]) -> tuple[Percolator[UUID], dict[UUID, Query]]:
    asking = {scope.study_id: scope.compile() for scope in scopes if scope.query.strip()}
    unasking = {scope.study_id: scope.compile() for scope in scopes if not scope.query.strip()}
    return Percolator(asking), unasking


def _primary(language: str) -> str:
    return language.partition("-")[0].lower()
