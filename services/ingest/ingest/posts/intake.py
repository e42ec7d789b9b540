"""Taking posts in: each stored once and published once, whoever sends it how often."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import UUID

from ingest.authors.pseudonyms import Pseudonyms
from ingest.posts.destinations import Destination
from ingest.posts.messages import post_message
from ingest.posts.records import Engagement, PostRecord
from ingest.posts.repository import KnownPosts, PostRepository
from ingest.posts.schemas import IntakeReport, NewPost
from ingest.posts.submissions import Submission
from ingest.sources.files.records import Rejection
from ingest.studies.repository import StudyRepository
from ingest.studies.scopes import Candidate, Scopes
from kit.db import Session, new_id
from kit.errors import NotFound
from kit.events import LIVE
from kit.outbox import emit
from pourquoi.ingest.v1.events_pb2 import PostCollected, PostUpdated

ERASED = "This post was erased and is not taken again."
Intake = Submission | Rejection


@dataclass(frozen=True, slots=True)
class _Arrival:
    """A post as it came, and whether it is kept if nobody has it yet."""

    line: int
    post: PostRecord
    is_kept: bool


@dataclass
class _Chunk:
    """The posts of one transaction: who is new, who was known, and how each stands after the last copy."""

    added: set[UUID]
    known: KnownPosts
    current: dict[tuple[str, str], PostRecord]
    changed: set[tuple[str, str]] = field(default_factory=set)

    def is_new(self, post: PostRecord) -> bool:
        return post.id in self.added

    @property
    def new(self) -> list[PostRecord]:
        return [post for post in self.current.values() if self.is_new(post)]

    @property
    def altered(self) -> list[PostRecord]:
        """Posts that were stored before and do not stand as they did, or new ones that a later copy changed."""
        return [self.current[key] for key in self.changed]

    @property
    def revised(self) -> list[PostRecord]:
        """Posts that were stored before and have a new revision, which others must hear of."""
        known = self.known.living
        return [post for post in self.altered if post.key in known and post.revision > known[post.key].revision]


class PostIntake:
    """Accepts posts for one workspace, a chunk per transaction."""

    def __init__(self, session: Session, pseudonyms: Pseudonyms, lane: str = LIVE) -> None:
        self._session = session
        self._posts = PostRepository(session)
        self._studies = StudyRepository(session)
        self._pseudonyms = pseudonyms
        self._lane = lane

    async def accept(self, destination: Destination, intake: Sequence[Intake], report: IntakeReport) -> None:
        """Stores the sound posts, announces what they change, and counts what became of each line.

        Raises `NotFound` when the workspace has no such study. The report is only true once the session commits.
        """
        scopes = Scopes(await self._studies.list_scopes())
        if destination.study_id is not None and destination.study_id not in scopes:
            raise NotFound(f"No study has the id {destination.study_id} in this workspace.")
        arrivals = self._arrivals(destination, scopes, intake)
        chunk = await self._store_new(arrivals)
        rejected = [(entry.line, entry.reason) for entry in intake if isinstance(entry, Rejection)]
        rejected += [(arrival.line, ERASED) for arrival in arrivals if not self._settle(chunk, arrival, report)]
        for line, reason in sorted(rejected):
            report.reject(line, reason)
        await self._write(chunk)
        self._announce(chunk)

    def _arrivals(self, destination: Destination, scopes: Scopes, intake: Sequence[Intake]) -> list[_Arrival]:
        now = datetime.now(UTC)
        sound = (entry for entry in intake if isinstance(entry, Submission))
        return [self._arrival(entry, destination, scopes, now) for entry in sound]

    def _arrival(self, submission: Submission, destination: Destination, scopes: Scopes, now: datetime) -> _Arrival:
        post = self._record(submission.post, destination, now)
        candidate = Candidate(post.text, post.platform, post.claimed_language, post.published_at)
        study_ids = tuple(scopes.matching(candidate, destination.study_id))
        is_kept = bool(study_ids) or destination.keeps_unmatched(self._session.workspace, *post.key)
        return _Arrival(submission.line, replace(post, study_ids=study_ids), is_kept)

    def _record(self, post: NewPost, destination: Destination, now: datetime) -> PostRecord:
        return PostRecord(
            id=new_id(),
            platform=post.platform,
            external_id=post.external_id,
            author_id=self._author(post),
            text=post.text,
            claimed_language=post.language,
            published_at=post.published_at or now,
            first_seen_at=now,
            url=post.url,
            is_repost=post.is_repost or bool(post.repost_of),
            study_ids=(),
            author_handle=post.author_handle if destination.keeps_handles else "",
            followers=post.followers,
            parent_id=post.parent_id if post.parent_id != post.external_id else "",
            thread_id=post.thread_id,
            repost_of=post.repost_of,
            quote_of=post.quote_of,
            has_media=post.has_media,
            engagement=Engagement(**dict(post.engagement)),
            changed_at=post.changed_at,
            edit_claimed=post.changed_at is not None,
            privacy=destination.privacy,
            source_id=destination.source_id,
        )

    def _author(self, post: NewPost) -> UUID:
        workspace = self._session.workspace
        if post.author:
            return self._pseudonyms.of(workspace, post.platform, post.author)
        return self._pseudonyms.of_unnamed(workspace, post.platform, post.external_id)

    async def _store_new(self, arrivals: Sequence[_Arrival]) -> _Chunk:
        firsts: dict[tuple[str, str], PostRecord] = {}
        for arrival in arrivals:
            if arrival.is_kept:
                firsts.setdefault(arrival.post.key, arrival.post)
        added = await self._posts.add_new(list(firsts.values())) if firsts else set()
        new = {post.key for post in firsts.values() if post.id in added}
        missed = list(dict.fromkeys(arrival.post.key for arrival in arrivals if arrival.post.key not in new))
        known = await self._posts.lock_known(missed) if missed else KnownPosts({}, frozenset())
        return _Chunk(added, known, dict(known.living))

    def _settle(self, chunk: _Chunk, arrival: _Arrival, report: IntakeReport) -> bool:
        """Counts a post and keeps what it changes; false when it must stay away."""
        post = arrival.post
        if post.key in chunk.known.erased:
            return False
        report.received += 1
        if chunk.is_new(post):
            chunk.current[post.key] = post
            report.accepted += 1
            report.unmatched += not post.study_ids
        elif post.key in chunk.current:
            self._settle_copy(chunk, post, report)
        else:
            report.dropped += 1
        return True

    def _settle_copy(self, chunk: _Chunk, copy: PostRecord, report: IntakeReport) -> None:
        before = chunk.current[copy.key]
        after = before.revised(copy)
        if after is None:
            report.duplicates += 1
            return
        chunk.current[copy.key] = after
        chunk.changed.add(copy.key)
        if after.revision > before.revision:
            report.updated += 1
        else:
            report.observed += 1

    async def _write(self, chunk: _Chunk) -> None:
        new, altered = chunk.new, chunk.altered
        if altered:
            await self._posts.change(altered)
        if new or altered:
            await self._posts.tie([*new, *altered])
        if new:
            await self._posts.add_authors(new)

    def _announce(self, chunk: _Chunk) -> None:
        for post in chunk.new:
            if post.study_ids:
                emit(self._session, PostCollected(post=post_message(post)), lane=self._lane)
        for post in chunk.revised:
            if post.study_ids:
                emit(self._session, PostUpdated(post=post_message(post)), lane=self._lane)
