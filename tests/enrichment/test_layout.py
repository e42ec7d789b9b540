"""Texts that say the same, however they are laid out, and the way of a span from one to the other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichment.coding.codes import Code, CoderKind
from enrichment.entities.entity import Entity, EntityKind
from enrichment.readings.moving import Move
from enrichment.readings.reader import Reader
from enrichment.readings.reading import Reading, StatementReading
from enrichment.reasons.reason import Reason
from enrichment.sentiments.polarity import Polarity, Sentiment
from enrichment.statements.splitter import split
from enrichment.texts.layout import Layout, laid_out
from enrichment.texts.spans import Span, spoken

SAID = "My flight was cancelled.\nNobody answers!"
ALIKE = [
    SAID,
    f"RT @anna: {SAID}",
    f"@united @anna {SAID} https://t.co/1",
    "My  flight was\tcancelled.\n\n Nobody https://a.b/c answers!  ",
    "@united Mon vol est annulé, personne ne répond",
]
WORDS = st.text(alphabet="ab é\n\t.@\u202e😡", max_size=30)


@pytest.mark.parametrize("text", ALIKE[:4])
def test_handles_in_front_addresses_and_space_do_not_tell_texts_apart(text: str) -> None:
    assert laid_out(text)[0] == SAID


@pytest.mark.parametrize("other", [f"{SAID} lol", SAID.lower(), SAID.replace("\n", " "), f"{SAID[:-1]} @anna!"])
def test_other_words_cases_lines_and_handles_within_do(other: str) -> None:
    assert laid_out(other)[0] != SAID


@pytest.mark.parametrize("text", ["", " \n", "http://a.b", "@anna", "\u202e", "\u200b"])
def test_texts_that_say_nothing_have_a_layout(text: str) -> None:
    words, layout = laid_out(text)
    assert words == " ".join(spoken(text).split())
    assert Layout.of_runs(layout.runs) == layout


@pytest.mark.parametrize("source", ALIKE[:4])
@pytest.mark.parametrize("target", ALIKE[:4])
def test_statements_are_where_they_would_have_been_found(source: str, target: str) -> None:
    layouts = [laid_out(text)[1] for text in (source, target)]
    moved = [layouts[0].moved(span, layouts[1]) for span in split(source, "en")]
    assert moved == split(target, "en")


@given(WORDS, st.lists(st.sampled_from([" ", "  ", " http://t.co/x ", " \t "]), min_size=4, max_size=4))
def test_each_character_that_is_said_finds_itself(text: str, gaps: list[str]) -> None:
    other = f"{gaps[0]}{text}{gaps[1]}".replace(" ", gaps[2])
    (words, source), (other_words, target) = laid_out(text), laid_out(other)
    if words != other_words:
        return
    for place, character in enumerate(text):
        span = source.moved(Span(place, place + 1), target)
        if not character.isspace() and spoken(text)[place] == character:
            assert span is not None
            assert other[span.start : span.end] == character


def test_what_nobody_says_stays_behind_and_what_the_copy_says_so_is_found() -> None:
    source, target = "@united late because of snow https://a.b", "RT @me: @you late  because of snow"
    sure = Sentiment(Polarity.NEGATIVE, 0.8, 0.1, 0.1)
    mention, link = Entity(EntityKind.MENTION, 0, 7, "united"), Entity(EntityKind.LINK, 29, 40, "a.b")
    place = Entity(EntityKind.PLACE, 24, 28, "snow")
    code = Code("speech_act", 1, "complaint", 0.7, CoderKind.RULE, 8, 12)
    whole = StatementReading(Span(8, 28), b"", sure, (code,))
    reason = Reason(Span(24, 28), Span(8, 12), Span(13, 20))
    found = Reading("en", sure, b"", (whole,), ("snow",), (code,), (mention, link, place), (reason,))

    moved = Move(laid_out(source)[1], laid_out(target)[1]).reading(found, target)

    assert [target[each.start : each.end] for each in moved.entities] == ["@me", "@you", "snow"]
    assert [target[slice(*each.span)] for each in moved.statements] == ["late  because of snow"]
    assert [target[each.start : each.end] for each in (*moved.codes, *moved.statements[0].codes)] == ["late"] * 2
    [why] = moved.reasons
    assert [target[slice(*span)] for span in (why.cause, why.effect, why.connective)] == ["snow", "late", "because"]
    assert (moved.sentiment, moved.keyphrases) == (sure, ("snow",))


def test_a_copy_gets_the_vectors_that_a_reading_of_its_own_would_have(reader: Reader) -> None:
    source, target = ALIKE[2], ALIKE[1]
    read, own = reader.read([source, target])

    moved = Move(laid_out(source)[1], laid_out(target)[1]).reading(read, target)

    assert [each.span for each in moved.statements] == [each.span for each in own.statements]
    assert (moved.language, moved.keyphrases, moved.codes) == (own.language, own.keyphrases, own.codes)
    assert (moved.entities, moved.personal_data) == (own.entities, own.personal_data)
    for vector, other in zip(
        [moved.vector, *(each.vector for each in moved.statements)],
        [own.vector, *(each.vector for each in own.statements)],
        strict=True,
    ):
        assert vector == other
