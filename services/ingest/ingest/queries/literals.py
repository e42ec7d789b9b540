"""What the folded text must hold for an expression to match: one mechanism for percolator and database."""

import re
from collections.abc import Iterable
from functools import singledispatch

from ingest.queries.conditions import Hashtag, Mention
from ingest.queries.expressions import (
    AnyOf,
    Both,
    Either,
    Expression,
    Near,
    Phrase,
    Positional,
    Raw,
    Wildcard,
    Word,
)
from ingest.queries.tokens import fold

Literals = frozenset[str]

MOST_SETS = 3

_BETWEEN_WILDCARDS = re.compile(r"[^*?]+")
_LETTERS = re.compile(r"[^\W_]+")


def required_literals(expression: Expression | Positional) -> tuple[Literals, ...]:
    """Sets of strings: `TokenisedText.line` holds one of each set whenever the expression matches.

    A blank in them is the border of a token. They come by how rarely texts seem to hold them, which is guessed from
    their length, and no more than `MOST_SETS`. Empty when the expression may match whatever the words are.
    """
    return tuple(sorted(_required(expression), key=_commonness)[:MOST_SETS])


@singledispatch
def _required(expression: object) -> tuple[Literals, ...]:
    # A field, or what must be absent: it says nothing about the words that are there.
    return ()


@_required.register
def _(expression: Word) -> tuple[Literals, ...]:
    return (frozenset((f" {expression.token} ",)),)


@_required.register
def _(expression: Phrase) -> tuple[Literals, ...]:
    return (frozenset((f" {' '.join(expression.tokens)} ",)),)


@_required.register
def _(expression: Wildcard) -> tuple[Literals, ...]:
    return _longest(_BETWEEN_WILDCARDS.findall(f" {expression.pattern} "))


@_required.register
def _(expression: Raw) -> tuple[Literals, ...]:
    # Without borders: a sign that folding drops may join the value to its neighbours.
    return _longest(_LETTERS.findall(fold(expression.value)))


@_required.register(Hashtag)
@_required.register(Mention)
def _(expression: Hashtag | Mention) -> tuple[Literals, ...]:
    return _longest(_LETTERS.findall(expression.name))


@_required.register
def _(expression: Both) -> tuple[Literals, ...]:
    return _of_all(expression.operands)


@_required.register
def _(expression: Near) -> tuple[Literals, ...]:
    return _of_all((expression.first, *(step.operand for step in expression.steps)))


@_required.register(Either)
@_required.register(AnyOf)
def _(expression: Either | AnyOf) -> tuple[Literals, ...]:
    rarest = [min(_required(operand), key=_commonness, default=None) for operand in expression.operands]
    known = [literals for literals in rarest if literals is not None]
    return (frozenset().union(*known),) if len(known) == len(rarest) else ()


def _of_all(operands: Iterable[Expression | Positional]) -> tuple[Literals, ...]:
    return tuple({literals for operand in operands for literals in _required(operand)})


def _longest(runs: list[str]) -> tuple[Literals, ...]:
    return (frozenset((max(runs, key=len),)),) if runs else ()


def _commonness(literals: Literals) -> tuple[float, list[str]]:
    """A guess at how many texts hold any of them: each letter more halves it; equal guesses go by the alphabet."""
    return sum(0.5 ** min(len(literal), 64) for literal in literals), sorted(literals)
