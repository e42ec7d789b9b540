"""Estimates hold the truth as often as they promise."""

import random

import pytest

from ingest.experiments.captures import Judged, chapman, score
from ingest.experiments.estimates import Estimate, daily_rate, effective_size, share, total

TRIALS = 1_500


def covers(estimate: Estimate | None, truth: float) -> bool:
    return estimate is not None and estimate.low <= truth <= estimate.high


def test_a_share_is_wilsons() -> None:
    estimate = share([1.0] * 8, [1.0] * 2)

    assert estimate.value == pytest.approx(0.8)
    assert (estimate.low, estimate.high) == pytest.approx((0.4902, 0.9433), abs=1e-4)


def test_a_share_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one post"):
        share([], [])


@pytest.mark.parametrize(("truth", "posts"), [(0.9, 60), (0.5, 25), (0.05, 200)])
def test_a_share_covers_the_truth(truth: float, posts: int) -> None:
    chance = random.Random(1)
    hits = [sum(chance.random() < truth for _ in range(posts)) for _ in range(TRIALS)]

    covered = sum(covers(share([1.0] * hit, [1.0] * (posts - hit)), truth) for hit in hits)

    assert 0.92 < covered / TRIALS < 0.99


def test_heavy_posts_make_a_share_less_sure() -> None:
    even, uneven = share([1.0] * 50, [1.0] * 50), share([1.0] * 49 + [51.0], [1.0] * 50 + [50.0])

    assert uneven.value == pytest.approx(0.5)
    assert uneven.high - uneven.low > 2 * (even.high - even.low)
    assert effective_size([1.0] * 50) == pytest.approx(50)


@pytest.mark.parametrize(("every", "truth"), [(10, 300), (100, 400), (5, 20)])
def test_a_total_covers_the_truth(every: int, truth: int) -> None:
    chance = random.Random(2)
    kept = [sum(chance.random() < 1 / every for _ in range(truth)) for _ in range(TRIALS)]

    covered = sum(covers(total([float(every)] * number, every), truth) for number in kept)

    assert 0.92 < covered / TRIALS < 0.99


def test_a_total_of_posts_that_were_all_read_is_exact() -> None:
    assert total([1.0] * 7, 1.0) == Estimate(7, 7, 7)
    assert total([], 1.0) == Estimate(0, 0, 0)


def test_a_total_mixes_certain_and_thinned_posts() -> None:
    chance = random.Random(3)
    estimates = [total([1.0] * 50 + [20.0] * sum(chance.random() < 0.05 for _ in range(200)), 20.0) for _ in range(800)]

    assert sum(covers(each, 250) for each in estimates) / 800 > 0.92
    assert min(each.low for each in estimates) >= 50


def test_nothing_found_in_a_sample_is_not_nothing() -> None:
    estimate = total([], 100.0)

    assert estimate.value == 0
    assert 300 < estimate.high < 400


def test_a_daily_rate_covers_the_truth() -> None:
    chance = random.Random(4)

    def day() -> float:
        return float(sum(chance.random() < 0.04 for _ in range(200)))

    covered = sum(covers(daily_rate([day() for _ in range(28)]), 8.0) for _ in range(TRIALS))

    assert covered / TRIALS > 0.93


def test_bursts_make_a_daily_rate_less_sure() -> None:
    calm, bursts = daily_rate([10.0] * 14), daily_rate([0.0, 20.0] * 7)

    assert calm.value == bursts.value == 10
    assert bursts.high - bursts.low > 2 * (calm.high - calm.low)


def test_two_captures_tell_the_size_of_a_population() -> None:
    chance = random.Random(5)
    sizes = []
    for _ in range(TRIALS):
        first = {fish for fish in range(1_000) if chance.random() < 0.3}
        second = {fish for fish in range(1_000) if chance.random() < 0.2}
        sizes.append(chapman(len(first), len(second), len(first & second)))

    assert sum(sizes) / TRIALS == pytest.approx(1_000, rel=0.01)


def judge(chance: random.Random, population: list[tuple[bool, bool]], judged: int) -> tuple[list[Judged], list[Judged]]:
    matched = [post for post in population if post[0]]
    of_query, of_all = chance.sample(matched, judged), chance.sample(population, judged)
    return [Judged(1.0, *post) for post in of_query], [Judged(1.0, *post) for post in of_all]


def test_precision_recall_and_population_cover_the_truth() -> None:
    chance = random.Random(6)
    # 300 relevant posts of 2,000; the query takes 180 of them and 60 others.
    population = [(True, True)] * 180 + [(True, False)] * 60 + [(False, True)] * 120 + [(False, False)] * 1_640
    covered = {"precision": 0, "recall": 0, "relevant_posts": 0}
    for _ in range(800):
        scores = score(*judge(chance, population, 150), volume=240)
        covered["precision"] += covers(scores.precision, 0.75)
        covered["recall"] += covers(scores.recall, 0.6)
        covered["relevant_posts"] += covers(scores.relevant_posts, 300)

    assert {name: number / 800 > 0.93 for name, number in covered.items()} == dict.fromkeys(covered, True)


def test_posts_that_stand_for_others_weigh_on_recall() -> None:
    caught = [Judged(1.0, True, True)] * 30
    missed = [Judged(10.0, False, True)] * 3

    scores = score([], [*caught, *missed], volume=100)

    assert scores.recall is not None
    assert scores.recall.value == pytest.approx(0.5)
    assert scores.recall.high - scores.recall.low > 0.3


def test_too_few_judgements_are_not_enough_evidence() -> None:
    scores = score([Judged(1.0, True, True)] * 19, [Judged(1.0, True, True)] * 9, volume=50)

    assert (scores.precision, scores.recall, scores.relevant_posts) == (None, None, None)
    assert (scores.judged_matched, scores.relevant_in_search_set) == (19, 9)
