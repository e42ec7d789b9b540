"""Taking posts in: each stored once and published once, whoever sends it how often."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

from ingest.authors.pseudonyms import Pseudonyms
from ingest.posts.messages import post_message
from ingest.posts.records import PostRecord
from ingest.posts.repository import KnownPosts, PostRepository
from ingest.posts.schemas import IntakeReport, NewPost
from ingest.posts.submissions import Submission
from ingest.queries.documents import Document
from ingest.sources.files.records import Rejection
from ingest.studies.repository import StudyRepository
from ingest.studies.scopes import Scopes
from kit.db import Session, new_id
from kit.errors import NotFound
from kit.events import LIVE
from kit.outbox import emit
from pourquoi.ingest.v1.events_pb2 import PostCollected, PostUpdated

ERASED = "This post was erased and is not taken again."
Intake = Submission | Rejection


@dataclass
class _Chunk:
    """The posts of one transaction: who is new, who was known, and how each stands after the last copy."""

    added: set[UUID]
    known: KnownPosts
    current: dict[tuple[str, str], PostRecord]
    changed: set[tuple[str, str]]

    def is_new(self, post: PostRecord) -> bool:
        return post.id in self.added


class PostIntake:
    """Accepts posts for one workspace, a chunk per transaction."""

    def __init__(self, session: Session, pseudonyms: Pseudonyms, lane: str = LIVE) -> None:
        self._session = session
        self._posts = PostRepository(session)
        self._studies = StudyRepository(session)
        self._pseudonyms = pseudonyms
        self._lane = lane

    async def accept(self, study_id: UUID, intake: Sequence[Intake], report: IntakeReport) -> None:
        """Stores the sound posts, announces what they change, and counts what became of each line.

        Raises `NotFound` when the workspace has no such study. The report is only true once the session commits.
        """
        scopes = Scopes(await self._studies.list_scopes())
        if study_id not in scopes:
            raise NotFound(f"No study has the id {study_id} in this workspace.")
        arrivals = self._arrivals(study_id, scopes, intake)
        chunk = await self._store_new([post for _, post in arrivals])
        rejected = [(entry.line, entry.reason) for entry in intake if isinstance(entry, Rejection)]
        rejected += [(line, ERASED) for line, post in arrivals if not self._settle(chunk, post, report)]
        for line, reason in sorted(rejected):
            report.reject(line, reason)
        await self._write(chunk)
        self._announce(chunk)

    def _arrivals(self, study_id: UUID, scopes: Scopes, intake: Sequence[Intake]) -> list[tuple[int, PostRecord]]:
        now = datetime.now(UTC)
        sound = (entry for entry in intake if isinstance(entry, Submission))
        return [(entry.line, self._record(entry, study_id, scopes, now)) for entry in sound]

    def _record(self, submission: Submission, study_id: UUID, scopes: Scopes, now: datetime) -> PostRecord:
        post = submission.post
        record = PostRecord(
            id=new_id(),
            platform=post.platform,
            external_id=post.external_id,
            author_id=self._author(post),
            text=post.text,
            claimed_language=post.language,
            published_at=post.published_at or now,
            first_seen_at=now,
            url=post.url,
            is_repost=post.is_repost,
            study_ids=(),
        )
        return replace(record, study_ids=tuple(scopes.matching(Document.of(record), study_id)))

    def _author(self, post: NewPost) -> UUID:
        workspace = self._session.workspace
        if post.author:
            return self._pseudonyms.of(workspace, post.platform, post.author)
        return self._pseudonyms.of_unnamed(workspace, post.platform, post.external_id)

    async def _store_new(self, posts: Sequence[PostRecord]) -> _Chunk:
        firsts: dict[tuple[str, str], PostRecord] = {}
        for post in posts:
            firsts.setdefault(post.key, post)
        added = await self._posts.add_new(list(firsts.values())) if firsts else set()
        missed = [post.key for post in firsts.values() if post.id not in added]
        known = await self._posts.lock_known(missed) if missed else KnownPosts({}, frozenset())
        return _Chunk(added, known, dict(known.living), set())

    def _settle(self, chunk: _Chunk, post: PostRecord, report: IntakeReport) -> bool:
        """Counts a post and keeps what it changes; false when it must stay away."""
        if post.key in chunk.known.erased:
            return False
        report.received += 1
        if chunk.is_new(post):
            chunk.current[post.key] = post
            report.accepted += 1
            report.unmatched += not post.study_ids
        elif revised := chunk.current[post.key].revised(post):
            chunk.current[post.key] = revised
            chunk.changed.add(post.key)
            report.updated += 1
        else:
            report.duplicates += 1
        return True

    async def _write(self, chunk: _Chunk) -> None:
        new = [post for post in chunk.current.values() if chunk.is_new(post)]
        changed = [chunk.current[key] for key in chunk.changed]
        if changed:
            await self._posts.change(changed)
        if new or changed:
            await self._posts.tie([*new, *changed])
        if new:
            await self._posts.add_authors(new)

    def _announce(self, chunk: _Chunk) -> None:
        for key, post in chunk.current.items():
            if not post.study_ids:
                continue
            if chunk.is_new(post):
                emit(self._session, PostCollected(post=post_message(post)), lane=self._lane)
            elif key in chunk.changed:
                emit(self._session, PostUpdated(post=post_message(post)), lane=self._lane)
