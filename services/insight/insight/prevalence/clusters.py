"""How much less a set of posts tells than as many independent opinions, because authors write several of them."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class AuthorSums:
    """Sums over the authors of a base of posts, of which some (the hits) have a property.

    An author has `m` posts in the base, `y` of them hits. The sums are all that the design effect needs, so
    they can be computed where the posts are stored and no author ever leaves the database.
    """

    authors: int  # authors with at least one post in the base
    posts: int  # sum of m
    squared_posts: int  # sum of m * m
    hits: int = 0  # sum of y
    squared_hits: int = 0  # sum of y * y
    products: int = 0  # sum of y * m
    hit_weight: float = 0.0  # sum of y * y / m

    @classmethod
    def of(cls, counts: Iterable[tuple[int, int]]) -> "AuthorSums":
        """Sums of `(y, m)` pairs, one per author; authors without a post in the base do not count."""
        pairs = [(y, m) for y, m in counts if m > 0]
        return cls(
            authors=len(pairs),
            posts=sum(m for _, m in pairs),
            squared_posts=sum(m * m for _, m in pairs),
            hits=sum(y for y, _ in pairs),
            squared_hits=sum(y * y for y, _ in pairs),
            products=sum(y * m for y, m in pairs),
            hit_weight=sum(y * y / m for y, m in pairs),
        )

    @property
    def share(self) -> float:
        """Hits among posts, 0 when there are no posts."""
        return self.hits / self.posts if self.posts else 0.0


def intraclass_correlation(sums: AuthorSums) -> float:
    """How alike the posts of one author are, 0 (independent) to 1 (each author always says the same).

    The analysis-of-variance estimator for unequal cluster sizes (Donner 1986, International Statistical
    Review 54), cut off at 0.
    """
    between_freedom, within_freedom = sums.authors - 1, sums.posts - sums.authors
    if between_freedom < 1 or within_freedom < 1:
        return 0.0
    between = (sums.hit_weight - sums.posts * sums.share**2) / between_freedom
    within = (sums.hits - sums.hit_weight) / within_freedom
    typical_size = (sums.posts - sums.squared_posts / sums.posts) / between_freedom
    total = between + (typical_size - 1) * within
    return max(0.0, (between - within) / total) if total > 0 else 0.0


def design_effect(sums: AuthorSums) -> float:
    """Variance of the share over that of as many independent posts; never below 1.

    The larger of two estimates, because each fails where the other holds. By way of the intraclass
    correlation (Kish 1965, Survey Sampling, ch. 5): safe when a few authors write most posts (Franco,
    Little, Louis and Slud 2019, J. Survey Stat. Methodol. 7). Linearised: safe when just those authors
    differ from the others.
    """
    if not 0 < sums.hits < sums.posts or sums.authors < 2:
        return 1.0
    return max(1.0, _modelled_design_effect(sums), _linearised_design_effect(sums))


def effective_posts(sums: AuthorSums) -> float:
    """The number of independent posts that would tell as much."""
    return sums.posts / design_effect(sums)


def _modelled_design_effect(sums: AuthorSums) -> float:
    size_seen_by_a_post = sums.squared_posts / sums.posts
    return 1.0 + (size_seen_by_a_post - 1.0) * intraclass_correlation(sums)


def _linearised_design_effect(sums: AuthorSums) -> float:
    """Taylor series variance of a ratio over authors as ultimate clusters, over the binomial variance."""
    share = sums.share
    residuals = sums.squared_hits - 2 * share * sums.products + share**2 * sums.squared_posts
    return residuals / (sums.posts * share * (1 - share))
