"""From the text of a query to something that posts can be compared with."""

from dataclasses import dataclass
from functools import lru_cache
from typing import NoReturn

from lark import Lark, Token, Transformer, v_args
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from ingest.queries.expressions import Both, Either, Expression, Negation, Phrase, Word
from ingest.queries.tokens import TokenisedText, tokenise

LONGEST_QUERY = 20_000
DEEPEST_NESTING = 50

_NAMES = {
    "WORD": "a word",
    "PHRASE": 'a "phrase"',
    "NOT": "NOT",
    "_AND": "AND",
    "_OR": "OR",
    "LPAR": '"("',
    "_RPAR": '")"',
    "$END": "the end of the query",
}
_RESERVED = frozenset("*?~:/")
_CLOSING = {'"': '"', "“": "”", "«": "»"}


class QuerySyntaxError(ValueError):
    """A query that cannot be read: where, and what was expected there."""

    def __init__(self, line: int, column: int, problem: str) -> None:
        super().__init__(f"Line {line}, column {column}: {problem}")
        self.line = line
        self.column = column
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Query:
    """A query that was understood; the empty one matches every text."""

    source: str
    expression: Expression | None

    def matches(self, text: str) -> bool:
        """True when the text meets the query."""
        return self.matches_tokens(TokenisedText.of(text))

    def matches_tokens(self, text: TokenisedText) -> bool:
        """Like `matches`, for a text that is compared with many queries."""
        return self.expression is None or self.expression.matches(text)

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
        _explain(error, source)


@dataclass(frozen=True, slots=True)
class _Part:
    expression: Expression
    nesting: int


@v_args(inline=True)
class _Builder(Transformer[Token, Expression]):
    """Builds expressions while the parser reduces, so that no step recurses."""

    def start(self, part: _Part) -> Expression:
        return part.expression

    def term(self, token: Token) -> _Part:
        words = tuple(tokenise(token))
        if not words:
            _fail_at(token, f"{token} holds no letter, digit or emoji to look for.")
        return _Part(Word(words[0]) if len(words) == 1 else Phrase(words), 0)

    def negation(self, sign: Token, operand: _Part) -> _Part:
        return _Part(Negation(operand.expression), _deeper(sign, operand))

    def group(self, sign: Token, inner: _Part) -> _Part:
        return _Part(inner.expression, _deeper(sign, inner))

    def both(self, *parts: _Part) -> _Part:
        return _Part(Both(tuple(part.expression for part in parts)), max(part.nesting for part in parts))

    def either(self, *parts: _Part) -> _Part:
        return _Part(Either(tuple(part.expression for part in parts)), max(part.nesting for part in parts))


# The basic lexer, because the contextual one would read the OR of "OR late" as a word.
_GRAMMAR = Lark.open("query.lark", rel_to=__file__, parser="lalr", lexer="basic", transformer=_Builder())


def _deeper(sign: Token, inner: _Part) -> int:
    if inner.nesting == DEEPEST_NESTING:
        _fail_at(sign, f"parentheses and NOT may be nested {DEEPEST_NESTING} deep.")
    return inner.nesting + 1


def _fail_at(token: Token, problem: str) -> NoReturn:
    raise QuerySyntaxError(token.line or 1, token.column or 1, problem)


def _explain(error: UnexpectedInput, source: str) -> NoReturn:
    if isinstance(error, UnexpectedCharacters):
        raise QuerySyntaxError(error.line, error.column, _explain_sign(error.char)) from None
    expected = error.accepts or error.expected if isinstance(error, UnexpectedToken) else {"WORD"}
    if isinstance(error, UnexpectedToken) and error.token.type != "$END":
        raise QuerySyntaxError(error.line, error.column, _explain_token(error.token, expected)) from None
    lines = source.split("\n")
    problem = f"expected {_listed(expected)}, found the end of the query."
    raise QuerySyntaxError(len(lines), len(lines[-1]) + 1, problem) from None


def _explain_token(token: Token, expected: set[str]) -> str:
    if token.type == "_RPAR" and expected == {"$END"}:
        return 'this ")" closes nothing.'
    return f"expected {_listed(expected)}, found {token}."


def _explain_sign(sign: str) -> str:
    if sign in _CLOSING:
        return f"expected {_CLOSING[sign]} to close the phrase that starts here, found the end of the query."
    if sign in _RESERVED:
        return f'expected a word, found {sign}, which is reserved: put it between quotation marks ("24/7").'
    return f"expected a word, found {sign}, which closes nothing."


def _listed(terminals: set[str]) -> str:
    names = [name for terminal, name in _NAMES.items() if terminal in terminals]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
