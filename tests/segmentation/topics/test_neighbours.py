import numpy as np
import pytest

from segmentation.topics.copies import Texts, distinct_neighbourhood, equal_vectors
from segmentation.topics.neighbours import nearest, neighbourhood
from segmentation.topics.space import Space
from tests.segmentation.support.conversations import blobs


def placed(stored: np.ndarray) -> np.ndarray:
    return Space.of(stored).place(stored)


def test_the_nearest_vectors_are_those_a_full_sort_finds() -> None:
    stored, _ = blobs((50, 50, 30))
    vectors = placed(stored)
    cosines = vectors @ vectors.T
    np.fill_diagonal(cosines, -2)

    found = neighbourhood(vectors, 10, exact_up_to=1_000)

    np.testing.assert_allclose(found.similarities, -np.sort(-cosines, axis=1)[:, :10], atol=1e-6)
    np.testing.assert_allclose(np.take_along_axis(cosines, found.rows, axis=1), found.similarities, atol=1e-6)


def test_no_vector_is_its_own_neighbour() -> None:
    vectors = placed(blobs((300, 300))[0])

    for exact_up_to in (10, 1_000):
        found = neighbourhood(vectors, 15, exact_up_to)
        assert not (found.rows == np.arange(len(vectors))[:, None]).any()


def test_the_index_finds_nearly_all_of_the_exact_neighbours() -> None:
    vectors = placed(blobs((800, 800, 400), noise=0.8)[0])

    exact, approximate = (neighbourhood(vectors, 15, exact_up_to) for exact_up_to in (5_000, 100))

    pairs = zip(exact.rows, approximate.rows, strict=True)
    recall = np.mean([len(np.intersect1d(left, right)) / 15 for left, right in pairs])
    assert recall > 0.97


def test_the_index_answers_the_same_every_time() -> None:
    vectors = placed(blobs((500, 500))[0])

    first, second = (neighbourhood(vectors, 15, exact_up_to=100) for _ in range(2))

    np.testing.assert_array_equal(first.rows, second.rows)
    np.testing.assert_array_equal(first.similarities, second.similarities)


def test_queries_may_be_vectors_of_the_reference() -> None:
    vectors = placed(blobs((20, 20))[0])

    found = nearest(vectors, vectors, 1)

    np.testing.assert_array_equal(found.rows.ravel(), np.arange(40))


def test_a_vector_without_direction_lies_at_the_centre_and_is_near_nobody() -> None:
    stored, _ = blobs((20, 20))
    stored = np.vstack([stored, np.zeros_like(stored[:1]), np.full_like(stored[:1], np.nan)])
    space = Space.of(stored[:40])

    vectors = space.place(np.vstack([stored, space.centre[None].astype(np.float16)]))

    assert np.isfinite(vectors).all()
    assert np.linalg.norm(vectors[:40], axis=1) == pytest.approx(1.0, abs=1e-3)


def test_equal_vectors_are_one_text_in_the_order_of_appearance() -> None:
    stored, _ = blobs((10, 10))

    texts = equal_vectors(stored[[3, 1, 3, 3, 0, 1]])

    assert texts.posts.tolist() == [0, 1, 4]
    assert texts.text_of_post.tolist() == [0, 1, 0, 0, 2, 1]


def test_copies_that_differ_by_rounding_are_one_text_and_nobodys_neighbours() -> None:
    stored, _ = blobs((40, 40), noise=0.8)
    random = np.random.default_rng(3)
    copies = np.repeat(stored[:1].astype(np.float32), 30, axis=0) + random.normal(scale=1e-3, size=(30, 32))
    posts = np.vstack([stored, copies.astype(np.float16)])
    texts = equal_vectors(posts)
    vectors = placed(posts[texts.posts])

    texts, vectors, neighbours = distinct_neighbourhood(texts, vectors, 10, exact_up_to=1_000)

    assert len(texts.posts) == len(vectors) == 80
    assert set(texts.text_of_post[80:].tolist()) == {0}
    np.testing.assert_array_equal(neighbours.rows, neighbourhood(vectors, 10, 1_000).rows)


def test_when_all_vectors_are_copies_by_rounding_one_text_is_left() -> None:
    copies = np.ones((50, 32)) + np.random.default_rng(0).normal(scale=1e-3, size=(50, 32))
    vectors = (copies / np.linalg.norm(copies, axis=1, keepdims=True)).astype(np.float32)

    texts, left, _ = distinct_neighbourhood(Texts(np.arange(50), np.arange(50)), vectors, 15, exact_up_to=1_000)

    assert len(left) == len(texts.posts) == 1
    assert set(texts.text_of_post.tolist()) == {0}
