"""From the text of a query to something that posts can be compared with."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NoReturn

from lark import Lark, Token, Transformer, v_args
from lark.exceptions import UnexpectedInput

from ingest.queries.documents import Document
from ingest.queries.expressions import (
    AnyOf,
    Both,
    Either,
    Expression,
    Near,
    Negation,
    Phrase,
    Positional,
    Step,
    Wildcard,
    Word,
)
from ingest.queries.fields import LEAST_LITERALS, FieldError, parse_field
from ingest.queries.syntax import QuerySyntaxError, explain
from ingest.queries.tokens import tokenise, tokenise_patterns
from ingest.queries.wildcards import has_wildcards

__all__ = ["DEEPEST_NESTING", "LONGEST_QUERY", "MOST_BETWEEN", "Query", "QuerySyntaxError", "parse_query"]

LONGEST_QUERY = 20_000
DEEPEST_NESTING = 50
MOST_BETWEEN = 100

_NEAR = re.compile(r"NEAR/([0-9]{1,3})(f?)")


@dataclass(frozen=True, slots=True)
class Query:
    """A query that was understood; the empty one matches every post."""

    source: str
    expression: Expression | None

    def matches(self, document: Document) -> bool:
        """True when the post meets the query."""
        return self.expression is None or self.expression.matches(document)

    @property
    def is_empty(self) -> bool:
        """True when the query asks for nothing in particular."""
        return self.expression is None


@lru_cache(maxsize=4096)
def parse_query(source: str) -> Query:
    """The query written as `source`, in time linear in its length.

    Raises `QuerySyntaxError` for anything that is no query.
    """
    if len(source) > LONGEST_QUERY:
        raise QuerySyntaxError(1, LONGEST_QUERY + 1, f"a query has at most {LONGEST_QUERY:,} characters.")
    if not source.strip():
        return Query(source, None)
    try:
        return Query(source, _GRAMMAR.parse(source))  # type: ignore[arg-type]  # the transformer returns no tree
    except UnexpectedInput as error:
        explain(error, source)


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece of the query, how deep it is nested, and its words, if it is of words alone and may stand by a NEAR."""

    expression: Expression
    nesting: int = 0
    words: Positional | None = None


@dataclass(frozen=True, slots=True)
class _Next:
    """A NEAR and what stands behind it."""

    sign: Token
    operand: _Part


@v_args(inline=True)
class _Builder(Transformer[Token, Expression]):
    """Builds expressions while the parser reduces, so that no step recurses."""

    def start(self, part: _Part) -> Expression:
        return part.expression

    def term(self, token: Token) -> _Part:
        if not has_wildcards(token):
            return self.phrase(token)
        words = [_word(token, piece) for piece in tokenise_patterns(token)]
        if not words:
            _fail_short(token, str(token))
        steps = tuple(Step(word, most_between=0, in_order=True) for word in words[1:])
        joined = Near(words[0], steps) if steps else words[0]
        return _Part(joined, words=joined)

    def phrase(self, token: Token) -> _Part:
        words = tuple(tokenise(token))
        if not words:
            _fail_at(token, f"{token} holds no letter, digit or emoji to look for.")
        phrase = Word(words[0]) if len(words) == 1 else Phrase(words)
        return _Part(phrase, words=phrase)

    def field(self, token: Token) -> _Part:
        try:
            return _Part(parse_field(token))
        except FieldError as error:
            raise QuerySyntaxError(token.line or 1, (token.column or 1) + error.offset, str(error)) from None

    def step(self, sign: Token, operand: _Part) -> _Next:
        return _Next(sign, operand)

    def near(self, first: _Part, *rest: _Next) -> _Part:
        near = Near(_words(rest[0].sign, first), tuple(map(_step, rest)))
        return _Part(near, max(first.nesting, *(each.operand.nesting for each in rest)), near)

    def negation(self, sign: Token, operand: _Part) -> _Part:
        return _Part(Negation(operand.expression), _deeper(sign, operand))

    def group(self, sign: Token, inner: _Part) -> _Part:
        return _Part(inner.expression, _deeper(sign, inner), inner.words)

    def both(self, *parts: _Part) -> _Part:
        return _Part(Both(tuple(part.expression for part in parts)), max(part.nesting for part in parts))

    def either(self, *parts: _Part) -> _Part:
        expression = Either(tuple(part.expression for part in parts))
        words = tuple(part.words for part in parts if part.words is not None)
        nesting = max(part.nesting for part in parts)
        return _Part(expression, nesting, AnyOf(words) if len(words) == len(parts) else None)


# The basic lexer, because the contextual one would read the OR of "OR late" as a word.
_GRAMMAR = Lark.open("query.lark", rel_to=__file__, parser="lalr", lexer="basic", transformer=_Builder())


def _word(token: Token, piece: str) -> Word | Wildcard:
    if not has_wildcards(piece):
        return Word(piece)
    if sum(sign.isalnum() for sign in piece) < LEAST_LITERALS:
        _fail_short(token, piece)
    return Wildcard(piece)


def _step(following: _Next) -> Step:
    found = _NEAR.fullmatch(following.sign)
    if not found or int(found[1]) > MOST_BETWEEN:
        _fail_at(
            following.sign,
            f"NEAR/ takes how many words may stand between, 0 to {MOST_BETWEEN}, and f for this order, "
            f"such as NEAR/5 or NEAR/5f; found {following.sign}.",
        )
    return Step(_words(following.sign, following.operand), most_between=int(found[1]), in_order=bool(found[2]))


def _words(sign: Token, operand: _Part) -> Positional:
    if operand.words is None:
        _fail_at(
            sign,
            f'{sign} joins words, phrases and groups of them with OR, such as (late OR "en retard") {sign} train; '
            "put AND, NOT, raw: and fields outside of it.",
        )
    return operand.words


def _deeper(sign: Token, inner: _Part) -> int:
    if inner.nesting == DEEPEST_NESTING:
        _fail_at(sign, f"parentheses and NOT may be nested {DEEPEST_NESTING} deep.")
    return inner.nesting + 1


def _fail_short(token: Token, piece: str) -> NoReturn:
    _fail_at(token, f"{piece} is too short: write at least {LEAST_LITERALS} letters or digits beside * and ?.")


def _fail_at(token: Token, problem: str) -> NoReturn:
    raise QuerySyntaxError(token.line or 1, token.column or 1, problem)
