"""Labels as rows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import delete, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from enrichment.models import LabelRow
from kit.db import Repository

_REPLACED = ("version", "text", "post_id", "position", "codes", "considered", "created_by", "created_at")
_SET_VECTORS = text(
    "UPDATE codebook_examples AS label SET vector = given.vector, model = :model "
    "FROM unnest(CAST(:ids AS uuid[]), CAST(:vectors AS bytea[])) AS given (id, vector) "
    "WHERE label.workspace_id = :workspace AND label.id = given.id"
)


class LabelRepository(Repository):
    """Labels of one workspace."""

    async def put(self, labels: Sequence[LabelRow]) -> int:
        """Keeps labels of different passages; one that a passage had is replaced. Returns how many are new."""
        values = [label.model_dump(exclude={"vector", "model"}) | {"model": ""} for label in labels]
        adding = insert(LabelRow).values(values)
        changes = {name: adding.excluded[name] for name in _REPLACED}
        put = adding.on_conflict_do_update(constraint="codebook_examples_digest", set_=changes)
        kept = set((await self.session.scalars(put.returning(col(LabelRow.id)))).all())
        return len(kept & {label.id for label in labels})

    async def list_after(
        self, codebook_id: UUID, code: str | None, after: UUID | None, limit: int
    ) -> Sequence[LabelRow]:
        """Labels of a codebook in the order they came, later than `after`; of one code when it is given."""
        query = select(LabelRow).where(
            col(LabelRow.workspace_id) == self.workspace, col(LabelRow.codebook_id) == codebook_id
        )
        if code is not None:
            query = query.where(col(LabelRow.codes).contains([code]))
        if after is not None:
            query = query.where(col(LabelRow.id) > after)
        return (await self.session.scalars(query.order_by(col(LabelRow.id)).limit(limit))).all()

    async def count(self, codebook_id: UUID) -> int:
        """How many labels a codebook has."""
        query = select(func.count()).where(
            col(LabelRow.workspace_id) == self.workspace, col(LabelRow.codebook_id) == codebook_id
        )
        return await self.session.scalar(query) or 0

    async def remove(self, codebook_id: UUID, label_id: UUID) -> bool:
        """Removes a label; false when there is none."""
        gone = await self.session.execute(
            delete(LabelRow)
            .where(
                col(LabelRow.workspace_id) == self.workspace,
                col(LabelRow.codebook_id) == codebook_id,
                col(LabelRow.id) == label_id,
            )
            .returning(col(LabelRow.id))
        )
        return gone.one_or_none() is not None

    async def erase(self, post_ids: Collection[UUID]) -> set[UUID]:
        """Removes the labels of posts; returns the codebooks that had any."""
        gone = await self.session.scalars(
            delete(LabelRow)
            .where(col(LabelRow.workspace_id) == self.workspace, col(LabelRow.post_id).in_(post_ids))
            .returning(col(LabelRow.codebook_id))
        )
        return set(gone)

    async def list_without_vector(self, codebook_id: UUID, model: str, limit: int) -> Sequence[LabelRow]:
        """Labels with a text that the model has not read yet."""
        query = select(LabelRow).where(
            col(LabelRow.workspace_id) == self.workspace,
            col(LabelRow.codebook_id) == codebook_id,
            col(LabelRow.model) != model,
            col(LabelRow.text).is_not(None),
        )
        return (await self.session.scalars(query.order_by(col(LabelRow.id)).limit(limit))).all()

    async def set_vectors(self, ids: Sequence[UUID], vectors: Sequence[bytes], model: str) -> None:
        """Keeps the vectors of labels."""
        values = {"workspace": self.workspace, "ids": list(ids), "vectors": list(vectors), "model": model}
        await self.session.execute(_SET_VECTORS, values)
