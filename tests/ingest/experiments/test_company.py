"""Posts are alike by the company of their words, and a query's posts are told from others by it."""

import random

import numpy as np

from ingest.experiments.company import Company, Holdings
from ingest.experiments.contrast import Contrast
from ingest.experiments.grams import grams_of

TRAINS = [f"train{number}" for number in range(60)]
FOOD = [f"food{number}" for number in range(60)]


def spoken(words: list[str], posts: int) -> list[str]:
    """Posts of six of the words, each beside every other now and then."""
    chance = random.Random(7)
    return [" ".join(chance.sample(words, 6)) for _ in range(posts)]


def company(texts: list[str]) -> Company:
    words = sorted({word for text in texts for word in text.split()})
    posts = [sorted(words.index(word) for word in set(text.split())) for text in texts]
    return Company(Holdings.of(posts), np.ones(len(words), bool))


def test_a_post_that_shares_no_word_is_alike_by_the_company_of_its_words() -> None:
    texts = [*spoken(TRAINS, 150), *spoken(FOOD, 150)]
    target = np.array([number < 10 for number in range(302)])
    unsaid = set(TRAINS) - {word for text in texts[:10] for word in text.split()}
    known = company([*texts, " ".join(sorted(unsaid)[:5]), " ".join(FOOD[:5])])

    known.learn(target)

    scores, likeness = known.scores(known.vectors), known.likeness(target)
    assert scores[10:150].mean() > scores[150:300].mean()
    assert likeness[300] > likeness[301]


def test_the_same_posts_give_the_same_scores() -> None:
    first, second = (company([*spoken(TRAINS, 20), *spoken(FOOD, 20)]) for _ in range(2))
    for each in (first, second):
        each.learn(np.array([number < 5 for number in range(40)]))

    assert np.array_equal(first.scores(first.vectors), second.scores(second.vectors))


def test_posts_that_only_use_other_words_for_it_are_likelier_than_the_rest() -> None:
    texts = [f"refund {word} ticket" for word in ("late", "train", "delay", "platform")] * 4
    texts += [f"{first} {second} ticket" for first, second in (("late", "train"), ("delay", "platform"))] * 6
    texts += [f"{first} {second} soup" for first, second in (("onion", "bread"), ("oven", "butter"))] * 30
    grams = [grams_of(text) for text in texts]

    contrast = Contrast(grams, ["refund" in text for text in texts])

    relevance = contrast.relevance
    assert min(relevance[16:28]) > 0.5
    assert max(relevance[28:]) < 0.1


def test_a_contrast_without_any_word_in_common_finds_nothing() -> None:
    contrast = Contrast([frozenset({"a"}), frozenset({"b"})] * 5, [True, False] * 5)

    assert contrast.telling_grams() == {}
    assert contrast.relevance[1] < 0.5
