"""Enrichments, their statements and tombstones as rows, written many at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

import numpy as np
import orjson
from sqlalchemy import func, text
from sqlmodel import col, select

from enrichment.enrichments.documents import codes_of, entities_of, personal_data_of, reasons_of, to_documents
from enrichment.enrichments.enrichment import Enrichment, Origin, Wording
from enrichment.enrichments.plan import Source
from enrichment.models import EnrichmentRow, ErasedPost, StatementRow
from enrichment.readings.reading import ReaderVersion, Reading, StatementReading
from enrichment.sentiments.polarity import Polarity, Sentiment
from enrichment.texts.layout import Layout
from enrichment.texts.spans import Span
from kit.db import Repository

JsonRow: TypeAlias = dict[str, object]

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
        found = {row.post_id: _enrichment(row, statements[row.post_id]) for row in rows.scalars()}
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
        stored = await self.session.execute(_STORE, self._document(map(_row, ordered)))
        is_replaced = {row.post_id: row.is_replaced for row in stored}
        replaced = [post_id for post_id, replaced in is_replaced.items() if replaced]
        if replaced:
            await self.session.execute(_DROP_STATEMENTS, {"workspace": self.workspace, "ids": replaced})
        written = [enrichment for enrichment in ordered if enrichment.origin.post_id in is_replaced]
        statements = (row for enrichment in written for row in _statement_rows(enrichment))
        await self.session.execute(_ADD_STATEMENTS, self._document(statements))
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

    def _document(self, rows: Iterable[JsonRow]) -> dict[str, str]:
        document = orjson.dumps(list(rows), option=orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_UTC_Z)
        return {"workspace": self.workspace, "rows": document.decode()}


def _row(enrichment: Enrichment) -> JsonRow:
    origin, reading = enrichment.origin, enrichment.reading
    return {
        "post_id": origin.post_id,
        "author_id": origin.author_id,
        "platform": origin.platform,
        "published_at": origin.published_at,
        "study_ids": origin.study_ids,
        "is_repost": origin.is_repost,
        "copy_of": origin.copy_of,
        "revision": enrichment.revision,
        "text_digest": _hex(enrichment.wording.text_digest),
        "spoken_digest": _hex(enrichment.wording.spoken_digest),
        "spoken_runs": enrichment.wording.layout.runs,
        "model": enrichment.version.model,
        "coding": enrichment.version.coding,
        "language": reading.language,
        **_sentiment_row(reading.sentiment),
        "vector": np.frombuffer(reading.vector, "<f2"),
        "keyphrases": reading.keyphrases,
        "code_keys": reading.code_keys,
        "codes": to_documents(reading.codes),
        "entities": to_documents(reading.entities),
        "reasons": to_documents(reading.reasons),
        "personal_data": to_documents(reading.personal_data),
    }


def _statement_rows(enrichment: Enrichment) -> list[JsonRow]:
    return [
        {
            "post_id": enrichment.origin.post_id,
            "position": position,
            "start": statement.span.start,
            "stop": statement.span.end,
            **_sentiment_row(statement.sentiment),
            "vector": _hex(statement.vector),
            "codes": to_documents(statement.codes),
        }
        for position, statement in enumerate(enrichment.reading.statements)
    ]


def _sentiment_row(sentiment: Sentiment) -> JsonRow:
    polarity = None if sentiment.polarity is None else int(sentiment.polarity)
    shares = {name: getattr(sentiment, name) for name in ("negative", "neutral", "positive")}
    return {"polarity": polarity, **shares}


def _hex(value: bytes) -> str:
    return f"\\x{value.hex()}"


def _enrichment(row: EnrichmentRow, statements: Iterable[StatementRow]) -> Enrichment:
    studies = tuple(sorted(row.study_ids))
    origin = Origin(row.post_id, row.author_id, row.platform, row.published_at, studies, row.is_repost, row.copy_of)
    version = ReaderVersion(row.model, row.coding)
    wording = Wording(row.text_digest, row.spoken_digest or b"", Layout.of_runs(row.spoken_runs))
    return Enrichment(origin, row.revision, wording, version, _reading(row, statements))


def _reading(row: EnrichmentRow, statements: Iterable[StatementRow]) -> Reading:
    return Reading(
        row.language,
        _sentiment(row),
        row.vector,
        tuple(map(_statement, statements)),
        tuple(row.keyphrases),
        codes_of(row.codes),
        entities_of(row.entities),
        reasons_of(row.reasons),
        personal_data_of(row.personal_data),
    )


def _statement(row: StatementRow) -> StatementReading:
    return StatementReading(Span(row.start, row.stop), row.vector, _sentiment(row), codes_of(row.codes))


def _sentiment(row: EnrichmentRow | StatementRow) -> Sentiment:
    polarity = None if row.polarity is None else Polarity(row.polarity)
    return Sentiment(polarity, row.negative, row.neutral, row.positive)
