"""A stated reason."""

from __future__ import annotations

from dataclasses import dataclass

from enrichment.texts.spans import Span


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is so, in the words of the post: `cause` explains `effect`; both are spans of the post."""

    cause: Span
    effect: Span
    connective: Span
