"""What PostgreSQL can tell of a query by itself: it leaves out posts that cannot match, and never one that does."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import singledispatchmethod
from itertools import chain, count
from string import ascii_lowercase, ascii_uppercase

from ingest.queries.conditions import (
    Address,
    Author,
    Count,
    InThread,
    Language,
    Link,
    Measure,
    Platform,
    Published,
    Site,
    Trait,
    Unclaimed,
)
from ingest.queries.documents import QUESTION_MARKS
from ingest.queries.expressions import Both, Either, Expression, Negation
from ingest.queries.literals import required_literals
from ingest.queries.signs import known_signs

Value = str | int | datetime

# A longer regular expression takes PostgreSQL more time to prepare than it saves.
MOST_LETTERS = 1_000

_COMPARED = re.compile("[a-z0-9_]+")
_ENGAGEMENT = " + ".join(f"coalesce(posts.{name}, 0)" for name in ("likes", "reposts", "replies", "quotes"))
_TRAITS = {
    Trait.REPLY: "posts.parent_id <> ''",
    Trait.REPOST: "(posts.is_repost OR posts.repost_of <> '')",
    Trait.MEDIA: "posts.has_media",
}


@dataclass(frozen=True, slots=True)
class Narrowing:
    """A condition on rows of `posts` as a fragment of SQL, and the values of its parameters."""

    sql: str
    values: dict[str, Value]


EVERYTHING = Narrowing("TRUE", {})


@dataclass(frozen=True, slots=True)
class _Told:
    """What SQL tells of an expression: `is_exact` when it says yes to nothing but what matches."""

    narrowing: Narrowing
    is_exact: bool


def narrow(expression: Expression | None) -> Narrowing:
    """A condition that every stored post meets which matches the expression; whoever reads the rows must verify them.

    Words are looked for by their rarest required literal, fields each by itself. No index is needed.
    """
    if expression is None:
        return EVERYTHING
    writer = _Writer()
    told = (writer.words(expression), writer.necessary(expression, wanted=True))
    return _joined(" AND ", told) or EVERYTHING


class _Writer:
    """Writes fragments; numbers their parameters so that they can be joined."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def words(self, expression: Expression) -> Narrowing | None:
        """What the text must hold."""
        return _joined(" AND ", [self._holds("posts.text", each) for each in required_literals(expression)])

    def necessary(self, expression: Expression, *, wanted: bool) -> Narrowing | None:
        """What fields must be for the expression to match, or not to match when that is `wanted`."""
        if isinstance(expression, Negation):
            return self.necessary(expression.operand, wanted=not wanted)
        if isinstance(expression, Both | Either):
            parts = [self.necessary(operand, wanted=wanted) for operand in expression.operands]
            return _joined(" AND ", parts) if isinstance(expression, Both) is wanted else _either(parts)
        told = self._tell(expression)
        if told is None:
            return None
        if wanted:
            return told.narrowing
        return Narrowing(f"NOT ({told.narrowing.sql})", told.narrowing.values) if told.is_exact else None

    @singledispatchmethod
    def _tell(self, expression: Expression) -> _Told | None:
        return None

    @_tell.register
    def _(self, expression: Platform) -> _Told:
        return _Told(self._with("posts.platform = {}", expression.name), is_exact=True)

    @_tell.register
    def _(self, expression: Language) -> _Told:
        small = f"translate(posts.claimed_language, '{ascii_uppercase}', '{ascii_lowercase}') || '-'"
        return _Told(self._with(f"{small} LIKE {{}}", f"{expression.tag}-%"), is_exact=True)

    @_tell.register
    def _(self, expression: Unclaimed) -> _Told:
        return _Told(Narrowing("posts.claimed_language = ''", {}), is_exact=True)

    @_tell.register
    def _(self, expression: Author) -> _Told | None:
        return _inexact(self._holds("posts.author_handle", [expression.name]))

    @_tell.register(Site)
    @_tell.register(Address)
    def _(self, expression: Site | Address) -> _Told | None:
        wanted = expression.site if isinstance(expression, Site) else expression.address
        return _inexact(self._holds("posts.url", [wanted], folded=False))

    @_tell.register
    def _(self, expression: Link) -> _Told | None:
        return _inexact(self._holds("posts.text", [expression.address], folded=False))

    @_tell.register
    def _(self, expression: Trait) -> _Told | None:
        if expression in _TRAITS:
            return _Told(Narrowing(_TRAITS[expression], {}), is_exact=True)
        if expression is Trait.LINK:
            return _inexact(self._holds("posts.text", ["http", "www"], folded=False))
        return _inexact(self._with("posts.text ~ {}", f"[{QUESTION_MARKS}]"))

    @_tell.register
    def _(self, expression: Count) -> _Told:
        counted = _ENGAGEMENT if expression.measure is Measure.ENGAGEMENT else "posts.followers"
        compared = self._with(f"{counted} {expression.sign} CAST({{}} AS bigint)", expression.number)
        return _Told(Narrowing(f"coalesce({compared.sql}, FALSE)", compared.values), is_exact=True)

    @_tell.register
    def _(self, expression: Published) -> _Told:
        bounds = (("posts.published_at >= {}", expression.since), ("posts.published_at < {}", expression.until))
        held = _joined(" AND ", (self._with(sql, moment) for sql, moment in bounds if moment is not None))
        return _Told(held or EVERYTHING, is_exact=True)

    @_tell.register
    def _(self, expression: InThread) -> _Told:
        return _Told(self._with("{} IN (posts.thread_id, posts.external_id)", expression.thread_id), is_exact=True)

    def _holds(self, column: str, literals: Iterable[str], *, folded: bool = True) -> Narrowing | None:
        """Any literal is in the column, or, where the column is to be `folded`, a sign that does not allow to tell."""
        runs = [_COMPARED.findall(literal) for literal in sorted(literals)]
        if not all(runs) or sum(map(len, chain(*runs))) > MOST_LETTERS:
            return None
        spell = _folded if folded else _small
        patterns = [".*".join("".join(map(spell, run)) for run in each) for each in runs]
        return self._with(f"{column} ~ {{}}", "|".join([known_signs().opaque, *patterns] if folded else patterns))

    def _with(self, template: str, *values: Value) -> Narrowing:
        names = {f"narrowing_{number}": value for value, number in zip(values, self._numbers, strict=False)}
        return Narrowing(template.format(*(f":{name}" for name in names)), names)


def _inexact(narrowing: Narrowing | None) -> _Told | None:
    return None if narrowing is None else _Told(narrowing, is_exact=False)


def _either(parts: list[Narrowing | None]) -> Narrowing | None:
    return None if None in parts else _joined(" OR ", parts)


def _joined(operator: str, parts: Iterable[Narrowing | None]) -> Narrowing | None:
    told = [part for part in parts if part is not None]
    values = {name: value for part in told for name, value in part.values.items()}
    return Narrowing(operator.join(f"({part.sql})" for part in told), values) if told else None


def _folded(letter: str) -> str:
    return known_signs().spellings[letter]


def _small(letter: str) -> str:
    return f"[{letter}{letter.upper()}]"
