"""Personal data leaves the service only to callers who may see it."""

from collections.abc import Callable
from typing import Any

import pytest

from kit.auth import PERSONAL, USUAL_SCOPES, KeyFile, create_key
from kit.testing import Running
from pourquoi.enrichment.v1.events_pb2 import PostEnriched
from pourquoi.ingest.v1.events_pb2 import Post

MakePost = Callable[..., Post]
Collect = Callable[..., Any]

TEXT = "Toujours rien ! Mon mail est jean.dupont@orange.fr, venez au 12 rue de la Paix, 75002 Paris, ou 06 12 34 56 78."


@pytest.fixture
def trusted(enrichment: Running) -> dict[str, str]:
    """Headers of a caller of the same workspace who may see personal data."""
    key, record = create_key("alpha", [*USUAL_SCOPES, PERSONAL], "data protection officer")
    file = KeyFile(enrichment.keys.file)
    file.write([*file.records().values(), record])
    return {"Authorization": f"Bearer {key}"}


async def test_texts_of_ones_own_come_back_masked_unless_the_caller_may_see(
    enrichment: Running, trusted: dict[str, str]
) -> None:
    body = {"texts": [TEXT]}

    usual = (await enrichment.client.post("/v1/analyses", json=body)).json()["items"][0]
    shown = (await enrichment.client.post("/v1/analyses", json=body, headers=trusted)).json()["items"][0]

    said = " ".join(each["text"] for each in usual["statements"])
    assert "[mail]" in said
    assert "[address]" in said
    assert "[phone]" in said
    assert not any(secret in str(usual) for secret in ("dupont", "Paix", "06 12"))
    assert "jean.dupont@orange.fr" in " ".join(each["text"] for each in shown["statements"])
    assert {each["kind"] for each in usual["personal_data"]} == {"mail", "address", "phone"}


async def test_stored_posts_and_events_are_masked(
    enrichment: Running, post: MakePost, collect: Collect, trusted: dict[str, str]
) -> None:
    sent = post(TEXT)

    usual = await collect(sent)

    path = f"/v1/posts/{sent.id}/enrichment"
    shown = (await enrichment.client.get(path, headers=trusted)).json()
    [event] = await enrichment.published(PostEnriched, 1)
    for found in (str(usual), str(event)):
        assert not any(secret in found for secret in ("dupont", "paix", "paris", "06 12", "orange.fr"))
    assert [each["kind"] for each in usual["personal_data"]] == ["mail", "address", "phone"]
    assert len(event.enrichment.personal_data) == 3
    names = {each["start"]: each["name"] for each in usual["entities"]}
    assert {each["start"]: each["name"] for each in shown["entities"]}.keys() == names.keys()


async def test_the_search_masks_what_it_finds(
    enrichment: Running, post: MakePost, collect: Collect, trusted: dict[str, str]
) -> None:
    await collect(post("My bag is lost, see https://exemple.fr/?mail=jean.dupont@orange.fr please"))

    asked = {"q": "lost bag"}
    usual = (await enrichment.client.get("/v1/search", params=asked)).json()["items"][0]["enrichment"]
    shown = (await enrichment.client.get("/v1/search", params=asked, headers=trusted)).json()["items"][0]["enrichment"]

    def links(found: dict[str, Any]) -> list[str]:
        return [each["name"] for each in found["entities"] if each["kind"] == "link"]

    assert links(usual) == ["[mail]"]
    assert links(shown) == ["exemple.fr?mail=jean.dupont@orange.fr"]
