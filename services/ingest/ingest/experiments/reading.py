"""Reading the stored posts that an experiment looks at: all when few, else always the same random sample."""

from uuid import UUID

from ingest.experiments.pools import Pool, PooledPost
from ingest.experiments.repository import ExperimentRepository, Unmatched
from ingest.posts.records import PostRecord
from ingest.posts.repository import PostRepository
from kit.db import Session

_PAGE = 1_000


class PoolReader:
    """Reads at most about `most` posts of the session's workspace."""

    def __init__(self, session: Session, most: int) -> None:
        self._experiments = ExperimentRepository(session)
        self._posts = PostRepository(session)
        self._most = most

    async def read(self) -> Pool:
        """The posts, each with what it stands for."""
        stored = await self._experiments.count_posts()
        every = max(1, -(-stored // self._most))
        records = await self._records(await self._experiments.draw_posts(every))
        unmatched = await self._experiments.unmatched()
        posts = [PooledPost(record, every * _stands_for(record, unmatched)) for record in records]
        heaviest = every * max((1 / rate for rate in unmatched.rates.values()), default=1.0)
        return Pool(posts, stored, heaviest, unmatched.are_dropped)

    async def _records(self, ids: list[UUID]) -> list[PostRecord]:
        pages = [ids[start : start + _PAGE] for start in range(0, len(ids), _PAGE)]
        return [record for page in pages for record in await self._posts.find(page)]


def _stands_for(record: PostRecord, unmatched: Unmatched) -> float:
    """A post that no study took is one of those that its source kept; what a study took was kept for sure."""
    if record.study_ids or record.source_id is None:
        return 1.0
    return 1 / unmatched.rates.get(record.source_id, 1.0)
