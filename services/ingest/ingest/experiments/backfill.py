"""Giving a study the posts of the past that its query takes, a page per transaction.

PostgreSQL leaves out what cannot match; the query has the last word on every other post.
"""

from dataclasses import dataclass, replace
from uuid import UUID

from ingest.experiments.pools import PooledPost, belong
from ingest.experiments.repository import ExperimentRepository
from ingest.experiments.service import scope_of
from ingest.posts.messages import post_message
from ingest.posts.records import PostRecord
from ingest.posts.repository import PostRepository
from ingest.queries.prefilter import narrow
from ingest.studies.scopes import Scope
from ingest.studies.service import StudyService
from kit.db import Session
from kit.events import BACKFILL
from kit.outbox import emit
from pourquoi.ingest.v1.events_pb2 import PostUpdated


@dataclass(frozen=True, slots=True)
class Page:
    """How many posts the database could not rule out, how many of them the study got, and the last one."""

    read: int
    taken: int
    last: UUID


class Backfill:
    """The backfill of one query version of a study; it ends when another version has taken effect."""

    def __init__(self, session: Session, study_id: UUID, version: int) -> None:
        self._session = session
        self._posts = PostRepository(session)
        self._study_id = study_id
        self._version = version

    async def count(self) -> int:
        """How many posts there are to look at."""
        return await ExperimentRepository(self._session).count_posts()

    async def is_superseded(self) -> bool:
        """True when the study asks with another version by now."""
        return (await StudyService(self._session).get(self._study_id)).query_version != self._version

    async def take_after(self, after: UUID | None, most: int) -> Page | None:
        """Gives the study what it takes of the next posts; None at the end."""
        study = await StudyService(self._session).get(self._study_id)
        if study.query_version != self._version or not study.query:
            return None
        scope = scope_of(study)
        posts = await self._posts.list_candidates(narrow(scope.compile().expression), after, most)
        if not posts:
            return None
        taken = await self._take(scope, posts)
        return Page(len(posts), taken, posts[-1].id)

    async def _take(self, scope: Scope, posts: list[PostRecord]) -> int:
        wanted = self._lacking(scope, posts)
        if not wanted:
            return 0
        # Between reading and locking, others may have changed a post or given it to the study.
        known = await self._posts.lock_known([post.key for post in wanted])
        further = [
            replace(post, study_ids=(*post.study_ids, scope.study_id), revision=post.revision + 1)
            for post in self._lacking(scope, list(known.living.values()))
        ]
        if further:
            await self._posts.change(further)
            await self._posts.tie(further)
        for post in further:
            emit(self._session, PostUpdated(post=post_message(post)), lane=BACKFILL)
        return len(further)

    def _lacking(self, scope: Scope, posts: list[PostRecord]) -> list[PostRecord]:
        lacking = [PooledPost(post) for post in posts if scope.study_id not in post.study_ids]
        return [post.record for post, inside in zip(lacking, belong(scope, lacking), strict=True) if inside]
