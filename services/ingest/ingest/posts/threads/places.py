"""Where answers stand in their threads."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ingest.posts.records import Key, PostRecord


@dataclass(frozen=True, slots=True)
class Place:
    """Where a post stands: how many posts lie above it, and the external id of the first of the thread."""

    depth: int
    thread_id: str


class Places:
    """Places of posts whose parents are known here or among themselves, in whichever order they come."""

    def __init__(self, posts: Iterable[PostRecord], known: Mapping[Key, Place]) -> None:
        self._posts: dict[Key, PostRecord] = {}
        for post in posts:
            self._posts.setdefault(post.key, post)
        self._places: dict[Key, Place | None] = dict(known)

    def of(self, post: PostRecord) -> Place | None:
        """The place of an answer; None while a post above it is unknown, or when posts answer one another in a ring."""
        above = self._climb((post.platform, post.parent_id))
        return above and Place(above.depth + 1, post.thread_id or above.thread_id)

    def _climb(self, key: Key) -> Place | None:
        path: list[PostRecord] = []
        while key not in self._places and key in self._posts:
            post = self._posts[key]
            # Until it is known better: who comes here again goes round in a ring.
            self._places[key] = None if post.parent_id else Place(0, post.thread_id or post.external_id)
            if post.parent_id:
                path.append(post)
                key = (post.platform, post.parent_id)
        place = self._places.get(key)
        for post in reversed(path):
            place = place and Place(place.depth + 1, post.thread_id or place.thread_id)
            self._places[post.key] = place
        return place
