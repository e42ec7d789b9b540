import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from segmentation.topics.method import Method
from segmentation.topics.partition import NONE
from segmentation.topics.phrases import Mentions
from segmentation.topics.topics import Topics, Voices, find_topics
from tests.segmentation.support.conversations import DIMENSIONS, THEMES, blobs, directions


def topics_of(stored: np.ndarray, groups: np.ndarray, method: Method = Method()) -> Topics:  # noqa: B008
    mentions = Mentions.of([[THEMES[group], THEMES[group].split()[-1]] for group in groups])
    return find_topics(stored, Voices(np.arange(len(stored)), mentions), method)


@pytest.fixture(scope="module")
def conversation() -> tuple[np.ndarray, np.ndarray]:
    return blobs((90, 60, 40))


@pytest.fixture(scope="module")
def topics(conversation: tuple[np.ndarray, np.ndarray]) -> Topics:
    return topics_of(*conversation)


def test_each_group_becomes_a_named_segment_of_its_size(topics: Topics) -> None:
    assert [topic.label for topic in topics.topics] == ["lost luggage", "late flight", "rude staff"]
    assert [topic.size for topic in topics.topics] == pytest.approx([90, 60, 40], rel=0.1)
    assert sum(topic.size for topic in topics.topics) == (topics.votes.segments != NONE).sum()


def test_clean_groups_are_stable_and_their_posts_tied_strongly(topics: Topics) -> None:
    assert topics.stability > 0.98
    assert all(topic.stability > 0.95 for topic in topics.topics)
    assert topics.votes.strengths[topics.votes.segments != NONE].mean() > 0.95


def test_copies_share_the_segment_of_their_original_and_change_nothing_else(
    conversation: tuple[np.ndarray, np.ndarray], topics: Topics
) -> None:
    stored, groups = conversation
    spam = np.repeat(stored[:1], 500, axis=0)

    flooded = topics_of(np.vstack([stored, spam]), np.append(groups, [groups[0]] * 500))

    np.testing.assert_array_equal(flooded.votes.segments[: len(stored)] == NONE, topics.votes.segments == NONE)
    assert adjusted_rand_score(flooded.votes.segments[: len(stored)], topics.votes.segments) == 1.0
    assert set(flooded.votes.segments[len(stored) :].tolist()) == {flooded.votes.segments[0]}
    assert [topic.label for topic in flooded.topics] == [topic.label for topic in topics.topics]


def test_exemplars_are_posts_of_the_segment_by_different_authors(
    conversation: tuple[np.ndarray, np.ndarray],
) -> None:
    stored, groups = conversation
    authors = np.arange(len(stored)) % 7

    found = find_topics(stored, Voices(authors, Mentions.of([[] for _ in groups])), Method())

    for number, topic in enumerate(found.topics):
        rows = np.array(topic.exemplars)
        assert (found.votes.segments[rows] == number).all()
        assert len(set(authors[rows].tolist())) == len(rows) == 7


def test_the_first_exemplar_is_nearest_to_the_centre(
    conversation: tuple[np.ndarray, np.ndarray], topics: Topics
) -> None:
    stored, _ = conversation
    placed = topics.frozen.space.place(stored)
    members = np.flatnonzero(topics.votes.segments == 0)
    similarity = placed[members] @ placed[members].mean(axis=0)

    assert topics.topics[0].exemplars[0] == members[similarity.argmax()]


def test_a_new_post_joins_the_segment_that_it_is_near_to(
    conversation: tuple[np.ndarray, np.ndarray], topics: Topics
) -> None:
    _, groups = conversation
    arriving = directions(3).astype(np.float16)

    votes = topics.frozen.vote(arriving)

    expected = [np.bincount(topics.votes.segments[groups == group] + 1).argmax() - 1 for group in range(3)]
    assert votes.segments.tolist() == expected
    assert votes.strengths.min() > 0.9


def test_a_new_post_that_is_far_from_everything_gets_no_segment(topics: Topics) -> None:
    votes = topics.frozen.vote(directions(DIMENSIONS)[-3:].astype(np.float16))

    assert votes.segments.tolist() == [NONE] * 3
    assert votes.strengths.tolist() == [0.0] * 3


def test_a_post_between_many_segments_gets_none_of_them() -> None:
    stored, groups = blobs([50] * 6, noise=0.4)
    frozen = topics_of(stored, groups).frozen

    between = directions(6).sum(axis=0, keepdims=True) / np.sqrt(6)

    assert frozen.vote(between.astype(np.float16)).segments.tolist() == [NONE]


def test_most_posts_like_the_members_are_assigned() -> None:
    stored, groups = blobs([200] * 5, noise=0.8)
    members, arriving = slice(0, 800), slice(800, 1_000)
    frozen = topics_of(stored[members], groups[members]).frozen

    votes = frozen.vote(stored[arriving])

    assert (votes.segments != NONE).mean() > 0.9
    assert adjusted_rand_score(groups[arriving], votes.segments) > 0.85


def test_voters_are_members_and_at_most_as_many_as_asked_for() -> None:
    stored, groups = blobs((200, 150, 100))

    topics = topics_of(stored, groups, Method(reference_at_most=90))

    assert 60 < len(topics.reference) <= 90
    assert (topics.votes.segments[topics.reference] != NONE).all()
    np.testing.assert_array_equal(topics.frozen.reference.segments, topics.votes.segments[topics.reference])


def test_strengths_are_shares_and_zero_without_a_segment() -> None:
    stored, groups = blobs((80, 80, 80), noise=2.5)

    votes = topics_of(stored, groups).votes

    assert ((votes.strengths >= 0) & (votes.strengths <= 1)).all()
    assert (votes.strengths[votes.segments == NONE] == 0).all()
    assert (votes.strengths[votes.segments != NONE] > Method().smallest_vote).all()


def test_a_conversation_without_any_group_has_no_segment_and_everybody_abstains() -> None:
    stored, groups = blobs((40, 40))

    topics = topics_of(stored, groups, Method(smallest_segment=50))

    assert topics.topics == ()
    assert set(topics.votes.segments.tolist()) == {NONE}
    assert topics.frozen.vote(stored[:2]).segments.tolist() == [NONE, NONE]
