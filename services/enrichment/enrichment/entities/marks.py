"""Hashtags, mentions, links and emoji: what a post marks itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import emoji

from enrichment.entities.entity import Entity, EntityKind

_LINK = re.compile(r"(?:https?://|www\.)[^\s<>\"“”«»]+", re.IGNORECASE)
_AFTER_LINK = ".,;:!?)]}'’…*_"
_TAG = re.compile(r"(?<![\w&/])(?:[#＃](?=\w*[^\W\d_])\w{1,100}|[@＠]\w(?:[\w.-]{0,62}\w)?(?!\w))")
_OF_CAMPAIGNS = ("utm_", "fbclid", "gclid")
_SKIN_TONE = re.compile("[\U0001f3fb-\U0001f3ff]")
# Those before it, such as ©, are letters to whoever writes them.
_FIRST_EMOJI = "\u203c"
_PLAIN_PORTS = frozenset({None, 80, 443})


def find_marks(text: str) -> list[Entity]:
    """Marks in order. Hashtags and mentions are named in lower case, emoji by what Unicode calls them.

    A link is named by its address without scheme, `www.`, query parameters of campaigns and fragment.
    """
    links = list(_links(text)) if "://" in text or "www." in text.lower() else []
    tags = [] if "#" not in text and "@" not in text and text.isascii() else list(_tags(text, links))
    return sorted([*links, *tags, *_emoji(text)], key=lambda mark: mark.start)


def _links(text: str) -> Iterator[Entity]:
    for match in _LINK.finditer(text):
        written = match[0].rstrip(_AFTER_LINK)
        yield Entity(EntityKind.LINK, match.start(), match.start() + len(written), link_name(written))


def link_name(address: str) -> str:
    """What all ways to write an address share; the address itself where it is none."""
    try:
        parts = urlsplit(address if "://" in address else f"http://{address}")
        host, port = (parts.hostname or "").removeprefix("www."), parts.port
    except ValueError:
        return address
    query = "&".join(each for each in parts.query.split("&") if each and not each.startswith(_OF_CAMPAIGNS))
    place = host if port in _PLAIN_PORTS else f"{host}:{port}"
    return f"{place}{parts.path.rstrip('/')}{'?' if query else ''}{query}"


def _tags(text: str, links: list[Entity]) -> Iterator[Entity]:
    ends = iter([*links, Entity(EntityKind.LINK, len(text) + 1, len(text) + 1, "")])
    link = next(ends)
    for match in _TAG.finditer(text):
        while link.end <= match.start():
            link = next(ends)
        if match.start() < link.start:
            kind = EntityKind.HASHTAG if match[0][0] in "#＃" else EntityKind.MENTION
            yield Entity(kind, *match.span(), match[0][1:].lower())


def _emoji(text: str) -> Iterator[Entity]:
    if text.isascii() or max(text) < _FIRST_EMOJI:
        return
    for found in emoji.analyze(text, join_emoji=True):
        sign = found.chars
        name = emoji.demojize(_SKIN_TONE.sub("", sign), delimiters=("", ""))
        yield Entity(EntityKind.EMOJI, found.value.start, found.value.end, name)  # type: ignore[union-attr]
