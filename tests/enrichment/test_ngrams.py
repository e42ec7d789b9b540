"""Hashed n-grams."""

import numpy as np
import pytest

from enrichment.texts.ngrams import NgramHasher

BITS = 20


def features(text: str, sizes: tuple[int, ...] = (), words: tuple[int, ...] = ()) -> dict[int, float]:
    row = NgramHasher(sizes, words, BITS).count([text])
    return dict(zip(row.indices.tolist(), row.data.tolist(), strict=True))


def test_every_ngram_is_counted_as_often_as_it_occurs() -> None:
    assert sorted(features("abab", sizes=(2,)).values()) == [1.0, 1.0, 1.0, 2.0]  # " a", "ba", "b ", "ab"


def test_the_same_ngram_gets_the_same_column_wherever_it_stands() -> None:
    alone, later = features("flight", words=(1,)), features("my late flight", words=(1,))

    assert alone.keys() <= later.keys()


def test_character_ngrams_do_not_cross_words_unless_told_to() -> None:
    inside = NgramHasher((3,), (), BITS).count(["ab cd"]).sum()
    across = NgramHasher((3,), (), BITS, across_words=True).count(["ab cd"]).sum()

    assert (inside, across) == (4, 5)  # " ab", "ab ", " cd", "cd "; across words also "b c"


def test_texts_of_a_batch_do_not_run_into_each_other() -> None:
    hasher = NgramHasher((2, 3), (1, 2), BITS, across_words=True)
    texts = ["late again", "", "😀", "vol annulé"]

    together = hasher.count(texts).toarray()
    apart = np.vstack([hasher.count([text]).toarray() for text in texts])

    assert np.array_equal(together, apart)


def test_kinds_of_ngrams_do_not_share_columns_by_design() -> None:
    assert not features("a", sizes=(1,)).keys() & features("a", words=(1,)).keys()


def test_symbols_and_faces_are_words_of_their_own() -> None:
    assert features("great", words=(1,)).keys() < features("great!😀", words=(1,)).keys()
    assert len(features("great!😀", words=(1,))) == 3


def test_columns_spread_evenly() -> None:
    counts = NgramHasher((1, 2, 3), (), 8).count(["".join(map(chr, range(0x4E00, 0x4E00 + 5000)))])

    loads = counts.toarray().ravel()
    assert loads.max() < 1.6 * loads.mean()


@pytest.mark.parametrize("texts", [[], [""], ["", ""]])
def test_nothing_gives_rows_without_counts_of_words(texts: list[str]) -> None:
    counts = NgramHasher((), (1, 2), BITS).count(texts)

    assert counts.shape == (len(texts), 1 << BITS)
    assert counts.nnz == 0
