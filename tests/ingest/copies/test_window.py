"""What the window proposes, and what it forgets."""

from uuid import UUID

import numpy as np
import pytest

from ingest.copies.signatures import BANDS, SIGNS, Keys, keys_of
from ingest.copies.window import FEWEST_SHARED, Window


def ids_from(first: int, count: int) -> list[UUID]:
    """Ids as UUIDv7 are: a millisecond each, from `first` on."""
    return [UUID(int=millisecond << 80) for millisecond in range(first, first + count)]


def random_keys(count: int, seed: int) -> Keys:
    return np.random.default_rng(seed).integers(0, 2**32, (count, BANDS), dtype=np.uint32)


def test_proposes_who_shares_enough_keys_the_likeliest_first() -> None:
    window, keys = Window(100), random_keys(3, 1)
    window.add(ids_from(1, 3), keys)
    wanted = random_keys(1, 2)
    wanted[0, :FEWEST_SHARED] = keys[0, :FEWEST_SHARED]
    wanted[0, FEWEST_SHARED : 2 * FEWEST_SHARED + 1] = keys[2, FEWEST_SHARED : 2 * FEWEST_SHARED + 1]
    wanted[0, -1] = keys[1, -1]
    assert window.candidates(wanted) == [[*ids_from(3, 1), *ids_from(1, 1)]]


@pytest.mark.parametrize("size", [1, 7, 64, 100])
def test_finds_the_newest_and_has_forgotten_the_oldest(size: int) -> None:
    window, keys, ids = Window(size), random_keys(500, 3), ids_from(1, 500)
    for start in range(0, 500, 9):
        window.add(ids[start : start + 9], keys[start : start + 9])
    assert len(window) == size
    assert window.candidates(keys[-size:]) == [[each] for each in ids[-size:]]
    assert window.candidates(keys[:-size]) == [[]] * (500 - size)


def test_finds_texts_that_share_a_slot_in_one_chunk_and_over_several() -> None:
    window, keys = Window(256), random_keys(8, 4)
    keys[:, :] = (keys & np.uint32(0xFFFFFF00)) | np.uint32(5)
    window.add(ids_from(1, 5), keys[:5])
    window.add(ids_from(6, 3), keys[5:])
    assert window.candidates(keys) == [[each] for each in ids_from(1, 8)]


def test_a_chunk_larger_than_the_window_leaves_its_end() -> None:
    window, keys = Window(10), random_keys(25, 5)
    window.add(ids_from(1, 25), keys)
    assert window.candidates(keys[-10:]) == [[each] for each in ids_from(16, 10)]


def test_leaves_out_what_is_too_old() -> None:
    window, keys = Window(10), random_keys(2, 6)
    window.add(ids_from(1_000, 2), keys)
    assert window.candidates(keys, since=1_001) == [[], ids_from(1_001, 1)]


def test_texts_with_a_few_other_signs_share_keys_and_strangers_do_not() -> None:
    keys = keys_of(
        [
            "the eight fifteen to lille was cancelled again nobody told us anything",
            "the eight fifteen to lille was canceled again nobody told us anything",
            "why does the app forget my password every single time i open it",
        ]
    )
    assert (keys[0] == keys[1]).sum() >= FEWEST_SHARED
    assert (keys[0] == keys[2]).sum() < FEWEST_SHARED


def test_keys_of_a_text_do_not_depend_on_its_neighbours() -> None:
    texts = ["x" * SIGNS, "the eight fifteen to lille", "été à la gare 東京駅の電車", "the end"]
    assert np.array_equal(keys_of(texts), np.vstack([keys_of([text]) for text in texts]))
