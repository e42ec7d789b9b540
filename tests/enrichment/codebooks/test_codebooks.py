"""Codebooks over REST: made, changed into versions that stay, cloned, and seen by their workspace alone."""

from typing import Any
from uuid import uuid4

import pytest

from kit.testing import Running
from tests.enrichment.codebooks.bank import CARDS, Make

CHANGED = {**{name: CARDS[name] for name in ("title", "choice")}, "codes": CARDS["codes"][:1]}  # type: ignore[index]


async def shipped(running: Running, name: str) -> dict[str, Any]:
    listed = (await running.client.get("/v1/codebooks")).json()["items"]
    found: dict[str, Any] = next(each for each in listed if each["name"] == name)
    return found


async def test_a_codebook_is_kept_as_it_was_given(enrichment: Running) -> None:
    answer = await enrichment.client.post("/v1/codebooks", json=CARDS)

    made = answer.json()
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/v1/codebooks/{made['id']}"
    assert (made["version"], made["revision"], made["is_shipped"], made["is_active"]) == (1, 1, False, True)
    assert [each["code"] for each in made["codes"]] == ["card_late", "fee_charged"]
    assert made["codes"][1]["examples"]["positive"][1] == "On m'a prélevé des frais."
    read = await enrichment.client.get(answer.headers["Location"])
    assert (read.json(), read.headers["ETag"]) == (made, '"1"')


async def test_versions_stay_as_they_were(enrichment: Running, make: Make) -> None:
    made = await make()
    path = f"/v1/codebooks/{made['id']}"

    changed = await enrichment.client.post(f"{path}/versions", json=CHANGED, headers={"If-Match": '"1"'})

    assert (changed.status_code, changed.json()["version"], changed.headers["ETag"]) == (201, 2, '"2"')
    versions = (await enrichment.client.get(f"{path}/versions")).json()["items"]
    assert [(each["version"], len(each["codes"])) for each in versions] == [(2, 1), (1, 2)]
    first = (await enrichment.client.get(f"{path}/versions/1")).json()
    assert first["codes"] == made["codes"]
    assert first["created_by"] == "tester-alpha"
    assert (await enrichment.client.get(f"{path}/versions/3")).status_code == 404


async def test_contents_that_do_not_change_add_no_version(enrichment: Running, make: Make) -> None:
    made = await make()
    contents = {name: CARDS[name] for name in ("title", "choice", "codes")}

    answer = await enrichment.client.post(f"/v1/codebooks/{made['id']}/versions", json=contents)

    assert (answer.json()["version"], answer.json()["revision"]) == (1, 1)


async def test_a_change_of_what_somebody_else_has_changed_is_refused(enrichment: Running, make: Make) -> None:
    path = f"/v1/codebooks/{(await make())['id']}"
    stale = {"If-Match": '"7"'}

    answers = [
        await enrichment.client.post(f"{path}/versions", json=CHANGED, headers=stale),
        await enrichment.client.patch(path, json={"is_active": False}, headers=stale),
    ]

    assert [answer.status_code for answer in answers] == [412, 412]
    assert (await enrichment.client.get(path)).json()["revision"] == 1


async def test_a_name_is_given_once_and_never_that_of_a_shipped_codebook(enrichment: Running, make: Make) -> None:
    await make()

    answers = [
        await enrichment.client.post("/v1/codebooks", json=CARDS),
        await enrichment.client.post("/v1/codebooks", json={**CARDS, "name": "promotion"}),
    ]

    assert [answer.status_code for answer in answers] == [409, 409]


async def test_a_repeated_request_makes_one_codebook(enrichment: Running) -> None:
    key = {"Idempotency-Key": "once"}
    first = await enrichment.client.post("/v1/codebooks", json=CARDS, headers=key)

    again = await enrichment.client.post("/v1/codebooks", json=CARDS, headers=key)

    assert again.json() == first.json()
    assert again.headers["Idempotent-Replayed"] == "true"


async def test_shipped_codebooks_are_read_and_cloned_but_not_changed(enrichment: Running) -> None:
    original = await shipped(enrichment, "promotion")
    path = f"/v1/codebooks/{original['id']}"

    read = await enrichment.client.get(path)
    changes = [
        await enrichment.client.post(f"{path}/versions", json=CHANGED),
        await enrichment.client.patch(path, json={"is_active": False}),
        await enrichment.client.post(f"{path}/labels", json={"labels": [{"text": "buy now", "codes": []}]}),
        await enrichment.client.post(f"{path}/trainings"),
    ]
    clone = await enrichment.client.post(f"{path}/clone", json={"name": "our_promotion", "title": "Ours"})

    assert (read.json(), original["is_shipped"]) == (original, True)
    assert [answer.status_code for answer in changes] == [409] * 4
    assert (clone.status_code, clone.json()["title"], clone.json()["version"]) == (201, "Ours", 1)
    assert (clone.json()["codes"], clone.json()["is_shipped"]) == (original["codes"], False)


async def test_pages_hold_shipped_and_own_codebooks_each_once(enrichment: Running, make: Make) -> None:
    for name in ("first", "second", "third"):
        await make(name=name)
    found: list[str] = []
    cursor: dict[str, Any] = {}
    while True:
        page = (await enrichment.client.get("/v1/codebooks", params={"limit": 2, **cursor})).json()
        found += [each["name"] for each in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}

    assert found[-3:] == ["first", "second", "third"]
    assert found[:-3] == sorted(found[:-3])
    assert len({*found}) == len(found) > 3


async def test_another_workspace_sees_nothing_of_it(enrichment: Running, make: Make) -> None:
    path = f"/v1/codebooks/{(await make())['id']}"
    stranger = enrichment.client_for("beta")

    answers = [
        await stranger.get(path),
        await stranger.get(f"{path}/versions"),
        await stranger.get(f"{path}/versions/1"),
        await stranger.get(f"{path}/labels"),
        await stranger.get(f"{path}/scores"),
        await stranger.post(f"{path}/versions", json=CHANGED),
        await stranger.post(f"{path}/clone", json={"name": "stolen"}),
        await stranger.post(f"{path}/labels", json={"labels": [{"text": "a", "codes": []}]}),
        await stranger.post(f"{path}/trainings"),
        await stranger.patch(path, json={"is_active": False}),
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert all(each["is_shipped"] for each in (await stranger.get("/v1/codebooks")).json()["items"])


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "Cards"},
        {"codes": []},
        {"codes": [CARDS["codes"][0]] * 2},  # type: ignore[index]
        {"codes": [{"code": "a"}]},
        {"codes": [{"code": "a", "definition": " \x00 "}]},
        {"unit": "author"},
        {"colour": "red"},
    ],
    ids=["name", "no codes", "a code twice", "no definition", "blank definition", "unit", "unknown field"],
)
async def test_wrong_codebooks_are_refused(enrichment: Running, wrong: dict[str, Any]) -> None:
    assert (await enrichment.client.post("/v1/codebooks", json={**CARDS, **wrong})).status_code == 422


async def test_what_is_not_there_is_not_found(enrichment: Running) -> None:
    assert (await enrichment.client.get(f"/v1/codebooks/{uuid4()}")).status_code == 404
