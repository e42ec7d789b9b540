"""Studies as rows, and the codes of posts that depend on them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import orjson
from sqlalchemy import text

from enrichment.enrichments.documents import to_documents
from enrichment.readings.reading import Reading
from kit.db import Repository

# Of a study that nobody has told about yet the revision is 0.
_LEARN = text(
    """
    INSERT INTO studies AS known (workspace_id, study_id, revision, target_behaviour)
    VALUES (:workspace, :study_id, :revision, :target_behaviour)
    ON CONFLICT (workspace_id, study_id) DO UPDATE
        SET revision = excluded.revision, target_behaviour = excluded.target_behaviour
    WHERE known.revision < excluded.revision
    RETURNING old.target_behaviour AS before
    """
)
_MEET = text(
    "INSERT INTO studies (workspace_id, study_id, revision, target_behaviour) "
    "SELECT :workspace, met.id, 0, '' FROM unnest(CAST(:ids AS uuid[])) AS met (id) "
    "ORDER BY met.id ON CONFLICT DO NOTHING"
)
# Shared, so that no behaviour changes between here and the end of the transaction that codes by it.
_KNOWN = text(
    "SELECT study_id, target_behaviour FROM studies WHERE workspace_id = :workspace AND study_id = ANY(:ids) "
    "ORDER BY study_id FOR SHARE"
)
_UNTOLD = text(
    "SELECT workspace_id, study_id FROM studies WHERE revision = 0 ORDER BY workspace_id, study_id LIMIT :limit"
)
_GONE = text("DELETE FROM studies WHERE workspace_id = :workspace AND study_id = :study_id AND revision = 0")
_PAGE = text(
    """
    SELECT post_id FROM study_posts JOIN enrichments USING (workspace_id, post_id)
    WHERE workspace_id = :workspace AND study_id = :study_id AND (CAST(:after AS uuid) IS NULL OR post_id > :after)
    ORDER BY post_id LIMIT :limit FOR UPDATE OF enrichments
    """
)
_COUNT = text("SELECT count(*) FROM study_posts WHERE workspace_id = :workspace AND study_id = :study_id")
_RECODE = text(
    """
    UPDATE enrichments SET code_keys = given.code_keys, codes = given.codes
    FROM json_to_recordset(CAST(:rows AS json)) AS given (post_id uuid, code_keys text[], codes jsonb)
    WHERE enrichments.workspace_id = :workspace AND enrichments.post_id = given.post_id
    """
)
_RECODE_STATEMENTS = text(
    """
    UPDATE statements SET codes = given.codes
    FROM json_to_recordset(CAST(:rows AS json)) AS given (post_id uuid, position integer, codes jsonb)
    WHERE statements.workspace_id = :workspace AND statements.post_id = given.post_id
        AND statements.position = given.position
    """
)


@dataclass(frozen=True)
class StudyFacts:
    """What codes depend on; a revision that is not newer than the one that is known tells nothing."""

    study_id: UUID
    revision: int
    target_behaviour: str


class StudyRepository(Repository):
    """Studies of one workspace."""

    async def learn(self, study: StudyFacts) -> bool:
        """Keeps what is newer than what is known; true where the target behaviour was another, or none."""
        values = {"study_id": study.study_id, "revision": study.revision, "target_behaviour": study.target_behaviour}
        found = await self.session.execute(_LEARN, {"workspace": self.workspace, **values})
        row = found.one_or_none()
        return row is not None and (row.before or "") != study.target_behaviour

    async def list_behaviours(self, ids: Collection[UUID]) -> dict[UUID, str]:
        """The target behaviour of each study that was heard of; empty where it has none or nobody has told yet."""
        found = await self.session.execute(_KNOWN, {"workspace": self.workspace, "ids": list(ids)})
        return {row.study_id: row.target_behaviour for row in found}

    async def meet(self, ids: Collection[UUID]) -> None:
        """Notes studies that were never heard of, for somebody to ask about."""
        await self.session.execute(_MEET, {"workspace": self.workspace, "ids": list(ids)})

    async def list_untold(self, limit: int) -> list[tuple[str, UUID]]:
        """Studies to ask about, with their workspaces; for a session of all workspaces."""
        found = await self.session.execute(_UNTOLD, {"limit": limit})
        return [(row.workspace_id, row.study_id) for row in found]

    async def forget_untold(self, study_id: UUID) -> None:
        """Drops a study that turned out not to exist."""
        await self.session.execute(_GONE, {"workspace": self.workspace, "study_id": study_id})

    async def count_posts(self, study_id: UUID) -> int:
        """How many posts a study has."""
        found = await self.session.execute(_COUNT, {"workspace": self.workspace, "study_id": study_id})
        return int(found.scalar_one())

    async def lock_page(self, study_id: UUID, after: UUID | None, limit: int) -> Sequence[UUID]:
        """The next posts of a study in the order of their ids; nobody else changes them in this transaction."""
        values = {"workspace": self.workspace, "study_id": study_id, "after": after, "limit": limit}
        return (await self.session.execute(_PAGE, values)).scalars().all()

    async def recode(self, readings: Mapping[UUID, Reading]) -> None:
        """Writes the codes of the readings, by post."""
        posts = [
            {"post_id": post_id, "code_keys": reading.code_keys, "codes": to_documents(reading.codes)}
            for post_id, reading in readings.items()
        ]
        statements = [
            {"post_id": post_id, "position": position, "codes": to_documents(statement.codes)}
            for post_id, reading in readings.items()
            for position, statement in enumerate(reading.statements)
        ]
        for update, rows in ((_RECODE, posts), (_RECODE_STATEMENTS, statements)):
            await self.session.execute(update, {"workspace": self.workspace, "rows": _json(rows)})


def _json(rows: Iterable[dict[str, object]]) -> str:
    return orjson.dumps(list(rows), default=str).decode()
