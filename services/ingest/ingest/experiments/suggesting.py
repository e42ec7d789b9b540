"""Asking for suggestions, and drafting a first query from a plain question."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from ingest.experiments.drafts import draft
from ingest.experiments.estimates import total
from ingest.experiments.pools import belong
from ingest.experiments.reading import PoolReader
from ingest.experiments.repository import ExperimentRepository
from ingest.experiments.schemas import (
    DraftPart,
    DraftRequest,
    DraftView,
    EstimateView,
    PostExcerpt,
    SuggestionRequest,
    SuggestionsReport,
    SuggestionsView,
    TermReport,
)
from ingest.experiments.service import scope_of
from ingest.experiments.suggestions import Advisor, Suggestions, Term
from ingest.posts.service import PostService
from ingest.studies.service import StudyService
from kit.db import Session
from kit.errors import Invalid, NotFound
from kit.jobs import JobView, enqueue

SUGGESTION_JOB = "query-suggestions"


class SuggestionService:
    """Suggestions and drafts for the session's workspace, from about `most_read` stored posts at most."""

    def __init__(self, session: Session, most_read: int) -> None:
        self._session = session
        self._most_read = most_read
        self._experiments = ExperimentRepository(session)

    async def start(self, study_id: UUID, asked: SuggestionRequest) -> JobView:
        """Queues the job that looks for suggestions; raises `Invalid` when there is no query to better."""
        study = await StudyService(self._session).get(study_id)
        query = study.query if asked.query is None else asked.query
        if not query:
            raise Invalid("There is no query to better: send one as `query`, or draft one with POST /v1/query-drafts.")
        parameters = {"study_id": str(study_id), "query": query, "most": asked.most}
        return await enqueue(self._session, SUGGESTION_JOB, parameters)

    async def suggest(self, study_id: UUID, query: str, most: int) -> UUID:
        """Looks for what would better the query, keeps it and returns its id."""
        study = await StudyService(self._session).get(study_id)
        scope = replace(scope_of(study), query=query)
        pool = (await PoolReader(self._session, self._most_read).read()).within(scope)
        judged = await self._experiments.judged(study_id)

        def advise() -> Suggestions:
            return Advisor.of(study_id, pool, belong(scope, pool.posts), query, judged).advise(most)

        found = await asyncio.to_thread(advise)
        known = sum(post.record.id in judged for post in pool.posts)
        report = _report(found, study_id=study_id, query=query, read_posts=len(pool.posts), judged_posts=known)
        return await self._experiments.add_suggestions(study_id, report.model_dump_json())

    async def show(self, study_id: UUID, suggestions_id: UUID) -> SuggestionsView:
        """Suggestions with the posts that they speak of; raises `NotFound`."""
        kept = await self._experiments.find_suggestions(study_id, suggestions_id)
        if kept is None:
            raise NotFound(f"Study {study_id} has no suggestions {suggestions_id} in this workspace.")
        report = SuggestionsReport.model_validate(kept)
        spoken_of = [post for term in (*report.additions, *report.exclusions) for post in term.sample]
        posts = await PostService(self._session).get_many(list(dict.fromkeys([*spoken_of, *report.worth_judging])))
        return SuggestionsView(**dict(report), id=suggestions_id, excerpts=[PostExcerpt.of(post) for post in posts])

    async def draft(self, asked: DraftRequest) -> DraftView:
        """A first query for a plain question, in words that stored posts use."""
        pool = await PoolReader(self._session, self._most_read).read()
        drafted, taken = await asyncio.to_thread(draft, asked.question, asked.seeds, asked.languages, pool)
        weights = [post.weight for post, inside in zip(pool.posts, taken, strict=True) if inside]
        return DraftView(
            query=drafted.query,
            parts=[DraftPart(part=part.part, because=part.because) for part in drafted.parts],
            matched=EstimateView.model_validate(total(weights, pool.heaviest)),
            read_posts=len(pool.posts),
            notes=drafted.notes,
        )


def _report(found: Suggestions, *, study_id: UUID, query: str, read_posts: int, judged_posts: int) -> SuggestionsReport:
    return SuggestionsReport(
        study_id=study_id,
        query=query,
        computed_at=datetime.now(UTC),
        read_posts=read_posts,
        judged_posts=judged_posts,
        precision=EstimateView.of(found.precision),
        floor=found.floor,
        additions=[_term(each) for each in found.additions],
        exclusions=[_term(each) for each in found.exclusions],
        suggested_query=found.suggested_query,
        worth_judging=found.worth_judging,
        notes=found.notes,
    )


def _term(each: Term) -> TermReport:
    return TermReport(
        term=each.term,
        query=each.query,
        posts=EstimateView.model_validate(each.posts),
        precision=each.precision,
        judged=each.judged,
        new_precision=each.new_precision,
        sample=each.sample,
    )
