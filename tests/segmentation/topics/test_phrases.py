import numpy as np
import pytest

from segmentation.topics.phrases import Mentions, distinct_labels, label_of, telling_phrases


def phrases_of(*segments: list[list[str]]) -> list[tuple[str, ...]]:
    posts = [post for segment in segments for post in segment]
    numbers = np.repeat(np.arange(len(segments)), [len(segment) for segment in segments])
    return telling_phrases(Mentions.of(posts), numbers, len(segments), np.arange(len(posts)))


def test_what_every_segment_says_names_none() -> None:
    bags = [["flight", "lost bag"]] * 10
    delays = [["flight", "two hours late"]] * 10

    first, second = phrases_of(bags, delays)

    assert (first, second) == (("lost bag",), ("two hours late",))


def test_a_longer_phrase_that_is_nearly_as_frequent_stands_for_its_words() -> None:
    posts = [["customer service", "customer", "service"]] * 8 + [["service"]] * 2
    other = [["seat"]] * 10

    assert phrases_of(posts, other)[0] == ("customer service",)


def test_a_rare_longer_phrase_does_not_stand_for_a_frequent_word() -> None:
    posts = [["hold"]] * 20 + [["hold music"]] * 2
    other = [["seat"]] * 20

    assert phrases_of(posts, other)[0] == ("hold",)


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        (["flights", "flight"], ["flights"]),
        (["delayed", "delay", "delays"], ["delayed"]),
        (["remboursement", "remboursements"], ["remboursement"]),
        (["seat", "seal"], ["seat"]),
        (["bag", "website"], ["bag", "website"]),
        (["lost bag", "bag claim", "refund"], ["lost bag", "refund"]),
    ],
)
def test_forms_of_one_word_are_said_once(words: list[str], kept: list[str]) -> None:
    posts = [words[: length + 1] for length in range(len(words)) for _ in range(5)]
    other = [["unrelated"]] * 5

    assert list(phrases_of(posts, other)[0]) == kept


def test_a_phrase_of_a_single_post_names_nothing() -> None:
    posts = [["cold coffee"]] * 5 + [["zebra"]]

    assert phrases_of(posts, [["seat"]] * 5)[0] == ("cold coffee",)


def test_what_fewer_than_three_people_say_names_nothing_however_often_they_say_it() -> None:
    mentions = Mentions.of([["my zebra"]] * 20 + [["cold coffee"]] * 3)
    authors = np.array([7] * 10 + [8] * 10 + [1, 2, 3])

    assert telling_phrases(mentions, np.zeros(23, dtype=np.intp), 1, authors) == [("cold coffee",)]


def test_a_segment_that_holds_nearly_everything_still_has_a_name() -> None:
    large, small = phrases_of([["bag", "monday"]] * 95, [["seat", "monday"]] * 5)

    assert (large, small) == (("bag",), ("seat",))


def test_a_phrase_counts_once_per_post() -> None:
    loud = [["spam"] * 50] + [["spam"]] + [["queue"]] * 5
    other = [["seat"]] * 5

    assert phrases_of(loud, other)[0][0] == "queue"


def test_posts_without_a_segment_name_nothing() -> None:
    mentions = Mentions.of([["bag"]] * 4 + [["noise"]] * 9)
    segments = np.array([0] * 4 + [-1] * 9)

    assert telling_phrases(mentions, segments, 1, np.arange(13)) == [("bag",)]


def test_a_segment_whose_posts_carry_no_phrase_is_unnamed() -> None:
    assert phrases_of([[], []], [["bag"]] * 3) == [(), ("bag",)]
    assert label_of(()) == "unnamed"


def test_a_label_is_made_of_three_phrases() -> None:
    assert label_of(("bag", "claim", "lost", "wait")) == "bag, claim, lost"


def test_equal_names_are_told_apart() -> None:
    assert distinct_labels([("bag",), ("bag",), (), ("seat",), ()]) == [
        "bag",
        "bag (2)",
        "unnamed",
        "seat",
        "unnamed (2)",
    ]
