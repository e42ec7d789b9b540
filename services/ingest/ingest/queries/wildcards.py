"""Patterns in which * stands for any signs and ? for exactly one."""

import re
from collections.abc import Callable
from fnmatch import translate
from functools import lru_cache

WILDCARDS = frozenset("*?")


def has_wildcards(value: str) -> bool:
    """True when the value is a pattern."""
    return not WILDCARDS.isdisjoint(value)


@lru_cache(maxsize=16_384)
def compile_pattern(pattern: str) -> Callable[[str], object]:
    """A function that tells whether a whole value meets the pattern.

    It never goes back over what a `*` has passed, so that no pattern takes more than length times length.
    """
    return re.compile(translate(pattern.replace("[", "[[]"))).match


def meets(value: str, pattern: str) -> bool:
    """True when the value is what is written, or meets it as a pattern."""
    return bool(compile_pattern(pattern)(value)) if has_wildcards(pattern) else value == pattern
