"""From `name:value` to a condition on a post."""

import re
from collections.abc import Callable
from typing import NoReturn

from ingest.queries.addresses import plain_address, site_of
from ingest.queries.conditions import (
    Address,
    Author,
    Count,
    Hashtag,
    InThread,
    Language,
    Link,
    Measure,
    Mention,
    Platform,
    Published,
    Site,
    Trait,
)
from ingest.queries.expressions import Expression, Raw
from ingest.queries.periods import parse_period
from ingest.queries.tokens import fold
from ingest.queries.wildcards import has_wildcards

LEAST_LITERALS = 2
_MOST = 10**15
_SIGN = re.compile(r"[<>=]{0,2}")
_SIGNS = frozenset(("", ">", ">=", "<", "<=", "="))
_QUOTES = frozenset('"“')
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_TRAITS = {
    "is": {"reply": Trait.REPLY, "repost": Trait.REPOST, "question": Trait.QUESTION},
    "has": {"link": Trait.LINK, "media": Trait.MEDIA},
}
_EXAMPLES = {
    "raw": 'raw:"US"',
    "author": "author:sncf",
    "platform": "platform:reddit",
    "lang": "lang:fr",
    "site": "site:lemonde.fr",
    "url": "url:reddit.com/r/france",
    "links": "links:lemonde.fr",
    "hashtag": "hashtag:greve",
    "mention": "mention:sncf",
    "is": "is:reply",
    "has": "has:link",
    "engagement": "engagement:>100",
    "followers": "followers:>=1000",
    "published": "published:>2026-01-31",
    "in": "in:1585841080431321088",
}


FIELDS = tuple(_EXAMPLES)


class FieldError(ValueError):
    """A field that cannot be read; `offset` is where in the token the problem lies."""

    def __init__(self, offset: int, problem: str) -> None:
        super().__init__(problem)
        self.offset = offset


def parse_field(token: str) -> Expression:
    """The condition that a token such as `lang:fr` or `followers:>"1000"` asks for; raises `FieldError`."""
    name, _, written = token.partition(":")
    if name not in _EXAMPLES:
        _refuse(0, f'there is no field "{name}". Fields are {", ".join(FIELDS)}; quote it to look for the words.')
    try:
        return _read(name, written)
    except FieldError:
        raise
    except ValueError as error:
        _refuse(len(name) + 1, f"{name}: {error}")


def _read(name: str, written: str) -> Expression:
    compares = name in _COMPARED
    sign = _SIGN.match(written)[0] if compares else ""  # type: ignore[index]  # it matches nothing as well
    value = _unquoted(written[len(sign) :])
    if not value.strip():
        raise ValueError(f"needs a value right behind it, such as {_EXAMPLES[name]}; join several by OR.")
    if _UNSTORABLE.search(value):
        raise ValueError("asks for a sign that no post can hold; take it out.")
    if sign not in _SIGNS:
        raise ValueError(f"takes > >= < <= or =, not {sign}, such as {_EXAMPLES[name]}.")
    return _COMPARED[name](sign or "=", value) if compares else _PLAIN[name](value)


def _unquoted(value: str) -> str:
    if value.startswith("«"):
        # French puts blanks between these marks and what they hold.
        return value[1:-1].strip()
    return value[1:-1] if value[:1] in _QUOTES else value


def _refuse(offset: int, problem: str) -> NoReturn:
    raise FieldError(offset, problem) from None


def _raw(value: str) -> Expression:
    return Raw(value)


def _author(value: str) -> Expression:
    return Author(_pattern(fold(value.strip()).lstrip("@"), "author"))


def _hashtag(value: str) -> Expression:
    return Hashtag(_pattern(fold(value.strip()).lstrip("#"), "hashtag"))


def _mention(value: str) -> Expression:
    return Mention(_pattern(fold(value.strip()).lstrip("@"), "mention"))


def _platform(value: str) -> Expression:
    return Platform(_exact(value).lower())


def _language(value: str) -> Expression:
    tag = _exact(value).lower()
    if not re.fullmatch(r"[a-z]{2,3}(-[a-z0-9]{1,8})*", tag):
        raise ValueError(f'takes a language code such as fr, en or pt-br, not "{value}".')
    return Language(tag)


def _site(value: str) -> Expression:
    address = plain_address(value)
    if not has_wildcards(address) and site_of(address) != address:
        raise ValueError(f"takes a site without a path; write url:{value}.")
    return Site(_pattern(address, "site"))


def _address(value: str) -> Expression:
    return Address(_pattern(plain_address(value), "url"))


def _link(value: str) -> Expression:
    return Link(_pattern(plain_address(value), "links"))


def _is(value: str) -> Expression:
    return _trait("is", value)


def _has(value: str) -> Expression:
    return _trait("has", value)


def _trait(field: str, value: str) -> Expression:
    choices = _TRAITS[field]
    if value not in choices:
        *others, last = choices
        raise ValueError(f'takes {", ".join(others)} or {last}, not "{value}".')
    return choices[value]


def _thread(value: str) -> Expression:
    if value == "thread":
        raise ValueError(f"takes the platform's id of a thread, such as {_EXAMPLES['in']}.")
    return InThread(_exact(value))


def _engagement(sign: str, value: str) -> Expression:
    return Count(Measure.ENGAGEMENT, sign, _number(value, "engagement"))


def _followers(sign: str, value: str) -> Expression:
    return Count(Measure.FOLLOWERS, sign, _number(value, "followers"))


def _published(sign: str, value: str) -> Expression:
    start, end = parse_period(value)
    bounds = {">": (end, None), ">=": (start, None), "<": (None, start), "<=": (None, end), "=": (start, end)}
    return Published(*bounds[sign])


def _number(value: str, name: str) -> int:
    if not re.fullmatch(r"[0-9]{1,15}", value):
        raise ValueError(f"takes a whole number under {_MOST:,} without separators, such as {_EXAMPLES[name]}.")
    return int(value)


def _exact(value: str) -> str:
    if has_wildcards(value):
        raise ValueError(f'takes no wildcards; write out what you mean instead of "{value}".')
    return value.strip()


def _pattern(value: str, name: str) -> str:
    literals = sum(sign.isalnum() for sign in value)
    if has_wildcards(value) and literals < LEAST_LITERALS:
        raise ValueError(
            f"needs at least {LEAST_LITERALS} letters or digits beside * and ?, such as {_EXAMPLES[name]}."
        )
    if not literals:
        raise ValueError(f"needs a letter or digit, such as {_EXAMPLES[name]}.")
    return value


_PLAIN: dict[str, Callable[[str], Expression]] = {
    "raw": _raw,
    "author": _author,
    "platform": _platform,
    "lang": _language,
    "site": _site,
    "url": _address,
    "links": _link,
    "hashtag": _hashtag,
    "mention": _mention,
    "is": _is,
    "has": _has,
    "in": _thread,
}
_COMPARED: dict[str, Callable[[str, str], Expression]] = {
    "engagement": _engagement,
    "followers": _followers,
    "published": _published,
}
