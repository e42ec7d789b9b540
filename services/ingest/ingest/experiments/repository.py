"""Diffs, samples, judgements, scores and suggestions as rows, and which stored posts to read for them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, TextClause, text

from ingest.experiments.comparison import SampledPost, SampleKind
from ingest.models import Judgement
from kit.db import Repository, new_id

_READ_SEED = 20_170_101
_COUNT = text("SELECT count(*) FROM posts WHERE workspace_id = :workspace AND erased_at IS NULL")
# The hash of an id is the same at every read, so that two diffs look at the same posts.
_DRAW = text(
    """
    SELECT id FROM posts WHERE workspace_id = :workspace AND erased_at IS NULL
        AND (uuid_hash_extended(id, :seed) & 9223372036854775807) % :every = 0
    ORDER BY id
    """
)
_POLICIES = text(
    "SELECT id, unmatched, sample_rate FROM sources WHERE workspace_id = :workspace AND unmatched <> 'keep'"
)
_KEEP_DIFF = text(
    "INSERT INTO query_diffs (workspace_id, study_id, version, report) "
    "VALUES (:workspace, :study, :version, CAST(:report AS jsonb)) "
    "ON CONFLICT (workspace_id, study_id, version) DO UPDATE SET report = excluded.report"
)
_KEEP_SCORES = text(
    "INSERT INTO query_scores (workspace_id, study_id, version, report) "
    "VALUES (:workspace, :study, :version, CAST(:report AS jsonb)) "
    "ON CONFLICT (workspace_id, study_id, version) DO UPDATE SET report = excluded.report"
)
_REPORTS = text(
    """
    SELECT (SELECT report FROM query_diffs WHERE workspace_id = :workspace AND study_id = :study
        AND version = :version) AS diff, (SELECT report FROM query_scores WHERE workspace_id = :workspace
        AND study_id = :study AND version = :version) AS scores, (SELECT max(activated_at) FROM query_activations
        WHERE workspace_id = :workspace AND study_id = :study AND version = :version) AS activated_at
    """
)
_FORGET_SAMPLES = text(
    "DELETE FROM query_samples WHERE workspace_id = :workspace AND study_id = :study AND version = :version"
)
_KEEP_SAMPLE = text(
    """
    INSERT INTO query_samples (workspace_id, study_id, version, kind, position, post_id, weight, matches)
    SELECT :workspace, :study, :version, :kind, given.position, given.post_id, given.weight, given.matches
    FROM unnest(CAST(:post_ids AS uuid[]), CAST(:weights AS float[]), CAST(:matches AS boolean[]))
        WITH ORDINALITY AS given (post_id, weight, matches, position)
    """
)
# Erased posts leave their samples; who comes next moves up.
_SAMPLE = text(
    """
    SELECT sample.position, sample.post_id, sample.weight, sample.matches, judgements.relevant
    FROM query_samples AS sample JOIN posts ON posts.workspace_id = :workspace AND posts.id = sample.post_id
        AND posts.erased_at IS NULL
    LEFT JOIN judgements ON judgements.workspace_id = :workspace AND judgements.study_id = :study
        AND judgements.post_id = sample.post_id
    WHERE sample.workspace_id = :workspace AND sample.study_id = :study AND sample.version = :version
        AND sample.kind = :kind AND sample.position > :after ORDER BY sample.position LIMIT :limit
    """
)
_JUDGE = text(
    """
    INSERT INTO judgements (workspace_id, study_id, post_id, relevant, judged_by, judged_at)
    VALUES (:workspace, :study, :post, :relevant, :judged_by, now())
    ON CONFLICT (workspace_id, study_id, post_id)
        DO UPDATE SET relevant = excluded.relevant, judged_by = excluded.judged_by, judged_at = excluded.judged_at
    RETURNING judged_at
    """
)
_JUDGED = text("SELECT post_id, relevant FROM judgements WHERE workspace_id = :workspace AND study_id = :study")
_VERSIONS_OF_POST = text(
    "SELECT DISTINCT version FROM query_samples "
    "WHERE workspace_id = :workspace AND study_id = :study AND post_id = :post ORDER BY version"
)
_ADD_SUGGESTIONS = text(
    "INSERT INTO query_suggestions (workspace_id, id, study_id, report, created_at) "
    "VALUES (:workspace, :id, :study, CAST(:report AS jsonb), now())"
)
_SUGGESTIONS = text(
    "SELECT report FROM query_suggestions WHERE workspace_id = :workspace AND study_id = :study AND id = :id"
)


Report = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Reports:
    """What is known of a query version, each part None while there is none."""

    diff: Report | None
    scores: Report | None
    activated_at: datetime | None


@dataclass(frozen=True, slots=True)
class Unmatched:
    """What became of posts that no study took: the share kept by sources that sample, and whether some drop them."""

    rates: Mapping[UUID, float]
    are_dropped: bool


@dataclass(frozen=True, slots=True)
class DrawnPost:
    """A post in its place in a sample, and what was judged of it."""

    position: int
    post_id: UUID
    weight: float
    matches: bool
    relevant: bool | None


class ExperimentRepository(Repository):
    """Experiments of one workspace."""

    async def count_posts(self) -> int:
        """How many posts are stored."""
        return int((await self._ask(_COUNT))[0][0])

    async def draw_posts(self, every: int) -> list[UUID]:
        """Ids of one in `every` stored posts, always the same ones."""
        return [row.id for row in await self._ask(_DRAW, every=every, seed=_READ_SEED)]

    async def unmatched(self) -> Unmatched:
        """How the sources of the workspace keep posts that no study takes."""
        rows = await self._ask(_POLICIES)
        rates = {row.id: row.sample_rate for row in rows if row.unmatched == "sample" and row.sample_rate}
        return Unmatched(rates, len(rates) < len(rows))

    async def keep_diff(self, study_id: UUID, version: int, report: str) -> None:
        """Keeps the newest diff of a version, as JSON."""
        await self._tell(_KEEP_DIFF, study=study_id, version=version, report=report)

    async def keep_scores(self, study_id: UUID, version: int, report: str) -> None:
        """Keeps the newest scores of a version, as JSON."""
        await self._tell(_KEEP_SCORES, study=study_id, version=version, report=report)

    async def reports(self, study_id: UUID, version: int) -> Reports:
        """Diff, scores and last activation of a version."""
        row = (await self._ask(_REPORTS, study=study_id, version=version))[0]
        return Reports(row.diff, row.scores, row.activated_at)

    async def replace_samples(
        self, study_id: UUID, version: int, samples: Iterable[tuple[SampleKind, Sequence[SampledPost]]]
    ) -> None:
        """Keeps fresh samples of a version instead of those it had."""
        await self._tell(_FORGET_SAMPLES, study=study_id, version=version)
        for kind, posts in samples:
            await self._tell(
                _KEEP_SAMPLE,
                study=study_id,
                version=version,
                kind=kind,
                post_ids=[post.post_id for post in posts],
                weights=[post.weight for post in posts],
                matches=[post.matches for post in posts],
            )

    async def sample(self, study_id: UUID, version: int, kind: SampleKind, after: int, limit: int) -> list[DrawnPost]:
        """Posts of a sample that are still there, behind position `after`."""
        rows = await self._ask(_SAMPLE, study=study_id, version=version, kind=kind, after=after, limit=limit)
        return [DrawnPost(row.position, row.post_id, row.weight, row.matches, row.relevant) for row in rows]

    async def judge(self, study_id: UUID, post_id: UUID, relevant: bool, judged_by: str) -> Judgement:
        """Keeps what a person says of a post, instead of what was said before."""
        rows = await self._ask(_JUDGE, study=study_id, post=post_id, relevant=relevant, judged_by=judged_by)
        return Judgement(
            workspace_id=self.workspace,
            study_id=study_id,
            post_id=post_id,
            relevant=relevant,
            judged_by=judged_by,
            judged_at=rows[0].judged_at,
        )

    async def judged(self, study_id: UUID) -> dict[UUID, bool]:
        """Every post of the study that was judged, and whether it was found relevant."""
        return {row.post_id: row.relevant for row in await self._ask(_JUDGED, study=study_id)}

    async def versions_that_sampled(self, study_id: UUID, post_id: UUID) -> list[int]:
        """The query versions whose samples hold the post."""
        return [row.version for row in await self._ask(_VERSIONS_OF_POST, study=study_id, post=post_id)]

    async def add_suggestions(self, study_id: UUID, report: str) -> UUID:
        """Keeps suggestions, as JSON, and returns their id."""
        identity = new_id()
        await self._tell(_ADD_SUGGESTIONS, id=identity, study=study_id, report=report)
        return identity

    async def find_suggestions(self, study_id: UUID, suggestions_id: UUID) -> Report | None:
        """Suggestions that were kept."""
        rows = await self._ask(_SUGGESTIONS, study=study_id, id=suggestions_id)
        return rows[0].report if rows else None

    async def _ask(self, statement: TextClause, **values: object) -> "Sequence[Row[Any]]":
        return (await self.session.execute(statement, {"workspace": self.workspace, **values})).all()

    async def _tell(self, statement: TextClause, **values: object) -> None:
        await self.session.execute(statement, {"workspace": self.workspace, **values})
