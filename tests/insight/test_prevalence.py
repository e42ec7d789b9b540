"""Shares, their intervals and their comparison, checked against known numbers and by simulation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from insight.prevalence.clusters import AuthorSums, design_effect, effective_posts, intraclass_correlation
from insight.prevalence.comparisons import adjust_for_many, compare_shares
from insight.prevalence.intervals import estimate_share, wilson

Counts = NDArray[np.int64]
author_counts = st.lists(
    st.integers(1, 50).flatmap(lambda m: st.tuples(st.integers(0, m), st.just(m))), min_size=1, max_size=60
)


def clustered(random: np.random.Generator, authors: int, share: float, alike: float) -> tuple[Counts, Counts]:
    """Hits and posts per author: sizes with a long tail, the author's own share beta distributed."""
    posts = 1 + np.minimum(random.zipf(1.8, authors), 100)
    strength = (1 - alike) / alike
    own_share = random.beta(share * strength, (1 - share) * strength, authors)
    return random.binomial(posts, own_share), posts


def sums_of(hits: Counts, posts: Counts) -> AuthorSums:
    return AuthorSums.of(zip(hits.tolist(), posts.tolist(), strict=True))


def test_wilson_agrees_with_a_published_example() -> None:
    # Newcombe (1998), Statistics in Medicine 17, table I: 81 of 263.
    low, high = wilson(81 / 263, 263, 1.959964)
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)


def test_posts_of_authors_who_write_once_are_independent() -> None:
    sums = AuthorSums.of([(1, 1)] * 30 + [(0, 1)] * 70)
    assert design_effect(sums) == 1.0
    assert effective_posts(sums) == 100


def test_authors_who_always_say_the_same_count_once_each() -> None:
    sums = AuthorSums.of([(10, 10)] * 30 + [(0, 10)] * 70)
    assert intraclass_correlation(sums) == pytest.approx(1.0)
    assert effective_posts(sums) == pytest.approx(100)


def test_one_author_proves_nothing() -> None:
    share = estimate_share(AuthorSums.of([(7, 10)]))
    assert (share.value, share.low, share.high) == (0.7, 0.0, 1.0)


@pytest.mark.parametrize(
    ("authors", "share", "alike", "promised"),
    [(200, 0.2, 0.3, 0.93), (500, 0.05, 0.5, 0.93), (1000, 0.02, 0.2, 0.93), (60, 0.1, 0.3, 0.91)],
)
def test_interval_covers_the_true_share_of_clustered_authors(
    authors: int, share: float, alike: float, promised: float
) -> None:
    random = np.random.default_rng(7)
    rounds, covered, covered_naively = 600, 0, 0
    for _ in range(rounds):
        hits, posts = clustered(random, authors, share, alike)
        interval = estimate_share(sums_of(hits, posts))
        naive_low, naive_high = wilson(interval.value, int(posts.sum()), 1.96)
        covered += interval.low <= share <= interval.high
        covered_naively += naive_low <= share <= naive_high
    assert promised <= covered / rounds <= 0.99
    assert covered_naively / rounds < 0.85  # ignoring the authors promises far too much


@given(author_counts)
def test_interval_always_holds_the_observed_share(counts: list[tuple[int, int]]) -> None:
    share = estimate_share(AuthorSums.of(counts))
    assert 0 <= share.low <= share.value <= share.high <= 1


@given(author_counts)
def test_clustering_never_makes_posts_count_more(counts: list[tuple[int, int]]) -> None:
    sums = AuthorSums.of(counts)
    assert 0 < effective_posts(sums) <= sums.posts


@given(author_counts)
def test_order_of_authors_does_not_matter(counts: list[tuple[int, int]]) -> None:
    turned = list(reversed(counts))
    one, other = estimate_share(AuthorSums.of(counts)), estimate_share(AuthorSums.of(turned))
    assert (one.low, one.high) == pytest.approx((other.low, other.high))


def test_equal_shares_are_seldom_called_different() -> None:
    random = np.random.default_rng(11)
    rounds = 600
    alarms = 0
    for _ in range(rounds):
        earlier = sums_of(*clustered(random, 150, 0.2, 0.3))
        later = sums_of(*clustered(random, 150, 0.2, 0.3))
        alarms += compare_shares(earlier, later).p_value < 0.05
    assert alarms / rounds < 0.075


def test_a_doubled_share_is_recognised_with_its_ratio() -> None:
    earlier = AuthorSums.of([(1, 1)] * 100 + [(0, 1)] * 900)
    later = AuthorSums.of([(1, 1)] * 200 + [(0, 1)] * 800)
    comparison = compare_shares(earlier, later)
    assert comparison.ratio == pytest.approx(2.0)
    assert comparison.low is not None
    assert comparison.high is not None
    assert 1.5 < comparison.low < 2.0 < comparison.high < 2.6
    assert comparison.p_value < 1e-6


def test_a_share_out_of_nothing_has_no_ratio_but_a_p_value() -> None:
    comparison = compare_shares(AuthorSums.of([(0, 1)] * 500), AuthorSums.of([(1, 1)] * 60 + [(0, 1)] * 440))
    assert (comparison.ratio, comparison.low, comparison.high) == (None, None, None)
    assert comparison.p_value < 1e-6


def test_an_empty_period_differs_from_nothing() -> None:
    assert compare_shares(AuthorSums.of([]), AuthorSums.of([(1, 2)] * 50)).p_value == 1.0


def test_many_looks_raise_p_values() -> None:
    assert adjust_for_many([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.04, 0.04])
    assert adjust_for_many([]) == []
