"""Enrichments, their statements and tombstones as rows, written many at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, text
from sqlmodel import col, select

from enrichment.enrichments.enrichment import Enrichment
from enrichment.enrichments.plan import Source
from enrichment.enrichments.rows import JsonRow, document, enrichment_of, row_of, statement_rows_of
from enrichment.models import EnrichmentRow, ErasedPost, StatementRow
from enrichment.readings.reading import ReaderVersion
from kit.db import Repository

# A batch goes in as one JSON document: a post's lists have lengths of their own, which `unnest` cannot take apart.
_COLUMNS = (
    "post_id uuid, author_id uuid, platform text, published_at timestamptz, study_ids uuid[], is_repost boolean, "
    "copy_of uuid, revision integer, text_digest bytea, spoken_digest bytea, spoken_runs integer[], model text, "
    "coding text, language text, polarity smallint, negative real, neutral real, positive real, vector halfvec, "
    "keyphrases text[], code_keys text[], codes jsonb, entities jsonb, reasons jsonb, personal_data jsonb"
)
_NAMES = [column.split()[0] for column in _COLUMNS.split(", ")]
_STORE = text(
    f"""
    INSERT INTO enrichments (workspace_id, {", ".join(_NAMES)})
    SELECT :workspace, given.* FROM json_to_recordset(CAST(:rows AS json)) AS given ({_COLUMNS})
    WHERE NOT EXISTS (SELECT FROM erased_posts AS erased
        WHERE erased.workspace_id = :workspace AND erased.post_id = given.post_id)
    ON CONFLICT (workspace_id, post_id) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in _NAMES[1:])}
    WHERE enrichments.revision < excluded.revision OR enrichments.revision = excluded.revision
        AND (enrichments.model, enrichments.coding) <> (excluded.model, excluded.coding)
    RETURNING post_id, xmax <> 0 AS is_replaced
    """
)
_ADD_STATEMENTS = text(
    """
    INSERT INTO statements
        (workspace_id, post_id, position, start, stop, polarity, negative, neutral, positive, vector, codes)
    SELECT :workspace, given.* FROM json_to_recordset(CAST(:rows AS json)) AS given (post_id uuid, position integer,
        start integer, stop integer, polarity smallint, negative real, neutral real, positive real, vector bytea,
        codes jsonb)
    """
)
_DROP_STATEMENTS = text("DELETE FROM statements WHERE workspace_id = :workspace AND post_id = ANY(:ids)")
_DROP = text("DELETE FROM enrichments WHERE workspace_id = :workspace AND post_id = ANY(:ids)")
_BURY = text(
    "INSERT INTO erased_posts (workspace_id, post_id, erased_at) SELECT :workspace, given.* "
    "FROM unnest(CAST(:ids AS uuid[]), CAST(:moments AS timestamptz[])) AS given ON CONFLICT DO NOTHING"
)
_KEEP_FROM_ERASURE = text("SELECT pg_advisory_xact_lock_shared(hashtextextended(:workspace, 1))")
_KEEP_FROM_STORING = text("SELECT pg_advisory_xact_lock(hashtextextended(:workspace, 1))")
_KNOWN = text(
    "SELECT post_id, revision, text_digest, model, coding FROM enrichments "
    "WHERE workspace_id = :workspace AND post_id = ANY(:ids)"
)
# One row each, however many posts say the same.
_SOURCES = text(
    """
    SELECT source.post_id FROM unnest(CAST(:digests AS bytea[])) AS said (digest) CROSS JOIN LATERAL (
        SELECT post_id FROM enrichments WHERE workspace_id = :workspace AND spoken_digest = said.digest
            AND model = :model AND coding = :coding LIMIT 1
    ) AS source
    """
)
_COVERAGE = text(
    "SELECT count(*) AS posts, min(published_at) AS first, max(published_at) AS last FROM enrichments "
    "WHERE workspace_id = :workspace AND study_ids @> ARRAY[CAST(:study_id AS uuid)]"
)


@dataclass(frozen=True)
class Known:
    """What decides whether a post must be read again."""

    revision: int
    text_digest: bytes
    version: ReaderVersion

    def covers(self, revision: int, version: ReaderVersion) -> bool:
        """True when such a reading would tell nothing new."""
        return self.revision > revision or (self.revision, self.version) == (revision, version)


@dataclass(frozen=True)
class Coverage:
    """How much of a study is enriched."""

    posts: int
    first_published_at: datetime | None
    last_published_at: datetime | None


class EnrichmentRepository(Repository):
    """Enrichments of one workspace."""

    async def list_erased(self, ids: Collection[UUID]) -> set[UUID]:
        """Which of the posts were erased."""
        found = await self.session.execute(
            select(ErasedPost.post_id).where(
                col(ErasedPost.workspace_id) == self.workspace, col(ErasedPost.post_id).in_(ids)
            )
        )
        return set(found.scalars())

    async def list_known(self, ids: Collection[UUID]) -> dict[UUID, Known]:
        """What was read of the posts before."""
        found = await self.session.execute(_KNOWN, {"workspace": self.workspace, "ids": list(ids)})
        return {
            each.post_id: Known(each.revision, each.text_digest, ReaderVersion(each.model, each.coding))
            for each in found
        }

    async def list_sources(self, digests: Collection[bytes], version: ReaderVersion) -> dict[bytes, Source]:
        """A reading of each of what is said, by its digest, where this reader has one."""
        if not digests:
            return {}
        found = await self.session.execute(
            _SOURCES,
            {
                "workspace": self.workspace,
                "digests": list(digests),
                "model": version.model,
                "coding": version.coding,
            },
        )
        known = await self.list_by_ids(list(found.scalars()))
        return {each.wording.spoken_digest: Source(each.wording.layout, each.reading) for each in known}

    async def list_by_ids(self, ids: Sequence[UUID]) -> list[Enrichment]:
        """The enrichments in the order of the ids; unknown ids are left out.

        Until the transaction ends nobody erases or replaces them: statements are read after the posts, and an erasure
        in between would leave posts without any.
        """
        if not ids:
            return []
        query = select(EnrichmentRow).where(
            col(EnrichmentRow.workspace_id) == self.workspace, col(EnrichmentRow.post_id).in_(ids)
        )
        rows = await self.session.execute(query.order_by(col(EnrichmentRow.post_id)).with_for_update(read=True))
        statements = await self._list_statements(ids)
        found = {row.post_id: enrichment_of(row, statements[row.post_id]) for row in rows.scalars()}
        return [found[post_id] for post_id in dict.fromkeys(ids) if post_id in found]

    async def _list_statements(self, ids: Sequence[UUID]) -> Mapping[UUID, list[StatementRow]]:
        rows = await self.session.execute(
            select(StatementRow)
            .where(col(StatementRow.workspace_id) == self.workspace, col(StatementRow.post_id).in_(ids))
            .order_by(col(StatementRow.post_id), col(StatementRow.position))
        )
        by_post = defaultdict(list)
        for row in rows.scalars():
            by_post[row.post_id].append(row)
        return by_post

    async def store(self, enrichments: Sequence[Enrichment]) -> set[UUID]:
        """Writes those that are newer than what is there and not of erased posts; returns which were written.

        Rows go in by the order of their keys, so that two writers wait for one another, never in a ring.
        """
        if not enrichments:
            return set()
        await self.hold_off_erasures()
        ordered = sorted(enrichments, key=lambda enrichment: enrichment.origin.post_id)
        stored = await self.session.execute(_STORE, self._given(map(row_of, ordered)))
        is_replaced = {row.post_id: row.is_replaced for row in stored}
        replaced = [post_id for post_id, replaced in is_replaced.items() if replaced]
        if replaced:
            await self.session.execute(_DROP_STATEMENTS, {"workspace": self.workspace, "ids": replaced})
        written = [enrichment for enrichment in ordered if enrichment.origin.post_id in is_replaced]
        statements = (row for enrichment in written for row in statement_rows_of(enrichment))
        await self.session.execute(_ADD_STATEMENTS, self._given(statements))
        return set(is_replaced)

    async def hold_off_erasures(self) -> None:
        """Makes erasures of the workspace wait for the end of this transaction: what it reads of posts will hold."""
        await self.session.execute(_KEEP_FROM_ERASURE, {"workspace": self.workspace})

    async def erase(self, moments: Mapping[UUID, datetime]) -> None:
        """Removes the posts and remembers that they were erased.

        Waits until no transaction of the workspace is storing enrichments: one that began before the erasure
        would not see it, and bring the post back.
        """
        ids = list(moments)
        await self.session.execute(_KEEP_FROM_STORING, {"workspace": self.workspace})
        await self.session.execute(
            _BURY, {"workspace": self.workspace, "ids": ids, "moments": [moments[post_id] for post_id in ids]}
        )
        for statement in (_DROP_STATEMENTS, _DROP):
            await self.session.execute(statement, {"workspace": self.workspace, "ids": ids})

    async def count(self) -> int:
        """How many posts are enriched."""
        query = select(func.count()).where(col(EnrichmentRow.workspace_id) == self.workspace)
        return (await self.session.execute(query)).scalar_one()

    async def coverage(self, study_id: UUID) -> Coverage:
        """How much of a study is enriched; nothing of a study that is not known."""
        found = await self.session.execute(_COVERAGE, {"workspace": self.workspace, "study_id": study_id})
        row = found.one()
        return Coverage(row.posts, row.first, row.last)

    def _given(self, rows: Iterable[JsonRow]) -> dict[str, str]:
        return {"workspace": self.workspace, "rows": document(rows)}
