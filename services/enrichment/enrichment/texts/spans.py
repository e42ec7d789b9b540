"""Spans of a text, in Unicode code points, and the parts of a post that nobody says."""

from __future__ import annotations

import re
from typing import NamedTuple

_ADDRESS = r"(?:https?://|www\.)\S+"
_HANDLE = r"[@＠]\w+"
_UNSPOKEN = re.compile(rf"\A(?:\s*(?:RT\s+)?{_HANDLE}:?)+|{_ADDRESS}", re.IGNORECASE)
_ADDRESS_OR_HANDLE = re.compile(rf"{_ADDRESS}|{_HANDLE}", re.IGNORECASE)
_SPACE = re.compile(r"\s+")


class Span(NamedTuple):
    """Half-open range of characters."""

    start: int
    end: int


def spoken(text: str) -> str:
    """The text with web addresses and the handles in front blanked, every other character where it was.

    Those handles say to whom a post goes, not what it says: with them, three of four neighbours of a vector
    are posts to the same brand whatever they are about. A text of nothing else stays as it is.
    """
    blanked = _UNSPOKEN.sub(_blank, text)
    return blanked if blanked.strip() else text


def worded(text: str) -> str:
    """The text with web addresses and all handles blanked, every other character where it was."""
    return _ADDRESS_OR_HANDLE.sub(_blank, text)


def masked(text: str) -> str:
    """Lower case, with every web address as `http` and every handle as `@user`.

    The convention of the TweetEval and UMSAB data sets, so that heads see one form in training and in use.
    """
    plain = _ADDRESS_OR_HANDLE.sub(lambda match: "@user" if match[0][0] in "@＠" else "http", text)
    return _SPACE.sub(" ", plain).strip().lower()


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])
