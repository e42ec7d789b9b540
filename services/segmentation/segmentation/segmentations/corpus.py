"""The posts of a study as arrays, read in chunks so that memory holds one copy and nothing twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np

from kit.db import Session
from segmentation.posts.repository import Comparable, PostRepository
from segmentation.topics.phrases import MentionsBuilder
from segmentation.topics.space import Stored
from segmentation.topics.topics import Voices

CHUNK = 2_000


@dataclass(frozen=True)
class Corpus:
    """One row per post: id, revision, vector, and who says what."""

    model: str
    ids: Sequence[UUID]
    revisions: Sequence[int]
    vectors: Stored
    voices: Voices


async def read_corpus(session: Session, comparable: Comparable, at_most: int) -> Corpus:
    """Read the comparable posts of a study, or a random sample of so many."""
    ids: list[UUID] = []
    revisions: list[int] = []
    authors: list[int] = []
    number_of: dict[UUID | None, int] = {}
    mentions = MentionsBuilder()
    vectors = np.empty((min(comparable.posts, at_most), comparable.vector_bytes // 2), dtype="<f2")
    async for rows in PostRepository(session).stream(comparable, len(vectors), CHUNK):
        for post_id, revision, author_id, vector, keyphrases in rows:
            vectors[len(ids)] = np.frombuffer(vector, dtype="<f2")
            ids.append(post_id)
            revisions.append(revision)
            authors.append(number_of.setdefault(author_id, len(number_of)))
            mentions.add(keyphrases)
    voices = Voices(np.array(authors, dtype=np.intp), mentions.build())
    return Corpus(comparable.model, ids, revisions, vectors[: len(ids)], voices)
