"""Judgements made up for tests of what is computed from them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from enrichment.annotations.judgement import FIRST, Answer, Coded, CoderRole, Item, Judgement

START = datetime(2026, 11, 1, tzinfo=UTC)
CANNOT_TELL = "?"


def coder(number: int) -> UUID:
    return UUID(int=number + 1)


def item(place: int, coders: int = 2, language: str = "en", asked: Sequence[str] = ("a", "b")) -> Item:
    key = UUID(int=1_000 + place)
    return Item(key, UUID(int=9), UUID(int=5_000 + place), 0, 0, 10, language, 0.5, coders, tuple(asked))


def judgement(of: Item, by: UUID, said: str, *, minutes: int = 0, occasion: int = FIRST) -> Judgement:
    """`said` is a space-separated list of codes, empty for none of them, `?` for cannot tell."""
    codes = frozenset() if said == CANNOT_TELL else frozenset(said.split())
    answer = Answer.CANNOT_TELL if said == CANNOT_TELL else Answer.CODES if codes else Answer.NONE
    return Judgement(of.id, by, CoderRole.PERSON, occasion, answer, codes, START + timedelta(minutes=minutes))


def decision(of: Item, said: str) -> Judgement:
    person = judgement(of, coder(99), said)
    return Judgement(of.id, person.coder_id, CoderRole.ADJUDICATOR, FIRST, person.answer, person.codes, person.at)


def coded(place: int, said: Sequence[str], language: str = "en", asked: Sequence[str] = ("a", "b")) -> Coded:
    """An item with what each coder said about it, one after the other."""
    of = item(place, len(said), language, asked)
    return Coded(of, tuple(judgement(of, coder(number), each) for number, each in enumerate(said)))


def said_by(record: Mapping[int, Sequence[str]]) -> list[Coded]:
    """Items by what each coder said of all of them, minute by minute; every coder said something of each."""
    found = []
    for place, answers in enumerate(zip(*record.values(), strict=True)):
        of = item(place, len(record))
        given = (judgement(of, coder(key), each, minutes=place) for key, each in zip(record, answers, strict=True))
        found.append(Coded(of, tuple(given)))
    return found
