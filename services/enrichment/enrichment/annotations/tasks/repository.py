"""Tasks, their items and slots as rows; samples are drawn inside the database."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select

from enrichment.annotations.tasks.guides import Unit
from enrichment.models import ItemRow, SlotRow, TaskRow
from kit.db import Repository

# Reposts only repeat what somebody else said; shares are computed without them too.
_OF_STUDY = """
    enrichments AS post {join}
    WHERE post.workspace_id = :workspace AND post.study_ids @> ARRAY[CAST(:study_id AS uuid)] AND NOT post.is_repost
        AND (CAST(:languages AS text[]) = '{{}}' OR post.language = ANY(CAST(:languages AS text[])))
"""
_STATEMENTS = (
    "SELECT post.post_id, part.position, part.start, part.stop, post.text_digest, post.language, part.codes FROM "
    + _OF_STUDY.format(join="JOIN statements AS part USING (workspace_id, post_id)")
)
_POSTS = (
    "SELECT post.post_id, CAST(NULL AS integer) AS position, 0 AS start, (SELECT coalesce(max(part.stop), 0) "
    "FROM statements AS part WHERE part.workspace_id = post.workspace_id AND part.post_id = post.post_id) AS stop, "
    "post.text_digest, post.language, post.codes FROM " + _OF_STUDY.format(join="")
)
_UNITS = {Unit.STATEMENT: _STATEMENTS, Unit.POST: _POSTS}
# A digest of seed and item is a random number that anybody can compute again, whatever order rows lie in.
_LOT = "md5(CAST(CAST(:seed AS bigint) AS text) || ':' || post_id || ':' || coalesce(position, -1))"
_COUNT = "SELECT {stratum} AS stratum, count(*) AS items FROM ({units}) AS unit GROUP BY 1"
_DRAW = f"""
    WITH drawn AS (
        SELECT unit.*, {{stratum}} AS stratum, {_LOT} AS lot FROM ({{units}}) AS unit
    ), ranked AS (
        SELECT *, row_number() OVER (PARTITION BY stratum ORDER BY lot) AS rank,
            count(*) OVER (PARTITION BY stratum) AS eligible FROM drawn
    )
    SELECT post_id, position, start, stop, text_digest, language, allotted.items / CAST(eligible AS double precision)
        AS inclusion_probability
    FROM ranked JOIN unnest(CAST(:strata AS text[]), CAST(:items AS bigint[])) AS allotted (stratum, items)
        USING (stratum)
    WHERE rank <= allotted.items ORDER BY lot
"""
# A machine's code is stored only where it passed its threshold: the least probable ones are nearest to it. What
# measures the codebook already is not drawn to learn from.
_DRAW_UNCERTAIN = f"""
    SELECT post_id, position, start, stop, text_digest, language, CAST(NULL AS double precision)
        AS inclusion_probability
    FROM ({{units}}) AS unit, LATERAL (
        SELECT min(CAST(code ->> 'probability' AS double precision)) AS margin FROM jsonb_array_elements(codes) AS code
        WHERE code ->> 'codebook' = :codebook AND CAST(code ->> 'version' AS integer) = :version
            AND code ->> 'code' = ANY(CAST(:codes AS text[]))
            AND coalesce(code ->> 'study', '') IN ('', CAST(:study AS text))
    ) AS sureness
    WHERE margin IS NOT NULL AND NOT EXISTS (
        SELECT FROM annotation_items AS item JOIN annotation_tasks AS task
            ON task.workspace_id = item.workspace_id AND task.id = item.task_id
        WHERE item.workspace_id = :workspace AND item.post_id = unit.post_id
            AND item.position IS NOT DISTINCT FROM unit.position
            AND task.codebook = :codebook AND task.sample = 'random')
    ORDER BY margin, {_LOT} LIMIT :size
"""
_PROGRESS = text(
    """
    SELECT item.task_id, count(*) AS items, count(*) FILTER (WHERE slots.open = 0) AS complete,
        sum(slots.done) AS answers, sum(slots.all) AS wanted
    FROM annotation_items AS item JOIN LATERAL (
        SELECT count(*) AS all, count(slot.done_at) AS done, count(*) FILTER (WHERE slot.done_at IS NULL) AS open
        FROM annotation_slots AS slot
        WHERE slot.workspace_id = item.workspace_id AND slot.item_id = item.id AND slot.occasion = 0
    ) AS slots ON true
    WHERE item.workspace_id = :workspace AND item.task_id = ANY(:tasks) AND item.outdated_at IS NULL
    GROUP BY item.task_id
    """
)

_MOVE = text(
    """
    UPDATE annotation_slots AS slot SET coder_id = :to, lease_until = NULL, reopened_at = NULL
    WHERE workspace_id = :workspace AND task_id = :task AND coder_id = :coder AND done_at IS NULL AND occasion = 0
        AND NOT EXISTS (SELECT FROM annotation_slots AS other WHERE other.workspace_id = slot.workspace_id
            AND other.item_id = slot.item_id AND other.coder_id = :to)
    """
)
_DROP_REPETITIONS = text(
    "DELETE FROM annotation_slots WHERE workspace_id = :workspace AND task_id = :task AND coder_id = :coder "
    "AND done_at IS NULL AND occasion > 0"
)
_COUNT_OPEN = text(
    "SELECT count(*) FROM annotation_slots WHERE workspace_id = :workspace AND task_id = :task AND coder_id = :coder "
    "AND done_at IS NULL"
)


@dataclass(frozen=True)
class Population:
    """What a sample is drawn from."""

    study_id: UUID
    unit: Unit
    languages: Sequence[str] = ()


@dataclass(frozen=True)
class Drawn:
    """One unit of a sample."""

    post_id: UUID
    position: int | None
    start: int
    stop: int
    text_digest: bytes
    language: str
    inclusion_probability: float | None


@dataclass(frozen=True)
class Progress:
    """How far a task is: items with all answers, and answers of those that are wanted; repetitions do not count."""

    items: int = 0
    complete: int = 0
    answers: int = 0
    wanted: int = 0


class TaskRepository(Repository):
    """Annotation tasks of one workspace."""

    async def count(self, population: Population, stratum: str) -> dict[str, int]:
        """How many units are eligible, by stratum."""
        query = _COUNT.format(stratum=_column_of(stratum), units=_UNITS[population.unit])
        rows = await self.session.execute(text(query), self._values(population))
        return {row.stratum: row.items for row in rows}

    async def draw(self, population: Population, stratum: str, allotted: Mapping[str, int], seed: int) -> list[Drawn]:
        """So many units of each stratum, every one as likely as any other of its stratum, in a random order."""
        query = _DRAW.format(stratum=_column_of(stratum), units=_UNITS[population.unit])
        values = {"seed": seed, "strata": list(allotted), "items": list(allotted.values())}
        rows = await self.session.execute(text(query), {**self._values(population), **values})
        return [Drawn(**row._mapping) for row in rows]

    async def draw_uncertain(self, population: Population, task: TaskRow) -> list[Drawn]:
        """The units whose codes the machine was least sure of, least sure first."""
        codes = [str(code["code"]) for code in task.codes]
        values = {
            "seed": task.seed,
            "codebook": task.codebook,
            "version": task.version,
            "codes": codes,
            "study": str(task.study_id),
            "size": task.size,
        }
        query = text(_DRAW_UNCERTAIN.format(units=_UNITS[population.unit]))
        rows = await self.session.execute(query, {**self._values(population), **values})
        return [Drawn(**row._mapping) for row in rows]

    async def add(self, task: TaskRow, items: Iterable[ItemRow], slots: Iterable[SlotRow]) -> None:
        """Stores a task with all that belongs to it."""
        self.session.add(task)
        self.session.add_all(items)
        self.session.add_all(slots)
        await self.session.flush()

    async def find(self, task_id: UUID) -> TaskRow | None:
        """A task, if the workspace has it."""
        found = await self.session.scalars(
            select(TaskRow).where(col(TaskRow.workspace_id) == self.workspace, col(TaskRow.id) == task_id)
        )
        return found.one_or_none()

    async def list_newest(
        self, study_id: UUID | None, codebook: str, before: UUID | None, limit: int
    ) -> Sequence[TaskRow]:
        """Tasks, newest first, of a study and of a codebook where they are given."""
        query = select(TaskRow).where(col(TaskRow.workspace_id) == self.workspace)
        if study_id is not None:
            query = query.where(col(TaskRow.study_id) == study_id)
        if codebook:
            query = query.where(col(TaskRow.codebook) == codebook)
        if before is not None:
            query = query.where(col(TaskRow.id) < before)
        return (await self.session.scalars(query.order_by(col(TaskRow.id).desc()).limit(limit))).all()

    async def list_of_codebook(self, codebook: str, sample: str, study_id: UUID | None) -> Sequence[TaskRow]:
        """All tasks of a codebook, in any version, that hold one kind of sample; oldest first."""
        query = select(TaskRow).where(
            col(TaskRow.workspace_id) == self.workspace,
            col(TaskRow.codebook) == codebook,
            col(TaskRow.sample) == sample,
        )
        if study_id is not None:
            query = query.where(col(TaskRow.study_id) == study_id)
        return (await self.session.scalars(query.order_by(col(TaskRow.id)))).all()

    async def progress(self, task_ids: Collection[UUID]) -> dict[UUID, Progress]:
        """How far tasks are; those without items left are left out."""
        rows = await self.session.execute(_PROGRESS, {"workspace": self.workspace, "tasks": list(task_ids)})
        return {row.task_id: Progress(row.items, row.complete, int(row.answers), int(row.wanted)) for row in rows}

    async def move_open(self, task_id: UUID, coder_id: UUID, to: UUID) -> tuple[int, int]:
        """Gives a coder's open slots to another; how many went, and how many the other has a slot for already.

        Nobody is asked again for what somebody else has answered: open repetitions of the first coder go.
        """
        values = {"workspace": self.workspace, "task": task_id, "coder": coder_id}
        await self.session.execute(_DROP_REPETITIONS, values)
        before = int(await self.session.scalar(_COUNT_OPEN, values) or 0)
        await self.session.execute(_MOVE, {**values, "to": to})
        left = int(await self.session.scalar(_COUNT_OPEN, values) or 0)
        return before - left, left

    def _values(self, population: Population) -> dict[str, object]:
        languages = list(population.languages)
        return {"workspace": self.workspace, "study_id": population.study_id, "languages": languages}


def _column_of(stratum: str) -> str:
    return "language" if stratum == "language" else "CAST('' AS text)"
