"""Quotes: verbatim, masked, shortened between words, of different people in different words."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insight.quotes.selection import Candidate, is_near_duplicate, is_quotable, prefer_mentions, select
from insight.quotes.wording import LONGEST_QUOTE, quote, shorten


def candidate(text: str, author: UUID | None = None) -> Candidate:
    return Candidate(uuid4(), author or uuid4(), text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("@united you cancelled my flight", "@… you cancelled my flight"),
        ("thanks @jane.doe.bsky.social!", "thanks @…!"),
        ("ask @jane@mastodon.social.", "ask @…."),
        ("write to jane.doe@example.com now", "write to [email] now"),
        ("call me at +33 6 12 34 56 78 please", "call me at [number] please"),
        ("tickets &amp; bags", "tickets & bags"),
        ("see https://t.co/abc123 for more", "see [link] for more"),
        ("flight 1234 at 10:30 cost 250.00", "flight 1234 at 10:30 cost 250.00"),
    ],
)
def test_what_points_at_a_person_is_masked(text: str, shown: str) -> None:
    assert quote(text) == shown


def test_a_long_text_is_cut_between_words() -> None:
    shown = quote("We waited four hours at the gate. " * 20)
    assert len(shown) <= LONGEST_QUOTE
    assert shown.endswith("…")
    assert shown.removesuffix("…").split()[-1] in {"We", "waited", "four", "hours", "at", "the", "gate."}


@given(st.text(max_size=600))
def test_a_quote_is_never_too_long_nor_broken_over_lines(text: str) -> None:
    shown = quote(text)
    assert len(shown) <= LONGEST_QUOTE
    assert "\n" not in shown


@given(st.text(alphabet="ab ", max_size=100), st.integers(5, 50))
def test_a_shortened_text_is_the_start_of_the_text(text: str, longest: int) -> None:
    shown = shorten(text, longest)
    assert text.startswith(shown.removesuffix("…"))
    assert len(shown) <= longest


def test_quotes_come_from_different_authors_in_different_words() -> None:
    loud = uuid4()
    first = candidate("my flight was cancelled and nobody answers the phone", loud)
    again = candidate("another complaint of the very same person today", loud)
    copied = candidate("@united My flight was cancelled and nobody answers the phone!!")
    second = candidate("two hours on hold just to rebook one seat")
    assert select([first, again, copied, second], 3) == [first, second]


@pytest.mark.parametrize("text", ["@united thanks!", "RT @jane my flight was cancelled yesterday again", ""])
def test_short_texts_and_repeated_ones_are_not_quoted(text: str) -> None:
    assert not is_quotable(text)


def test_rephrased_texts_differ() -> None:
    assert not is_near_duplicate(
        "my flight was cancelled and nobody answers", "still no answer after they cancelled my flight"
    )


def test_posts_that_use_the_words_of_the_label_come_first() -> None:
    vague, telling = candidate("whatever you say, my dear"), candidate("your Customer Service was quick")
    assert prefer_mentions([vague, telling], "quick response, customer service") == [telling, vague]
    assert prefer_mentions([vague, telling], "lounge") == [vague, telling]
