"""Which studies a post belongs to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from ingest.queries.parser import Query, parse_query
from ingest.queries.tokens import TokenisedText


@dataclass(frozen=True, slots=True)
class Candidate:
    """What a study may ask of a post."""

    text: str
    platform: str
    language: str
    published_at: datetime


@dataclass(frozen=True, slots=True)
class Scope:
    """What one study takes: its query, and optional bounds of language, platform and time."""

    study_id: UUID
    query: str
    languages: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None

    def admits(self, post: Candidate) -> bool:
        """True when the bounds hold; a post that claims no language is not held back for it."""
        return (
            (not self.platforms or post.platform in self.platforms)
            and (not self.languages or not post.language or _primary(post.language) in map(_primary, self.languages))
            and (self.since is None or self.since <= post.published_at)
            and (self.until is None or post.published_at < self.until)
        )


class Scopes:
    """The scopes of every study of a workspace, ready for many posts."""

    def __init__(self, scopes: Sequence[Scope]) -> None:
        self._queries: list[tuple[Scope, Query]] = [(scope, parse_query(scope.query)) for scope in scopes]

    def __contains__(self, study_id: object) -> bool:
        return any(scope.study_id == study_id for scope, _ in self._queries)

    def matching(self, post: Candidate, sent_to: UUID | None) -> list[UUID]:
        """The studies that take a post which was sent to one of them, or to none.

        A query takes posts of the whole workspace; a study without a query takes what is sent to it.
        """
        tokens = TokenisedText.of(post.text)
        return [
            scope.study_id
            for scope, query in self._queries
            if (scope.study_id == sent_to or not query.is_empty) and scope.admits(post) and query.matches_tokens(tokens)
        ]


@lru_cache(maxsize=1024)
def _primary(language: str) -> str:
    return language.partition("-")[0].lower()
