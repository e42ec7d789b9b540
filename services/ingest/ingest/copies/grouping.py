"""Which of several likely firsts a text is a copy of."""

from collections.abc import Iterable, Iterator, Mapping
from uuid import UUID

from ingest.copies.forms import Form
from ingest.copies.likeness import is_copy


def first_of_each(forms: Mapping[UUID, Form], known: Mapping[bytes, UUID]) -> dict[UUID, Form]:
    """The first post with each text that nobody had before."""
    fresh: dict[bytes, UUID] = {}
    for post_id, form in forms.items():
        if form.digest not in known:
            fresh.setdefault(form.digest, post_id)
    return {post_id: forms[post_id] for post_id in fresh.values()}


def group(
    forms: Mapping[UUID, Form], stored: Mapping[UUID, Mapping[UUID, Form]], nearby: Mapping[UUID, Iterable[UUID]]
) -> dict[UUID, UUID]:
    """The first post of each one's group, which may be itself; of several it is the oldest.

    `forms` are in the order of arrival; `stored` are firsts that were there before, and `nearby` others among `forms`,
    that each is likely to be like. Every copy is like the first of its group, not only like another copy: else a
    chain of small changes would lead from one message to another.
    """
    firsts: dict[UUID, UUID] = {}
    known = {first: form for likely in stored.values() for first, form in likely.items()} | dict(forms)
    for post_id, form in forms.items():
        likely = {*stored.get(post_id, ()), *_firsts_among(nearby.get(post_id, ()), firsts)}
        firsts[post_id] = min((first for first in likely if is_copy(form, known[first])), default=post_id)
    return firsts


def _firsts_among(nearby: Iterable[UUID], firsts: Mapping[UUID, UUID]) -> Iterator[UUID]:
    """Those who come later are not known yet: they will look for this one."""
    return (firsts[other] for other in nearby if other in firsts)
