"""Proposing, comparing, activating and judging query versions."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from ingest.experiments.captures import FEWEST_JUDGED, FEWEST_RELEVANT, Judged, Scores, score
from ingest.experiments.comparison import SAMPLE_SIZES, Comparison, SampleKind
from ingest.experiments.pools import Pool, belong
from ingest.experiments.reading import PoolReader
from ingest.experiments.repository import ExperimentRepository, Reports
from ingest.experiments.schemas import (
    EXCERPT,
    Activation,
    ActivationView,
    DiffReport,
    DiffView,
    EstimateView,
    NewJudgement,
    PostExcerpt,
    SampleItem,
    ScoresView,
    VersionView,
)
from ingest.models import Judgement, QueryVersion, Study
from ingest.posts.service import PostService
from ingest.studies.schemas import StudyView
from ingest.studies.scopes import Scope
from ingest.studies.service import StudyService
from kit.db import Session
from kit.jobs import enqueue

BACKFILL_JOB = "query-backfill"


class ExperimentService:
    """Query versions of the session's workspace as experiments; a diff reads about `most_read` posts at most."""

    def __init__(self, session: Session, most_read: int) -> None:
        self._session = session
        self._most_read = most_read
        self._experiments = ExperimentRepository(session)
        self._studies = StudyService(session)

    async def propose(self, study_id: UUID, query: str, proposed_by: str) -> VersionView:
        """Keeps a query as a version without effect, and tells what it would change."""
        version = await self._studies.propose(study_id, query, proposed_by)
        return await self._examine(version)

    async def compare(self, study_id: UUID, version: int) -> VersionView:
        """Tells anew what a version changes against the present one, and draws fresh samples of it."""
        await self._studies.get(study_id)
        return await self._examine(await self._studies.version(study_id, version))

    async def show(self, study_id: UUID, version: int) -> VersionView:
        """A version with its newest diff and scores; raises `NotFound`."""
        study = await self._studies.get(study_id)
        return await self._view(study, await self._studies.version(study_id, version))

    async def activate(
        self, study_id: UUID, version: int, asked: Activation, expected: int | None, activated_by: str
    ) -> ActivationView:
        """Makes a version the query of its study, and queues the job that takes in posts of the past if asked."""
        study = await self._studies.activate(study_id, version, expected, activated_by)
        parameters = {"study_id": str(study_id), "version": version}
        job = await enqueue(self._session, BACKFILL_JOB, parameters) if asked.backfill else None
        return ActivationView(study=StudyView.model_validate(study), job=job)

    async def list_sample(
        self, study_id: UUID, version: int, kind: SampleKind, after: int, limit: int
    ) -> list[SampleItem]:
        """Random posts of a version in the order in which they are to be judged; raises `NotFound`."""
        await self._studies.version(study_id, version)
        rows = await self._experiments.sample(study_id, version, kind, after, limit)
        posts = await PostService(self._session).get_many([row.post_id for row in rows])
        return [
            SampleItem(
                **PostExcerpt.of(post).model_dump(), position=row.position, matches=row.matches, relevant=row.relevant
            )
            for row, post in zip(rows, posts, strict=True)
        ]

    async def judge(self, study_id: UUID, post_id: UUID, new: NewJudgement, caller: str) -> Judgement:
        """Keeps what a person says of a post, and scores the versions that sampled it anew."""
        await self._studies.get(study_id)
        await PostService(self._session).get(post_id)
        judgement = await self._experiments.judge(study_id, post_id, new.relevant, new.by or caller)
        for version in await self._experiments.versions_that_sampled(study_id, post_id):
            await self._rescore(study_id, version)
        return judgement

    async def _examine(self, version: QueryVersion) -> VersionView:
        study = await self._studies.get(version.study_id)
        pool = (await PoolReader(self._session, self._most_read).read()).within(scope_of(study))
        comparison = await asyncio.to_thread(_compare, study, version.query, pool)
        report = _report(comparison, study.query_version)
        samples = [(kind, comparison.sample(kind, study.id)) for kind in SampleKind]
        await self._session.flush()
        await self._experiments.keep_diff(study.id, version.version, report.model_dump_json())
        await self._experiments.replace_samples(study.id, version.version, samples)
        await self._rescore(study.id, version.version)
        return await self._view(study, version)

    async def _rescore(self, study_id: UUID, version: int) -> None:
        reports = await self._experiments.reports(study_id, version)
        volume = DiffReport.model_validate(reports.diff).matched.value
        matched = await self._judged(study_id, version, SampleKind.MATCHED)
        search_set = await self._judged(study_id, version, SampleKind.SEARCH_SET)
        view = _scores_view(score(matched, search_set, volume))
        await self._experiments.keep_scores(study_id, version, view.model_dump_json())

    async def _judged(self, study_id: UUID, version: int, kind: SampleKind) -> list[Judged]:
        """The posts before the first that nobody judged: those behind it were picked, and are no random sample."""
        rows = await self._experiments.sample(study_id, version, kind, 0, SAMPLE_SIZES[kind])
        judged: list[Judged] = []
        for row in rows:
            if row.relevant is None:
                break
            judged.append(Judged(row.weight, row.matches, row.relevant))
        return judged

    async def _view(self, study: Study, version: QueryVersion) -> VersionView:
        reports = await self._experiments.reports(study.id, version.version)
        return VersionView(
            version=version.version,
            query=version.query,
            created_by=version.created_by,
            created_at=version.created_at,
            is_current=version.version == study.query_version,
            activated_at=reports.activated_at,
            diff=await self._diff(study.id, version.version, reports),
            scores=ScoresView.model_validate(reports.scores) if reports.scores else None,
        )

    async def _diff(self, study_id: UUID, version: int, reports: Reports) -> DiffView | None:
        if reports.diff is None:
            return None
        return DiffView(
            **dict(DiffReport.model_validate(reports.diff)),
            gained_posts=await self._excerpts(study_id, version, SampleKind.GAINED),
            lost_posts=await self._excerpts(study_id, version, SampleKind.LOST),
        )

    async def _excerpts(self, study_id: UUID, version: int, kind: SampleKind) -> list[PostExcerpt]:
        rows = await self._experiments.sample(study_id, version, kind, 0, EXCERPT)
        posts = await PostService(self._session).get_many([row.post_id for row in rows])
        return [PostExcerpt.of(post) for post in posts]


def scope_of(study: Study) -> Scope:
    """What the study takes at present."""
    return Scope(study.id, study.query, tuple(study.languages), tuple(study.platforms), study.since, study.until)


def _compare(study: Study, query: str, pool: Pool) -> Comparison:
    scope = scope_of(study)
    return Comparison(pool, belong(scope, pool.posts), belong(replace(scope, query=query), pool.posts))


def _report(comparison: Comparison, against: int) -> DiffReport:
    def count(before: bool | None, after: bool | None) -> EstimateView:
        return EstimateView.model_validate(comparison.count(before=before, after=after))

    return DiffReport(
        against_version=against,
        computed_at=datetime.now(UTC),
        stored_posts=comparison.pool.stored,
        read_posts=len(comparison.pool.posts),
        matched_before=count(True, None),
        matched=count(None, True),
        kept=count(True, True),
        gained=count(False, True),
        lost=count(True, False),
        posts_per_day=EstimateView.of(comparison.posts_per_day()),
        warnings=comparison.warnings(),
    )


def _scores_view(scores: Scores) -> ScoresView:
    missing = [
        (scores.judged_matched < FEWEST_JUDGED, f"Precision needs {FEWEST_JUDGED} judged posts of kind `matched`."),
        (
            scores.relevant_in_search_set < FEWEST_RELEVANT,
            f"Recall needs {FEWEST_RELEVANT} relevant ones among judged posts of kind `search_set`.",
        ),
    ]
    return ScoresView(
        precision=EstimateView.of(scores.precision),
        recall=EstimateView.of(scores.recall),
        relevant_posts=EstimateView.of(scores.relevant_posts),
        judged_matched=scores.judged_matched,
        judged_search_set=scores.judged_search_set,
        relevant_in_search_set=scores.relevant_in_search_set,
        not_enough_evidence=[sentence for applies, sentence in missing if applies],
    )
