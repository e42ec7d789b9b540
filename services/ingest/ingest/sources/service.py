"""Configuring sources, asking for runs of them, and reading how they do."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

from pydantic import BaseModel, ValidationError

from ingest.models import Source, SourceRun
from ingest.sources.kinds import KINDS, Kind
from ingest.sources.repository import NameTaken, SourceRepository
from ingest.sources.schemas import BackfillParameters, NewBackfill, NewSource, SourceChange
from ingest.sources.states import RunStatus, SourceState
from ingest.studies.service import StudyService
from kit.db import Session, new_id
from kit.errors import Conflict, FieldError, Invalid, NotFound
from kit.events import LIVE
from kit.jobs import JobView, enqueue
from kit.rest import check_revision

BACKFILL_JOB = "source_backfill"


class SourceService:
    """Sources of the session's workspace."""

    def __init__(self, session: Session, kinds: Mapping[str, Kind] = KINDS) -> None:
        self._session = session
        self._sources = SourceRepository(session)
        self._kinds = kinds

    async def add(self, new: NewSource) -> Source:
        """Configures a source; it is due at once. Raises `Conflict` where another has its name."""
        await self._check_study(new.study_id)
        kind, now = self._kinds[new.kind], datetime.now(UTC)
        source = Source(
            workspace_id=self._session.workspace,
            id=new_id(),
            streams=kind.streams(new.config),
            host=kind.host_of(new.config),
            cursor={},
            state=SourceState.ACTIVE,
            holder="",
            attempt=0,
            failures=0,
            last_error="",
            usual_gap_seconds=None,
            next_due_at=now if kind.connect else None,
            revision=1,
            created_at=now,
            updated_at=now,
            **{
                **new.model_dump(),
                "config": _as_json(new.config),
                "every_seconds": (new.every_seconds or kind.every_seconds) if kind.connect else None,
            },
        )
        self._sources.add(source)
        await self._write(source)
        return source

    async def get(self, source_id: UUID) -> Source:
        """One source; raises `NotFound`."""
        return await self._found(source_id)

    async def list_after(self, after: UUID | None, limit: int) -> Sequence[Source]:
        """Sources in the order they were made."""
        return await self._sources.list_after(after, limit)

    async def change(self, source_id: UUID, change: SourceChange, expected: int | None) -> Source:
        """Changes what `change` names.

        A run that is under way with other settings, or of a source that is paused, loses its lease: it stops
        before it stores anything else. Raises `Conflict` where another source has the name.
        """
        source = await self._found(source_id, for_update=True)
        check_revision(expected, source.revision)
        changed = await self._changes(source, change)
        if not changed:
            return source
        source.sqlmodel_update({**changed, "revision": source.revision + 1, "updated_at": datetime.now(UTC)})
        if changed.keys() & {"config", "state"}:
            await self._interrupt(source)
        if "config" in changed:
            self._reconfigure(source)
        await self._write(source)
        return source

    async def remove(self, source_id: UUID) -> None:
        """Forgets a source but for the terms that hold for its posts, which stay; a run under way stops."""
        source = await self._found(source_id, for_update=True)
        await self._interrupt(source)
        await self._sources.forget_runs(source_id)
        source.sqlmodel_update({"state": SourceState.REMOVED, "config": {}, "cursor": {}, "next_due_at": None})

    async def ask_for_run(self, source_id: UUID) -> SourceRun:
        """A run as soon as a replica is free; the one that is waiting or under way, if there is one."""
        source = await self._found(source_id, for_update=True)
        self._check_collected(source)
        if open_run := await self._sources.find_open_run(source_id, LIVE):
            return open_run
        now = datetime.now(UTC)
        source.next_due_at = now
        run = new_run(source, LIVE, RunStatus.QUEUED, now)
        self._sources.add(run)
        return run

    async def list_runs(self, source_id: UUID, before: UUID | None, limit: int) -> Sequence[SourceRun]:
        """Runs of a source, newest first; raises `NotFound`."""
        await self._found(source_id)
        return await self._sources.list_runs(source_id, before, limit)

    async def get_run(self, source_id: UUID, run_id: UUID) -> SourceRun:
        """One run; raises `NotFound`."""
        run = await self._sources.find_run(source_id, run_id)
        if run is None:
            raise NotFound(f"No run of this source has the id {run_id} in this workspace.")
        return run

    async def start_backfill(self, source_id: UUID, new: NewBackfill) -> JobView:
        """Queues the job that collects a stretch of the past; live posts never wait for it."""
        source = await self._found(source_id)
        kind = self._kinds[source.kind]
        if kind.rewind is None:
            raise Invalid(f"A source of kind {source.kind} shows no past: nothing can be collected again.")
        if not kind.has_past(kind.config.model_validate(source.config)):
            raise Invalid(f"With its settings, this source of kind {source.kind} shows no past: give it queries.")
        parameters = BackfillParameters(
            source_id=source_id, since=new.since, until=new.until or max(datetime.now(UTC), new.since)
        )
        return await enqueue(self._session, BACKFILL_JOB, parameters.model_dump(mode="json"))

    async def _changes(self, source: Source, change: SourceChange) -> dict[str, object]:
        fields: dict[str, object] = {name: getattr(change, name) for name in change.model_fields_set}
        if "config" in fields:
            fields["config"] = _as_json(checked_config(self._kinds[source.kind], change.config))
        if source.every_seconds is None and fields.pop("every_seconds", None):
            raise Invalid("Posts of this source come by themselves; it has no interval.")
        if "study_id" in fields:
            await self._check_study(change.study_id)
        return {name: value for name, value in fields.items() if getattr(source, name) != value}

    async def _interrupt(self, source: Source) -> None:
        """Takes the lease from whoever holds it, and makes the source due, for when it is active."""
        source.attempt += 1
        source.holder, source.lease_until = "", None
        source.failures, source.last_error = 0, ""
        if self._kinds[source.kind].connect:
            source.next_due_at = datetime.now(UTC)
        await self._sources.stop_open_runs(source.id, LIVE)

    def _reconfigure(self, source: Source) -> None:
        kind = self._kinds[source.kind]
        config = kind.config.model_validate(source.config)
        source.streams, source.host = kind.streams(config), kind.host_of(config)
        if not kind.keeps_cursor:
            source.cursor = {}

    def _check_collected(self, source: Source) -> None:
        if self._kinds[source.kind].connect is None:
            raise Conflict("Posts of this source come by themselves; there is nothing to collect.")
        if source.state != SourceState.ACTIVE:
            raise Conflict(f"This source is {source.state}; resume it with PATCH and state `active` first.")

    async def _check_study(self, study_id: UUID | None) -> None:
        if study_id is None:
            return
        try:
            await StudyService(self._session).get(study_id)
        except NotFound as error:
            raise Invalid(error.detail) from None

    async def _write(self, source: Source) -> None:
        name = source.name
        try:
            await self._sources.write()
        except NameTaken:
            raise Conflict(f"Another source of this workspace is called {name!r}: choose another name.") from None

    async def _found(self, source_id: UUID, *, for_update: bool = False) -> Source:
        source = await self._sources.find(source_id, for_update=for_update)
        if source is None:
            raise NotFound(f"No source has the id {source_id} in this workspace.")
        return source


def new_run(source: Source, lane: str, status: RunStatus, now: datetime) -> SourceRun:
    """A run that has brought nothing yet."""
    return SourceRun(
        workspace_id=source.workspace_id, id=new_id(), source_id=source.id, lane=lane, status=status, started_at=now
    )


def checked_config(kind: Kind, config: Mapping[str, object]) -> BaseModel:
    """The settings as their kind understands them; raises `Invalid` with what is wrong in which field."""
    try:
        return kind.config.model_validate(config)
    except ValidationError as error:
        problems = error.errors(include_url=False, include_input=False, include_context=False)
        fields = tuple(
            FieldError(".".join(("body", "config", *map(str, each["loc"]))), each["msg"]) for each in problems
        )
        detail = "; ".join(f"{field.location}: {field.message}" for field in fields[:3])
        raise Invalid(f"The settings do not fit the kind {kind.name}: {detail}.", fields) from None


def _as_json(config: BaseModel) -> dict[str, object]:
    return config.model_dump(mode="json")
