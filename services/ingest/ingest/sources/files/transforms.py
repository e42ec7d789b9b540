"""Small changes of a value on its way into a post, by the names that mappings call them.

Each takes the value and the argument that the mapping gives, and answers None for nothing. It raises `ValueError` for
a value that it cannot read: the field is then left out, and the row counts as drift.
"""

import html
import json
import re
from collections.abc import Callable
from importlib.resources import files

from ingest.queries.tokens import fold
from ingest.sources.files.identities import IDENTITIES
from ingest.sources.html import html_to_text

Transform = Callable[[object, str], object]

_TRUE = frozenset({"true", "yes", "y", "1", "t", "oui", "vrai"})
_FALSE = frozenset({"false", "no", "n", "0", "f", "non", "faux"})
_LONGEST_COUNT = 30
_LARGEST_COUNT = 2**53
_SHORT_COUNT = re.compile(r"(\d+(?:[.,]\d+)?)\s*([kmb])", re.IGNORECASE)
_GROUPED_COUNT = re.compile(r"\d{1,3}(?:[,.'’ \u00a0\u202f]\d{3})+")
_PLAIN_COUNT = re.compile(r"(\d+)(?:[.,]0{1,2})?")
_SCALE = {"k": 1_000, "m": 1_000_000, "b": 1_000_000_000}
_PLATFORMS = {"twitter": "x", "x (twitter)": "x", "x/twitter": "x", "twitter/x": "x", "youtube.com": "youtube"}
_PLATFORM_SIGNS = re.compile(r"[^a-z0-9_.-]+")
_LANGUAGES: dict[str, str] = {
    name: code
    for code, names in json.loads(
        (files("ingest.sources.files") / "language_names.json").read_text(encoding="utf-8")
    ).items()
    for name in names
}


def count(value: object, _: str) -> object:
    """A number of things: 12, "1,234", "1 234", "3.4K"."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError("is no number")
    found = _written_count(value.strip()) if isinstance(value, str) else value
    if not 0 <= found <= _LARGEST_COUNT:
        raise ValueError("is no number of things")
    return int(found)


def _written_count(written: str) -> float:
    if short := _SHORT_COUNT.fullmatch(written[:_LONGEST_COUNT]):
        return round(float(short[1].replace(",", ".")) * _SCALE[short[2].lower()])
    if _GROUPED_COUNT.fullmatch(written[:_LONGEST_COUNT]):
        return int(re.sub(r"\D", "", written))
    if plain := _PLAIN_COUNT.fullmatch(written[:_LONGEST_COUNT]):
        return int(plain[1])
    raise ValueError("is no number")


def score(value: object, argument: str) -> object:
    """Votes for it less votes against it; never less than none."""
    return 0 if isinstance(value, int | float) and value < 0 else count(value, argument)


def flag(value: object, _: str) -> object:
    """Yes or no, as people and programs write it."""
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    if word in _TRUE or word in _FALSE:
        return word in _TRUE
    raise ValueError("is neither yes nor no")


def present(value: object, _: str) -> object:
    """Yes when there is anything, and otherwise nothing: another column may have it."""
    return True if value else None


def equals(value: object, wanted: str) -> object:
    """Whether the value is the word that the mapping names, in any case."""
    return str(value).strip().casefold() == wanted.casefold()


def starts_with(value: object, beginning: str) -> object:
    """Whether the text begins with the words that the mapping names."""
    return str(value).startswith(beginning)


def template(value: object, pattern: str) -> object:
    """The pattern with the value, or with several, in its braces; nothing when one is missing."""
    values = value if isinstance(value, list) else [value]
    if any(each in (None, "") for each in values):
        return None
    return pattern.format(*(str(each) for each in values))


def join(value: object, separator: str) -> object:
    """Several values with something between them; those that are missing are left out."""
    values = value if isinstance(value, list) else [value]
    return separator.join(html.unescape(str(each)) for each in values if each not in (None, "")) or None


def changed(value: object, _: str) -> object:
    """The first of two moments, or nothing when they are the same: then nothing has changed."""
    if not isinstance(value, list) or len(value) != 2:
        raise ValueError("takes two moments")
    return None if value[0] == value[1] else value[0]


def moment(value: object, _: str) -> object:
    """A moment where false stands for never."""
    return None if isinstance(value, bool) else value


def first(value: object, _: str) -> object:
    """The first of a list."""
    if isinstance(value, list):
        return value[0] if value else None
    return value


def reference(value: object, kind: str) -> object:
    """The id of the post that an X post refers to in this way: replied_to, quoted, retweeted."""
    references = value if isinstance(value, list) else []
    return next((each.get("id") for each in references if isinstance(each, dict) and each.get("type") == kind), None)


def refers(value: object, kind: str) -> object:
    """Whether an X post refers to another in this way."""
    return reference(value, kind) is not None


def handle(value: object, _: str) -> object:
    """A public name without its sign."""
    return str(value).strip().removeprefix("@")


def unescape(value: object, _: str) -> object:
    """Text in which &amp; stands for an ampersand."""
    return html.unescape(str(value))


def html_text(value: object, _: str) -> object:
    """The text of a piece of HTML as a reader sees it."""
    return html_to_text(str(value))


def platform(value: object, _: str) -> object:
    """A platform by its short name: Twitter is x."""
    name = fold(str(value)).strip()
    return _PLATFORM_SIGNS.sub("-", _PLATFORMS.get(name, name)).strip("-.")[:50] or None


def language(value: object, _: str) -> object:
    """A language by its code: English is en."""
    written = str(value).strip()
    return _LANGUAGES.get(fold(written).strip(), written)


TRANSFORMS: dict[str, Transform] = {
    each.__name__: each
    for each in (
        *(
            count,
            score,
            flag,
            present,
            equals,
            starts_with,
            template,
            join,
            changed,
            moment,
            first,
            reference,
            refers,
        ),
        *(handle, unescape, html_text, platform, language),
    )
} | IDENTITIES
