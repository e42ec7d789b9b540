"""What codes were given: counted by study, listed by code."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from enrichment.coding.codes import Code, CoderKind
from enrichment.coding.queries import CodedQuery, Place
from enrichment.coding.repository import CodeRepository
from enrichment.enrichments.enrichment import Enrichment
from enrichment.enrichments.repository import EnrichmentRepository
from kit.db import Session


@dataclass(frozen=True)
class CodeCount:
    """How often a code was given in a study."""

    codebook: str
    code: str
    posts: int
    statements: int


@dataclass(frozen=True)
class CodeCounts:
    """Counts of codes in a study."""

    study_id: UUID
    posts: int
    statements: int
    codes: list[CodeCount]


@dataclass(frozen=True)
class Coding:
    """Where in a post a code was given; without a position the post as a whole was coded."""

    position: int | None
    start: int
    end: int
    probability: float
    version: int
    coder: CoderKind


@dataclass(frozen=True)
class CodedPost:
    """A post that a code was given to."""

    post_id: UUID
    published_at: datetime
    language: str | None
    study_ids: tuple[UUID, ...]
    codings: list[Coding]


class CodeService:
    """Codes in the workspace of a session."""

    def __init__(self, session: Session) -> None:
        self._codes = CodeRepository(session)
        self._enrichments = EnrichmentRepository(session)

    async def counts(self, study_id: UUID) -> CodeCounts:
        """Counts of every code in a study, most posts first; nothing of a study that is not known."""
        totals = await self._codes.totals(study_id)
        posts = await self._codes.count_posts(study_id)
        statements = await self._codes.count_statements(study_id)
        ordered = sorted(posts, key=lambda key: (-posts[key], key))
        codes = [_count(key, posts[key], statements.get(key, 0)) for key in ordered]
        return CodeCounts(study_id, totals.posts, totals.statements, codes)

    async def list_posts(self, query: CodedQuery, after: Place | None, limit: int) -> list[CodedPost]:
        """Posts with a code, newest first, each with the passages that it was given to."""
        ids = await self._codes.list_posts(query, after, limit)
        found = await self._enrichments.list_by_ids(ids)
        return [_coded_post(each, query) for each in found]


def _count(key: str, posts: int, statements: int) -> CodeCount:
    codebook, code = key.split("/", 1)
    return CodeCount(codebook, code, posts, statements)


def _coded_post(enrichment: Enrichment, query: CodedQuery) -> CodedPost:
    origin, language = enrichment.origin, enrichment.reading.language or None
    codings = list(_codings(enrichment, query))
    return CodedPost(origin.post_id, origin.published_at, language, origin.study_ids, codings)


def _codings(enrichment: Enrichment, query: CodedQuery) -> Iterator[Coding]:
    passages: list[tuple[int | None, tuple[Code, ...]]] = [(None, enrichment.reading.codes)]
    passages += [(position, each.codes) for position, each in enumerate(enrichment.reading.statements)]
    for position, codes in passages:
        for code in codes:
            is_of_study = not (code.study and query.study_id) or code.study == str(query.study_id)
            if code.key == query.key and is_of_study:
                yield Coding(position, code.start, code.end, round(code.probability, 4), code.version, code.coder)
