"""Many queries against one post."""

from collections.abc import Hashable, Mapping
from typing import Generic, TypeVar

from ahocorasick_rs import BytesAhoCorasick

from ingest.queries.documents import Document
from ingest.queries.literals import required_literals
from ingest.queries.parser import Query

Key = TypeVar("Key", bound=Hashable)


class Percolator(Generic[Key]):
    """Queries, ready for any number of posts.

    One pass over the words of a post finds every literal that some query requires (Aho & Corasick 1975). Only queries
    of which one literal of each set was found, and those that require none, are tried.
    """

    def __init__(self, queries: Mapping[Key, Query]) -> None:
        self._keys = [*queries]
        self._queries = [*queries.values()]
        self._always: list[int] = []
        self._numbers: dict[str, int] = {}
        # For each literal, the queries whose rarest set has it, with the other sets that they require.
        self._waiting: dict[int, list[tuple[int, list[frozenset[int]]]]] = {}
        for place, query in enumerate(self._queries):
            self._index(place, query)
        self._waited_for = frozenset(self._waiting)
        self._automaton = BytesAhoCorasick(literal.encode() for literal in self._numbers)

    def _index(self, place: int, query: Query) -> None:
        required = () if query.expression is None else required_literals(query.expression)
        if not required:
            self._always.append(place)
            return
        rarest, *others = [frozenset(map(self._number, literals)) for literals in required]
        for number in rarest:
            self._waiting.setdefault(number, []).append((place, others))

    def _number(self, literal: str) -> int:
        return self._numbers.setdefault(literal, len(self._numbers))

    def matching(self, document: Document) -> list[Key]:
        """The keys of the queries that the post meets, in the order they were given."""
        return [self._keys[place] for place in self._candidates(document) if self._queries[place].matches(document)]

    def _candidates(self, document: Document) -> list[int]:
        if not self._numbers:
            return self._always
        hits = self._automaton.find_matches_as_indexes(document.tokens.line.encode(), overlapping=True)
        found = {hit[0] for hit in hits}
        places = set(self._always)
        for number in found & self._waited_for:
            for place, others in self._waiting[number]:
                if not any(map(found.isdisjoint, others)):
                    places.add(place)
        return sorted(places)
