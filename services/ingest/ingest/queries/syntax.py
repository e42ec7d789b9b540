"""What makes a query unreadable, and how an analyst is told."""

from typing import NoReturn

from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

_NAMES = {
    "WORD": "a word",
    "PHRASE": 'a "phrase"',
    "FIELD": "a field such as lang:fr",
    "NOT": "NOT",
    "_AND": "AND",
    "_OR": "OR",
    "NEAR": "NEAR/5",
    "LPAR": '"("',
    "_RPAR": '")"',
    "$END": "the end of the query",
}
_RESERVED = frozenset("~:/")
_CLOSING = {'"': '"', "“": "”", "«": "»"}


class QuerySyntaxError(ValueError):
    """A query that cannot be read: where, and what was expected there."""

    def __init__(self, line: int, column: int, problem: str) -> None:
        super().__init__(f"Line {line}, column {column}: {problem}")
        self.line = line
        self.column = column
        self.problem = problem


def explain(error: UnexpectedInput, source: str) -> NoReturn:
    """Raises the `QuerySyntaxError` that says in a sentence what the parser met."""
    if isinstance(error, UnexpectedCharacters):
        raise QuerySyntaxError(error.line, error.column, _explain_sign(error.char)) from None
    expected = error.accepts or error.expected if isinstance(error, UnexpectedToken) else {"WORD"}
    if isinstance(error, UnexpectedToken) and error.token.type != "$END":
        problem = _explain_token(error.token.type, str(error.token), expected)
        raise QuerySyntaxError(error.line, error.column, problem) from None
    lines = source.split("\n")
    problem = f"expected {_listed(expected)}, found the end of the query."
    raise QuerySyntaxError(len(lines), len(lines[-1]) + 1, problem) from None


def _explain_token(kind: str, found: str, expected: set[str]) -> str:
    if kind == "_RPAR" and "_RPAR" not in expected and "$END" in expected:
        return 'this ")" closes nothing.'
    return f"expected {_listed(expected)}, found {found}."


def _explain_sign(sign: str) -> str:
    if sign in _CLOSING:
        return f"expected {_CLOSING[sign]} to close the phrase that starts here, found the end of the query."
    if sign in _RESERVED:
        return f'expected a word, found {sign}, which is reserved: put it between quotation marks ("24/7").'
    return f"expected a word, found {sign}, which closes nothing."


def _listed(terminals: set[str]) -> str:
    names = [name for terminal, name in _NAMES.items() if terminal in terminals]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
