"""How to better a query: terms to add and to exclude, each with its posts and the precision to expect."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from ingest.experiments.contrast import Contrast
from ingest.experiments.estimates import Estimate, share, total
from ingest.experiments.grams import as_term, grams_of
from ingest.experiments.pools import Pool, PooledPost, shuffled_key
from ingest.experiments.ranking import Ranked, rank, worth_judging

FEWEST_REFERENCE = 5
FEWEST_IRRELEVANT = 3
FEWEST_JUDGED = 20
KEPT_PRECISION = 0.8
UNJUDGED_FLOOR = 0.65
SAMPLE = 5


@dataclass(frozen=True, slots=True)
class Term:
    """A word or phrase, how many posts it gains or loses, and what to expect of them."""

    term: str
    query: str
    posts: Estimate
    precision: float
    judged: int
    new_precision: float | None
    sample: list[UUID]


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What would better a query; `precision` is its own, as far as people have judged."""

    additions: list[Term]
    exclusions: list[Term]
    precision: Estimate | None
    floor: float
    suggested_query: str
    worth_judging: list[UUID]
    notes: list[str]


@dataclass(frozen=True, slots=True)
class Advisor:
    """Suggests for one query: `taken` says which posts of the pool it takes, `judged` what people said of them."""

    pool: Pool
    taken: Sequence[bool]
    query: str
    judged: Mapping[UUID, bool]
    order: Callable[[UUID], bytes]

    @classmethod
    def of(
        cls, study_id: UUID, pool: Pool, taken: Sequence[bool], query: str, judged: Mapping[UUID, bool]
    ) -> "Advisor":
        """The advisor on a query of a study."""
        return cls(pool, taken, query, judged, lambda post_id: shuffled_key(study_id, post_id))

    def advise(self, most: int) -> Suggestions:
        """Up to `most` terms of either kind; abstains where there is too little to learn from."""
        grams = [grams_of(post.record.text) for post in self.pool.posts]
        precision = self._precision()
        floor = self._floor()
        contrast = Contrast(grams, self.taken, self._known()) if sum(self.taken) >= FEWEST_REFERENCE else None
        additions = self._additions(rank(contrast, floor, most), precision) if contrast else []
        exclusions = self._exclusions(grams, precision, floor, most)
        return Suggestions(
            additions,
            exclusions,
            precision,
            floor,
            narrowed(widened(self.query, [each.term for each in additions]), [each.term for each in exclusions]),
            self._worth_judging(contrast),
            self._notes(),
        )

    def _known(self) -> dict[int, bool]:
        posts = enumerate(self.pool.posts)
        return {index: self.judged[post.record.id] for index, post in posts if post.record.id in self.judged}

    def _judged_of_query(self) -> tuple[list[float], list[float]]:
        known = self._known()
        taken = [(self.pool.posts[index].weight, good) for index, good in known.items() if self.taken[index]]
        return [weight for weight, good in taken if good], [weight for weight, good in taken if not good]

    def _precision(self) -> Estimate | None:
        hits, misses = self._judged_of_query()
        return share(hits, misses) if len(hits) + len(misses) >= FEWEST_JUDGED else None

    def _floor(self) -> float:
        """A term may cost a fifth of the query's precision; before anybody judged, only good prospects count."""
        hits, misses = self._judged_of_query()
        if not self._known():
            return UNJUDGED_FLOOR
        return KEPT_PRECISION * (len(hits) + 1) / (len(hits) + len(misses) + 1)

    def _additions(self, ranked: Sequence[Ranked], precision: Estimate | None) -> list[Term]:
        return [self._term(each, widened(self.query, [as_term(each.gram)]), precision, 1) for each in ranked]

    def _exclusions(
        self, grams: Sequence[frozenset[str]], precision: Estimate | None, floor: float, most: int
    ) -> list[Term]:
        """Terms of posts that the query takes and that read like those which people found irrelevant."""
        inside = [index for index, taken in enumerate(self.taken) if taken]
        known = self._known()
        irrelevant = [known.get(index) is False for index in inside]
        if sum(irrelevant) < FEWEST_IRRELEVANT:
            return []
        # Here the irrelevant ones are what is looked for, so that the roles of the judgements are swapped.
        swapped = {place: not known[index] for place, index in enumerate(inside) if index in known}
        contrast = Contrast([grams[index] for index in inside], [False] * len(inside), swapped)
        ranked = [
            Ranked(
                each.gram,
                tuple(inside[place] for place in each.posts),
                tuple(inside[place] for place in each.further),
                1 - each.precision,
                each.judged,
            )
            for each in rank(contrast, max(0.5, 1 - floor), most)
        ]
        return [self._term(each, narrowed(self.query, [as_term(each.gram)]), precision, -1) for each in ranked]

    def _term(self, each: Ranked, query: str, precision: Estimate | None, sign: int) -> Term:
        posts = [self.pool.posts[index] for index in each.further]
        ids = sorted((post.record.id for post in posts), key=self.order)[:SAMPLE]
        return Term(
            as_term(each.gram),
            query,
            total([post.weight for post in posts], self.pool.heaviest),
            each.precision,
            each.judged,
            self._new_precision(posts, each.precision, precision, sign),
            ids,
        )

    def _new_precision(
        self, posts: Sequence[PooledPost], of_posts: float, own: Estimate | None, sign: int
    ) -> float | None:
        if own is None:
            return None
        volume = sum(post.weight for post, taken in zip(self.pool.posts, self.taken, strict=True) if taken)
        change = sign * sum(post.weight for post in posts)
        if volume + change <= 0:
            return None
        return min(1.0, max(0.0, (own.value * volume + of_posts * change) / (volume + change)))

    def _worth_judging(self, contrast: Contrast | None) -> list[UUID]:
        if contrast is None:
            return []
        chosen = worth_judging(contrast, lambda index: self.order(self.pool.posts[index].record.id))
        return [self.pool.posts[index].record.id for index in chosen]

    def _notes(self) -> list[str]:
        hits, misses = self._judged_of_query()
        judged = len(hits) + len(misses)
        found = [
            (
                sum(self.taken) < FEWEST_REFERENCE,
                f"Not enough evidence: the query takes under {FEWEST_REFERENCE} stored posts; widen it by hand first.",
            ),
            (
                not self._known(),
                "Nobody has judged a post yet, so precision is the classifier's word: judge the posts that are worth "
                "judging, and ask again.",
            ),
            (
                judged < FEWEST_JUDGED,
                f"The precision of the query itself is told from {FEWEST_JUDGED} judged posts that it takes.",
            ),
            (
                len(misses) < FEWEST_IRRELEVANT,
                f"Exclusions are learnt from {FEWEST_IRRELEVANT} or more posts of the query judged irrelevant.",
            ),
        ]
        return [note for applies, note in found if applies]


def widened(query: str, terms: Sequence[str]) -> str:
    """The query that takes posts with any of the terms as well."""
    return " OR ".join([f"({query})", *terms]) if terms else query


def narrowed(query: str, terms: Sequence[str]) -> str:
    """The query without the posts that hold any of the terms."""
    return " ".join([f"({query})", *(f"NOT {term}" for term in terms)]) if terms else query
