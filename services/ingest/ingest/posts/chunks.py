"""The posts of one transaction: what each copy changes, and what is counted for it."""

from dataclasses import dataclass, field
from uuid import UUID

from ingest.posts.arrivals import Arrival
from ingest.posts.records import Key, PostRecord
from ingest.posts.repository import KnownPosts
from ingest.posts.schemas import IntakeReport


@dataclass
class Chunk:
    """Who is new, who was known, and how each stands after the last copy, with the original that belongs to it."""

    added: set[UUID]
    known: KnownPosts
    current: dict[Key, PostRecord]
    changed: set[Key] = field(default_factory=set)
    originals: dict[UUID, bytes] = field(default_factory=dict)

    @property
    def new(self) -> list[PostRecord]:
        """Posts that are stored for the first time."""
        return [post for post in self.current.values() if post.id in self.added]

    @property
    def altered(self) -> list[PostRecord]:
        """Posts that do not stand as they were stored, new ones that a later copy changed among them."""
        return [self.current[key] for key in self.changed]

    @property
    def reworded(self) -> list[PostRecord]:
        """Posts that were stored before with another text."""
        known = self.known.living
        return [post for post in self.altered if post.key in known and post.text != known[post.key].text]

    @property
    def revised(self) -> list[PostRecord]:
        """Posts that were stored before and have a new revision, which others must hear of."""
        known = self.known.living
        return [post for post in self.altered if post.key in known and post.revision > known[post.key].revision]

    @property
    def observed(self) -> list[PostRecord]:
        """Posts whose counts are known, and not as they were stored before."""
        known = self.known.living
        return [
            post
            for key, post in self.current.items()
            if post.engagement.is_known and (key not in known or known[key].engagement != post.engagement)
        ]

    @property
    def placed(self) -> list[PostRecord]:
        """Posts whose depth was not known before, so that answers may be waiting for them."""
        known = self.known.living
        return [
            post
            for key, post in self.current.items()
            if post.depth is not None and (key not in known or known[key].depth is None)
        ]

    def move(self, before: PostRecord, after: PostRecord) -> None:
        """Has a stored post stand anew because of the others, whether a copy of it came or not."""
        if after.id not in self.added:
            self.known.living.setdefault(before.key, before)
        self.current[after.key] = after
        self.changed.add(after.key)

    def settle(self, arrival: Arrival, report: IntakeReport) -> bool:
        """Counts a post and keeps what it changes; false when it must stay away."""
        post = arrival.post
        if post.key in self.known.erased:
            return False
        report.received += 1
        if post.id in self.added:
            self.current[post.key] = post
            self.originals[post.id] = arrival.original
            report.accepted += 1
            report.unmatched += not post.study_ids
        elif post.key in self.current:
            self._settle_copy(arrival, report)
        else:
            report.dropped += 1
        return True

    def _settle_copy(self, arrival: Arrival, report: IntakeReport) -> None:
        before = self.current[arrival.post.key]
        after = before.revised(arrival.post)
        if after is None:
            report.duplicates += 1
            return
        self.current[after.key] = after
        self.changed.add(after.key)
        if after.revision == before.revision:
            report.observed += 1
            return
        report.updated += 1
        if after.text == arrival.post.text:
            self.originals[after.id] = arrival.original
