"""Asking, changing and reading studies."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from ingest.models import QueryActivation, QueryVersion, Study
from ingest.studies.messages import study_message
from ingest.studies.repository import StudyRepository
from ingest.studies.schemas import CoverageView, NewStudy, StudyChange
from kit.db import Session, new_id
from kit.errors import Invalid, NotFound
from kit.outbox import emit
from kit.rest import check_revision
from pourquoi.ingest.v1.events_pb2 import StudyChanged


class StudyService:
    """Studies of the session's workspace."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._studies = StudyRepository(session)

    async def ask(self, new: NewStudy, asked_by: str) -> Study:
        """Starts a study."""
        now = datetime.now(UTC)
        study = Study(
            workspace_id=self._session.workspace,
            id=new_id(),
            revision=1,
            query_version=1,
            created_at=now,
            updated_at=now,
            **new.model_dump(),
        )
        await self._studies.add(study, _version(study, asked_by))
        await self._studies.add_activation(_activation(study, asked_by))
        self._announce(study)
        return study

    async def change(self, study_id: UUID, change: StudyChange, expected: int | None, changed_by: str) -> Study:
        """Changes what `change` names; a new query becomes a version of its own.

        Posts that arrived before stay where they are: the new query holds for those that come.
        """
        study = await self._found(study_id, for_update=True)
        check_revision(expected, study.revision)
        fields = {name: getattr(change, name) for name in change.model_fields_set}
        changed = {name: value for name, value in fields.items() if getattr(study, name) != value}
        if not changed:
            return study
        study.sqlmodel_update({**changed, "revision": study.revision + 1, "updated_at": datetime.now(UTC)})
        if study.since and study.until and study.since >= study.until:
            raise Invalid("since must be earlier than until.")
        if "query" in changed:
            study.query_version = await self._studies.last_version(study_id) + 1
            self._studies.add_version(_version(study, changed_by))
            await self._studies.add_activation(_activation(study, changed_by))
        self._announce(study)
        return study

    async def propose(self, study_id: UUID, query: str, proposed_by: str) -> QueryVersion:
        """Keeps a query as the next version, which takes no effect yet."""
        study = await self._found(study_id, for_update=True)
        version = QueryVersion(
            workspace_id=study.workspace_id,
            study_id=study.id,
            version=await self._studies.last_version(study_id) + 1,
            query=query,
            created_by=proposed_by,
            created_at=datetime.now(UTC),
        )
        self._studies.add_version(version)
        return version

    async def activate(self, study_id: UUID, version: int, expected: int | None, activated_by: str) -> Study:
        """Makes a version the query of its study, from now on; activating the present one changes nothing."""
        study = await self._found(study_id, for_update=True)
        check_revision(expected, study.revision)
        chosen = await self.version(study_id, version)
        if chosen.version == study.query_version:
            return study
        study.sqlmodel_update(
            {
                "query": chosen.query,
                "query_version": chosen.version,
                "revision": study.revision + 1,
                "updated_at": datetime.now(UTC),
            }
        )
        await self._studies.add_activation(_activation(study, activated_by))
        self._announce(study)
        return study

    async def version(self, study_id: UUID, version: int) -> QueryVersion:
        """One query version; raises `NotFound`."""
        found = await self._studies.find_version(study_id, version)
        if found is None:
            raise NotFound(f"Study {study_id} has no query version {version} in this workspace.")
        return found

    async def get(self, study_id: UUID) -> Study:
        """One study; raises `NotFound`."""
        return await self._found(study_id)

    async def list_after(self, after: UUID | None, limit: int) -> Sequence[Study]:
        """Studies in the order they were made."""
        return await self._studies.list_after(after, limit)

    async def list_versions(self, study_id: UUID, before: int | None, limit: int) -> Sequence[QueryVersion]:
        """The queries of a study, newest first; raises `NotFound`."""
        await self._found(study_id)
        return await self._studies.list_versions(study_id, before, limit)

    async def coverage(self, study_id: UUID) -> CoverageView:
        """How many posts the study has; raises `NotFound`."""
        await self._found(study_id)
        return await self._studies.coverage(study_id)

    async def _found(self, study_id: UUID, *, for_update: bool = False) -> Study:
        study = await self._studies.find(study_id, for_update=for_update)
        if study is None:
            raise NotFound(f"No study has the id {study_id} in this workspace.")
        return study

    def _announce(self, study: Study) -> None:
        emit(self._session, StudyChanged(study=study_message(study)))


def _version(study: Study, created_by: str) -> QueryVersion:
    return QueryVersion(
        workspace_id=study.workspace_id,
        study_id=study.id,
        version=study.query_version,
        query=study.query,
        created_by=created_by,
        created_at=study.updated_at,
    )


def _activation(study: Study, activated_by: str) -> QueryActivation:
    return QueryActivation(
        workspace_id=study.workspace_id,
        study_id=study.id,
        revision=study.revision,
        version=study.query_version,
        activated_by=activated_by,
        activated_at=study.updated_at,
    )
