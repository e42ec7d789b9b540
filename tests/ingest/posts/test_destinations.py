"""Which posts that no study takes are kept."""

import pytest

from ingest.posts.destinations import Destination, UnmatchedPolicy


def kept(destination: Destination, workspace: str = "alpha") -> set[int]:
    return {number for number in range(20_000) if destination.keeps_unmatched(workspace, "x", f"post-{number}")}


def test_keep_keeps_all_and_drop_none() -> None:
    assert len(kept(Destination())) == 20_000
    assert not kept(Destination(unmatched=UnmatchedPolicy.DROP))


@pytest.mark.parametrize(
    ("rate", "least", "most"), [(0.0, 0, 0), (0.01, 140, 260), (0.25, 4_750, 5_250), (1, 20_000, 20_000)]
)
def test_a_sample_keeps_its_share(rate: float, least: int, most: int) -> None:
    assert least <= len(kept(Destination(unmatched=UnmatchedPolicy.SAMPLE, sample_rate=rate))) <= most


def test_a_sample_is_the_same_whenever_it_is_drawn_and_another_in_each_workspace() -> None:
    sampling = Destination(unmatched=UnmatchedPolicy.SAMPLE, sample_rate=0.1)

    assert kept(sampling) == kept(sampling)
    assert kept(sampling) != kept(sampling, "beta")


def test_a_larger_sample_contains_the_smaller_one() -> None:
    small, large = (Destination(unmatched=UnmatchedPolicy.SAMPLE, sample_rate=rate) for rate in (0.05, 0.2))

    assert kept(small) < kept(large)
