"""Where the posts of a study lie: distinct texts, placed around their centre, with their neighbours."""

from dataclasses import dataclass

from segmentation.topics.copies import Texts, distinct_neighbourhood, equal_vectors
from segmentation.topics.method import Method
from segmentation.topics.neighbours import Neighbours
from segmentation.topics.space import Space, Stored, Vectors


class NotEnoughPosts(ValueError):
    """There are too few different texts to speak of topics."""


@dataclass(frozen=True)
class Landscape:
    """Distinct texts with one placed vector and one list of neighbours each."""

    space: Space
    texts: Texts
    vectors: Vectors
    neighbours: Neighbours

    @classmethod
    def of(cls, stored: Stored, method: Method) -> "Landscape":
        """Survey stored vectors, shape (posts, dimensions); raises `NotEnoughPosts` below the minimum."""
        texts = equal_vectors(stored)
        _require(len(texts.posts), method)
        space = Space.of(stored[texts.posts])
        count = method.neighbours_of(len(texts.posts))
        texts, vectors, neighbours = distinct_neighbourhood(
            texts, space.place(stored[texts.posts]), count, method.exact_up_to
        )
        _require(len(vectors), method)
        return cls(space, texts, vectors, neighbours)


def _require(texts: int, method: Method) -> None:
    if texts < method.posts_at_least:
        raise NotEnoughPosts(f"Topics need at least {method.posts_at_least} different texts; the study has {texts}.")
