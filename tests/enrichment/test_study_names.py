"""The brands and products of a study are found in its posts, with the sentiment around them."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from kit.testing import Running
from pourquoi.ingest.v1.events_pb2 import Post

STUDY = "01960000-0000-7000-8000-000000000001"
PATH = f"/v1/studies/{STUDY}/names"
NAMES = {
    "names": [
        {"kind": "brand", "name": "Orange", "spellings": ["orange telecom", "@orange_conseil"]},
        {"kind": "product", "name": "Livebox", "spellings": ["live box"]},
    ]
}
MakePost = Callable[..., Post]
Collect = Callable[..., Any]


async def test_names_are_kept_and_replaced(enrichment: Running) -> None:
    assert (await enrichment.client.get(PATH)).json() == {"names": []}

    assert (await enrichment.client.put(PATH, json=NAMES)).json() == NAMES
    assert (await enrichment.client.get(PATH)).json() == NAMES
    assert (await enrichment.client_for("beta").get(PATH)).json() == {"names": []}
    assert (await enrichment.client.put(PATH, json={"names": []})).json() == {"names": []}


async def test_posts_of_the_study_have_its_brands_and_products(
    enrichment: Running, post: MakePost, collect: Collect
) -> None:
    await enrichment.client.put(PATH, json=NAMES)

    found = await collect(post("ORANGE is the worst company ever, I hate it. Ma live box est encore en panne."))
    other = await collect(post("Orange est nul", study_ids=[str(uuid4())]))

    named = {(each["kind"], each["name"]): each for each in found["entities"]}
    assert named["brand", "Orange"]["sentiment"] == "negative"
    assert named["brand", "Orange"]["start"] == 0
    assert ("product", "Livebox") in named
    assert not [each for each in other["entities"] if each["kind"] == "brand"]


@pytest.mark.parametrize(
    "names",
    [
        [{"kind": "person", "name": "Orange"}],
        [{"kind": "brand", "name": "O"}],
        [{"kind": "brand", "name": "Orange"}, {"kind": "product", "name": "ORANGE"}],
        [{"kind": "brand", "name": "Orange", "colour": "orange"}],
    ],
)
async def test_wrong_names_are_refused(enrichment: Running, names: list[dict[str, str]]) -> None:
    assert (await enrichment.client.put(PATH, json={"names": names})).status_code == 422
