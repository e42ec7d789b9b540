"""Taking posts in: each stored once and published once, whoever sends it how often."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from ingest.authors.pseudonyms import Pseudonyms
from ingest.copies.finder import CopyFinder
from ingest.copies.repository import CopyRepository
from ingest.erasures.barring import ERASED, barred
from ingest.erasures.service import ErasureService
from ingest.posts.arrivals import Arrival, Entrance
from ingest.posts.chunks import Chunk
from ingest.posts.destinations import Destination
from ingest.posts.engagement.repository import EngagementRepository
from ingest.posts.messages import post_message
from ingest.posts.originals.repository import OriginalRepository
from ingest.posts.records import Key, PostRecord
from ingest.posts.repository import KnownPosts, PostRepository
from ingest.posts.schemas import IntakeReport
from ingest.posts.submissions import Deletion, Submission
from ingest.posts.threads.places import Places
from ingest.posts.threads.repository import ThreadRepository
from ingest.queries.documents import Document
from ingest.sources.files.records import Rejection
from ingest.studies.repository import StudyRepository
from ingest.studies.scopes import Scopes
from kit.db import Session
from kit.errors import NotFound
from kit.events import LIVE
from kit.outbox import emit
from pourquoi.ingest.v1.events_pb2 import PostCollected, PostUpdated

Intake = Submission | Arrival | Rejection


class PostIntake:
    """Accepts posts for one workspace, a chunk per transaction."""

    def __init__(self, session: Session, pseudonyms: Pseudonyms, copies: CopyFinder, lane: str = LIVE) -> None:
        self._session = session
        self._posts = PostRepository(session)
        self._originals = OriginalRepository(session)
        self._engagement = EngagementRepository(session)
        self._threads = ThreadRepository(session)
        self._studies = StudyRepository(session)
        self._pseudonyms = pseudonyms
        self._copies = copies
        self._lane = lane

    async def accept(self, destination: Destination, intake: Sequence[Intake], report: IntakeReport) -> None:
        """Stores the sound posts, announces what they change, and counts what became of each line.

        Raises `NotFound` when the workspace has no such study. The report is only true once the session commits.
        """
        scopes = Scopes(await self._studies.list_scopes())
        if destination.study_id is not None and destination.study_id not in scopes:
            raise NotFound(f"No study has the id {destination.study_id} in this workspace.")
        now = datetime.now(UTC)
        entrance = Entrance(self._session.workspace, self._pseudonyms, destination, now)
        arrivals, barred_lines = await self._part(
            [arrival for arrival in map(entrance.admit, intake) if not isinstance(arrival, Rejection)]
        )
        await self._place(arrivals)
        self._match(arrivals, destination, scopes)
        chunk = await self._store_new(arrivals)
        rejected = [(entry.line, entry.reason) for entry in intake if isinstance(entry, Rejection)]
        rejected += barred_lines
        rejected += [(arrival.line, ERASED) for arrival in arrivals if not chunk.settle(arrival, report)]
        for line, reason in sorted(rejected):
            report.reject(line, reason)
        await self._write(chunk, now)
        await self._place_waiting(chunk, scopes)
        await self._group(chunk)
        self._announce(chunk)

    async def delete(self, deletions: Sequence[Deletion]) -> int:
        """Erases the posts and authors that a source says are gone; returns how many posts that were.

        What was never here stays away from now on, like the rest. Call it in a transaction of its own: those who take
        posts in wait for those who erase.
        """
        return await ErasureService(self._session, self._pseudonyms).erase_seen(deletions)

    async def _part(self, arrivals: Sequence[Arrival]) -> tuple[list[Arrival], list[tuple[int, str]]]:
        """Parts those who may come in from those who were erased, or whose authors were, with the reason."""
        gone = await barred(self._session, self._pseudonyms, [arrival.post for arrival in arrivals])
        reasons = [(arrival.line, gone.reason(arrival.post)) for arrival in arrivals]
        welcome = [arrival for arrival, (_, reason) in zip(arrivals, reasons, strict=True) if reason is None]
        return welcome, [(line, reason) for line, reason in reasons if reason is not None]

    async def _place(self, arrivals: Sequence[Arrival]) -> None:
        """Puts answers into their threads, before queries ask for these."""
        answers = [arrival for arrival in arrivals if arrival.post.parent_id]
        if not answers:
            return
        parents = {(answer.post.platform, answer.post.parent_id) for answer in answers}
        places = Places((arrival.post for arrival in arrivals), await self._threads.places(parents))
        for answer in answers:
            if place := places.of(answer.post):
                answer.post = replace(answer.post, depth=place.depth, thread_id=place.thread_id)

    def _match(self, arrivals: Sequence[Arrival], destination: Destination, scopes: Scopes) -> None:
        for arrival in arrivals:
            post = arrival.post
            if study_ids := scopes.matching(Document.of(post), destination.study_id):
                arrival.post = replace(post, study_ids=tuple(study_ids))
            else:
                arrival.is_kept = destination.keeps_unmatched(self._session.workspace, *post.key)

    async def _store_new(self, arrivals: Sequence[Arrival]) -> Chunk:
        firsts: dict[Key, PostRecord] = {}
        for arrival in arrivals:
            if arrival.is_kept:
                firsts.setdefault(arrival.post.key, arrival.post)
        added = await self._posts.add_new(list(firsts.values())) if firsts else set()
        new = {post.key for post in firsts.values() if post.id in added}
        missed = list(dict.fromkeys(arrival.post.key for arrival in arrivals if arrival.post.key not in new))
        known = await self._posts.lock_known(missed) if missed else KnownPosts({}, frozenset())
        return Chunk(added, known, dict(known.living))

    async def _write(self, chunk: Chunk, now: datetime) -> None:
        new, altered = chunk.new, chunk.altered
        if altered:
            await self._posts.change(altered)
        if new or altered:
            await self._posts.tie([*new, *altered])
        if new:
            await self._posts.add_authors(new)
        await self._write_originals(chunk)
        if observed := chunk.observed:
            await self._engagement.add(observed, now)

    async def _place_waiting(self, chunk: Chunk, scopes: Scopes) -> None:
        """Puts answers that waited for these posts into their threads, and asks queries for them again."""
        moved = await self._threads.place_waiting(chunk.placed) if chunk.placed else []
        if not moved:
            return
        before = await self._posts.find(moved)
        after = [self._moved(post, scopes) for post in before]
        await self._posts.change(after)
        await self._posts.tie(after)
        for was, now in zip(before, after, strict=True):
            chunk.move(was, now)

    def _moved(self, post: PostRecord, scopes: Scopes) -> PostRecord:
        further = [each for each in scopes.matching(Document.of(post), None) if each not in post.study_ids]
        return replace(post, study_ids=(*post.study_ids, *further), revision=post.revision + 1)

    async def _write_originals(self, chunk: Chunk) -> None:
        """An edited post whose new original nobody gives must not keep the old one, with words that are gone."""
        if kept := {post_id: original for post_id, original in chunk.originals.items() if original}:
            await self._originals.keep(kept)
        if gone := [post_id for post_id in chunk.originals if post_id not in kept and post_id not in chunk.added]:
            await self._originals.remove(gone)

    async def _group(self, chunk: Chunk) -> None:
        """Finds out of which earlier posts the new and the reworded ones are copies."""
        reworded, repository = chunk.reworded, CopyRepository(self._session)
        if reworded:
            await repository.forget([post.id for post in reworded])
        posts = [*chunk.new, *reworded]
        firsts = await self._copies.find(self._session, {post.id: post.text for post in posts}) if posts else {}
        moved = [replace(post, copy_of=firsts[post.id]) for post in posts if post.copy_of != firsts[post.id]]
        if moved:
            await repository.mark({post.id: firsts[post.id] for post in moved})
        chunk.current |= {post.key: post for post in moved}

    def _announce(self, chunk: Chunk) -> None:
        for post in chunk.new:
            if post.study_ids:
                emit(self._session, PostCollected(post=post_message(post)), lane=self._lane)
        for post in chunk.revised:
            if post.study_ids:
                emit(self._session, PostUpdated(post=post_message(post)), lane=self._lane)
