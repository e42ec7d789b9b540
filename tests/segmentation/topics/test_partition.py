import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from segmentation.topics.communities import agreement, consensus, leiden, recurrence, similarity_graph
from segmentation.topics.landscape import Landscape, NotEnoughPosts
from segmentation.topics.method import Method
from segmentation.topics.neighbours import Neighbours
from segmentation.topics.partition import NONE, Partition, readable_partition
from tests.segmentation.support.conversations import DIMENSIONS, blobs


def partition_of(stored: np.ndarray, method: Method = Method()) -> Partition:  # noqa: B008
    return readable_partition(Landscape.of(stored, method).neighbours, method)


def noise(posts: int) -> np.ndarray:
    vectors = np.random.default_rng(0).normal(size=(posts, DIMENSIONS))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float16)


def test_clean_groups_are_found_and_come_back_in_every_run() -> None:
    stored, groups = blobs((120, 80, 60, 40))

    partition = partition_of(stored)

    assert adjusted_rand_score(groups, partition.segments) > 0.98
    assert partition.stability > 0.98
    assert min(partition.recurrences) > 0.95


def test_segments_are_numbered_by_size() -> None:
    partition = partition_of(blobs((20, 120, 60))[0])

    sizes = np.bincount(partition.segments[partition.segments != NONE])
    assert sizes.tolist() == sorted(sizes, reverse=True)


def test_noise_has_a_low_stability_and_no_segment_that_does_not_come_back() -> None:
    clean, vague = partition_of(blobs((150, 150, 100))[0]), partition_of(noise(400))

    assert vague.stability < 0.5 < clean.stability
    assert all(share >= Method().smallest_recurrence for share in vague.recurrences)


def test_the_same_posts_give_the_same_partition() -> None:
    stored, _ = blobs((100, 80, 60), noise=1.2)

    first, second = partition_of(stored), partition_of(stored)

    np.testing.assert_array_equal(first.segments, second.segments)
    assert first.stability == second.stability


def test_a_lively_conversation_stays_readable() -> None:
    stored, _ = blobs([40] * 24, noise=1.2)

    fine, coarse = (partition_of(stored, Method(segments_at_most=most)) for most in (25, 10))

    assert fine.count > 10
    assert fine.resolution > coarse.resolution
    assert 2 <= coarse.count <= 10


def ring_of_cliques(cliques: int, members: int) -> Neighbours:
    """Each post is near to all of its clique, and a little to one post of the next clique."""
    posts = np.arange(cliques * members)
    clique = posts // members * members
    own = clique[:, None] + (posts[:, None] - clique[:, None] + np.arange(1, members)) % members
    following = (posts + members) % len(posts)
    rows = np.hstack([own, following[:, None]]).astype(np.int32)
    similarities = np.full(rows.shape, 0.9, dtype=np.float32)
    similarities[:, -1] = 0.5
    return Neighbours(rows, similarities)


def test_topics_are_not_lumped_together_to_be_few() -> None:
    ring = ring_of_cliques(cliques=40, members=15)

    lumped, apart = (
        readable_partition(ring, Method(segments_at_most=10, largest_share=share)) for share in (1.0, 0.05)
    )

    assert apart.resolution > lumped.resolution
    assert apart.count == 10
    assert np.bincount(apart.segments[apart.segments != NONE]).max() <= 0.05 * 600
    assert lumped.count <= 10


def test_parts_that_nothing_connects_stay_apart() -> None:
    stored, groups = blobs([40] * 24, noise=0.4)

    partition = partition_of(stored, Method(segments_at_most=10))

    assert adjusted_rand_score(groups, partition.segments) == 1.0
    assert partition.resolution == 1.0


def test_a_chosen_resolution_is_kept() -> None:
    stored, _ = blobs((100, 100, 100), noise=1.0)

    coarse, fine = (partition_of(stored, Method(resolution=resolution)) for resolution in (0.3, 5.0))

    assert (coarse.resolution, fine.resolution) == (0.3, 5.0)
    assert fine.count > coarse.count


def test_a_community_that_is_too_small_is_no_segment() -> None:
    stored, groups = blobs((100, 100, 4))

    partition = partition_of(stored)

    assert partition.count == 2
    assert set(partition.segments[groups == 2].tolist()) == {NONE}


def test_thirty_posts_are_enough_and_twenty_nine_are_not() -> None:
    stored, groups = blobs((15, 15))

    assert adjusted_rand_score(groups, partition_of(stored).segments) == 1.0
    with pytest.raises(NotEnoughPosts, match="at least 30 different texts; the study has 29"):
        partition_of(stored[:29])


def test_copies_do_not_count_as_posts() -> None:
    stored, _ = blobs((10, 10))

    with pytest.raises(NotEnoughPosts, match="has 20"):
        partition_of(np.repeat(stored, 50, axis=0))


def test_consensus_agrees_more_than_single_runs_do() -> None:
    stored, _ = blobs([60] * 8, noise=2.0)
    graph = similarity_graph(Landscape.of(stored, Method()).neighbours)
    runs = [leiden(graph, 1.0, seed, 1) for seed in range(24)]

    trials = [consensus(graph, runs[start : start + 8], 1.0, 1) for start in (0, 8, 16)]

    assert agreement(runs) < 0.95
    assert agreement(trials) > agreement(runs)


def test_a_pair_that_names_each_other_is_tied_twice_as_strong() -> None:
    neighbours = Neighbours(np.array([[1], [0], [0]], dtype=np.int32), np.array([[0.5], [0.5], [0.5]], np.float32))

    graph = similarity_graph(neighbours).toarray()

    np.testing.assert_allclose(graph, [[0, 0.5, 0.25], [0.5, 0, 0], [0.25, 0, 0]])


def test_posts_without_any_similarity_are_communities_of_their_own() -> None:
    neighbours = Neighbours(np.array([[1], [2], [0]], dtype=np.int32), np.zeros((3, 1), np.float32))

    assert leiden(similarity_graph(neighbours), 1.0, seed=0, iterations=2).tolist() == [0, 1, 2]


def test_recurrence_is_the_mean_of_the_best_overlaps() -> None:
    members = np.array([True, True, True, False])
    runs = [np.array([0, 0, 0, 1]), np.array([0, 0, 1, 1]), np.array([0, 0, 0, 0])]

    assert recurrence(members, runs) == pytest.approx((1 + 2 / 3 + 3 / 4) / 3)


def test_agreement_of_one_run_with_itself_is_perfect() -> None:
    assert agreement([np.array([0, 1, 1])]) == 1.0
