"""Finds, while posts come in, of which earlier ones they are copies."""

import hashlib
import time
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

import numpy as np

from ingest.copies.forms import Form, form_of
from ingest.copies.grouping import first_of_each, group
from ingest.copies.repository import CopyRepository, Followed, Signature
from ingest.copies.signatures import BANDS, Keys, keys_of
from ingest.copies.window import Window, nearby
from kit.db import Session

_DAY_MILLISECONDS = 86_400_000


class CopyFinder:
    """Lives as long as the process: one window for all workspaces, and the database for what is older.

    The window only proposes. A text is called a copy once it was compared with the stored text of the first post, in
    the workspace of the session: what was rolled back, erased or changed since is never matched. Two replicas that
    store the first two copies at the same moment make two groups, because neither sees the other's yet; whoever comes
    later joins the older.
    """

    def __init__(self, texts: int, days: float) -> None:
        self._window = Window(texts)
        self._milliseconds = int(days * _DAY_MILLISECONDS)
        self._own_chunks: set[int] = set()

    @property
    def known(self) -> int:
        """How many texts the window holds."""
        return len(self._window)

    async def find(self, session: Session, texts: Mapping[UUID, str]) -> dict[UUID, UUID]:
        """The first post of each one's group, which may be itself; later calls find these as well.

        The posts are stored, come in the order of their arrival, and have no signature yet, or any more.
        """
        repository = CopyRepository(session)
        await repository.look_up_by_keys()
        forms = {post_id: form_of(text) for post_id, text in texts.items()}
        firsts = await repository.firsts_of({form.digest for form in forms.values()})
        fresh = first_of_each(forms, firsts)
        near = [post_id for post_id, form in fresh.items() if not form.is_short]
        keys = _signed(session.workspace, [fresh[post_id].text for post_id in near])
        found = group(fresh, await self._stored(repository, near, keys), nearby(near, keys))
        firsts |= {fresh[post_id].digest: first for post_id, first in found.items()}
        await self._keep(repository, fresh, found, dict(zip(near, keys, strict=True)))
        return {post_id: firsts[form.digest] for post_id, form in forms.items()}

    async def _stored(
        self, repository: CopyRepository, near: Sequence[UUID], keys: Keys
    ) -> dict[UUID, dict[UUID, Form]]:
        """Firsts in the database that each post is likely to be like, with what their texts are now."""
        since = int(time.time() * 1000) - self._milliseconds
        likely = dict(zip(near, self._window.candidates(keys, since), strict=True))
        wanted = {first for firsts in likely.values() for first in firsts}
        texts = await repository.texts_of_firsts(wanted) if wanted else {}
        forms = {first: form_of(text) for first, text in texts.items()}
        return {
            post_id: {first: forms[first] for first in firsts if first in forms and first != post_id}
            for post_id, firsts in likely.items()
        }

    async def _keep(
        self,
        repository: CopyRepository,
        fresh: Mapping[UUID, Form],
        found: Mapping[UUID, UUID],
        keys: Mapping[UUID, Keys],
    ) -> None:
        """Keeps every new text so that its equals are found, and the keys of firsts so that the like of them are."""
        firsts = {post_id: keys[post_id] for post_id in keys if found[post_id] == post_id}
        signatures = [
            Signature(post_id, found[post_id], form.digest, firsts[post_id].tobytes() if post_id in firsts else None)
            for post_id, form in fresh.items()
        ]
        if signatures:
            self._own_chunks.add(await repository.add(signatures))
        self._add(firsts)

    def learn(self, followed: Iterable[Followed]) -> None:
        """Takes in what other replicas kept."""
        rows = {each.post_id: each.keys for each in followed if each.keys is not None}
        self._add({post_id: np.frombuffer(row, np.uint32) for post_id, row in rows.items() if len(row) == 4 * BANDS})

    def take_own_chunks(self) -> set[int]:
        """The numbers under which this process kept signatures since it was last asked."""
        taken, self._own_chunks = self._own_chunks, set()
        return taken

    def _add(self, firsts: Mapping[UUID, Keys]) -> None:
        if firsts:
            self._window.add(list(firsts), np.stack(list(firsts.values())))


def _signed(workspace: str, texts: Sequence[str]) -> Keys:
    """Keys that are another workspace's only by accident."""
    if not texts:
        return np.zeros((0, BANDS), np.uint32)
    salt = hashlib.blake2b(workspace.encode(), digest_size=4).digest()
    return keys_of(texts) ^ np.frombuffer(salt, np.uint32)
