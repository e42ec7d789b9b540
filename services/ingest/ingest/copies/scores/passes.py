"""The same steps as in the intake, with a list of texts in place of the database."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from ingest.copies.forms import Form, form_of
from ingest.copies.grouping import first_of_each, group
from ingest.copies.signatures import keys_of
from ingest.copies.window import Window, nearby

CHUNK = 500


def run(texts: Sequence[str], chunk: int = CHUNK) -> list[int]:
    """For each text the number of the first of its group."""
    window, firsts, forms = Window(len(texts)), dict[bytes, UUID](), list(map(form_of, texts))
    for start in range(0, len(texts), chunk):
        _pass(window, firsts, dict(enumerate(forms[start : start + chunk], start)), forms)
    return [_number(firsts[form.digest]) for form in forms]


def _pass(window: Window, firsts: dict[bytes, UUID], chunk: Mapping[int, Form], forms: Sequence[Form]) -> None:
    fresh = first_of_each({_id(number): form for number, form in chunk.items()}, firsts)
    near = [post_id for post_id, form in fresh.items() if not form.is_short]
    keys = keys_of([fresh[post_id].text for post_id in near])
    stored = {
        post_id: {first: forms[_number(first)] for first in likely}
        for post_id, likely in zip(near, window.candidates(keys), strict=True)
    }
    found = group(fresh, stored, nearby(near, keys))
    firsts |= {fresh[post_id].digest: first for post_id, first in found.items()}
    is_first = [found[post_id] == post_id for post_id in near]
    window.add([post_id for post_id in near if found[post_id] == post_id], keys[is_first])


def _id(number: int) -> UUID:
    return UUID(int=number << 80)


def _number(post_id: UUID) -> int:
    return post_id.int >> 80
