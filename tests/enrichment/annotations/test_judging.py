"""Blind coding: the next item and its surroundings; two coders at once, leases, and what stays hidden."""

import asyncio
import json

from sqlalchemy import text

from kit.db import EVERYWHERE
from pourquoi.ingest.v1.events_pb2 import Post
from tests.enrichment.annotations.support import ENGLISH, Lab

MANY = [ENGLISH.format(number) for number in range(4)]


async def end_leases(lab: Lab) -> None:
    """A quarter of an hour goes by."""
    async with lab.running.runtime.database.session(EVERYWHERE) as session:
        await session.execute(text("UPDATE annotation_slots SET lease_until = now() - interval '1 second'"))


async def test_a_coder_is_shown_a_statement_in_its_surroundings(lab: Lab) -> None:
    await lab.take_in(*MANY)
    task = await lab.request()

    found = await lab.next(task, "anna")

    item = found["item"]
    assert item["before"] + item["text"] + item["after"] in MANY
    assert (item["before"] + item["text"] + item["after"]).find(item["text"]) == item["start"]
    assert item["language"] == "en"
    assert found["progress"] == {"done": 0, "left": 10}


async def test_the_guide_explains_every_code_and_tells_no_cue_of_the_machine(lab: Lab) -> None:
    await lab.take_in(*MANY)
    task = await lab.request()
    guide = (await lab.people["anna"].get(f"/v1/annotation-tasks/{task['id']}/guide")).json()
    assert (guide["codebook"], guide["version"]) == ("speech_act", 1)
    assert all(code["definition"] for code in guide["codes"])
    assert "cues" not in json.dumps(guide)


async def test_coders_are_told_nothing_that_machines_or_others_found(lab: Lab) -> None:
    posts = await lab.take_in("The seat was broken.", "The train was late.", "The crew was lovely.")
    task = await lab.request(size=3)
    await lab.code_all(task, "anna", lambda _: ("complaint",))

    seen = await lab.next(task, "ben")
    told = [seen, await lab.answer(task, "ben", seen["item"], note="mine")]
    undone = await lab.people["ben"].post(f"/v1/annotation-tasks/{task['id']}/undo")
    told.append(undone.json())

    words = json.dumps(told)
    assert set(seen["item"]) == {"slot_id", "language", "before", "text", "after", "start", "lease_until"}
    for hidden in ("complaint", "anna", "probability", "codebook", "sentiment", "0.95", "post_id", "item_id"):
        assert hidden not in words, hidden
    assert not any(each.id in words or each.author_id in words for each in posts)


async def test_two_coders_code_the_same_items_at_the_same_time_without_hindrance(lab: Lab) -> None:
    await lab.take_in(*MANY)
    task = await lab.request()

    of_anna, of_ben = await asyncio.gather(
        lab.code_all(task, "anna", lambda _: ("complaint",)), lab.code_all(task, "ben", lambda _: ())
    )

    assert sorted(item["text"] for item in of_anna) == sorted(item["text"] for item in of_ben)
    assert len({item["slot_id"] for item in of_anna + of_ben}) == 20
    progress = (await lab.read(f"/v1/annotation-tasks/{task['id']}"))["progress"]
    assert progress == {"items": 10, "complete": 10, "answers": 20, "wanted": 20}


async def test_tabs_of_one_coder_never_get_the_same_slot(lab: Lab) -> None:
    await lab.take_in(*MANY)
    task = await lab.request(size=6)
    tabs = await asyncio.gather(*(lab.next(task, "anna") for _ in range(8)))
    shown = [tab["item"]["slot_id"] for tab in tabs if tab["item"]]
    assert len(shown) == len(set(shown)) == 6
    assert {tab["progress"]["left"] for tab in tabs} == {6}


async def test_an_item_comes_back_when_its_lease_has_ended(lab: Lab) -> None:
    await lab.take_in(ENGLISH.format(1))
    task = await lab.request(size=1)
    first = (await lab.next(task, "anna"))["item"]
    assert (await lab.next(task, "anna"))["item"] is None

    await end_leases(lab)

    assert (await lab.next(task, "anna"))["item"]["slot_id"] == first["slot_id"]


async def test_a_tab_that_is_loaded_again_shows_its_item_again(lab: Lab) -> None:
    await lab.take_in(*MANY)
    task = await lab.request()
    first, other = [(await lab.next(task, "anna"))["item"] for _ in range(2)]

    again = (await lab.next(task, "anna", slot_id=first["slot_id"]))["item"]
    await lab.answer(task, "anna", first)
    answered = (await lab.next(task, "anna", slot_id=first["slot_id"]))["item"]
    of_ben = (await lab.next(task, "ben", slot_id=other["slot_id"]))["item"]

    assert {**again, "lease_until": ""} == {**first, "lease_until": ""}
    assert answered["slot_id"] not in (first["slot_id"], other["slot_id"])
    assert of_ben["slot_id"] != other["slot_id"]


async def test_an_open_task_gives_each_item_to_as_many_coders_as_it_wants(lab: Lab) -> None:
    await lab.take_in(*MANY)
    task = await lab.request(coders=[], size=8)

    shown = await asyncio.gather(*(lab.code_all(task, who, lambda _: ()) for who in ("anna", "ben", "carla")))

    for items in shown:
        assert len({(item["before"], item["text"]) for item in items}) == len(items)
    assert sum(map(len, shown)) == 16
    assert (await lab.read(f"/v1/annotation-tasks/{task['id']}"))["progress"]["complete"] == 8


async def test_in_an_open_task_a_lapsed_slot_goes_to_the_next_and_the_first_is_told(lab: Lab) -> None:
    await lab.take_in(ENGLISH.format(1))
    task = await lab.request(coders=[], size=1)
    lapsed = (await lab.next(task, "anna"))["item"]
    await lab.next(task, "ben")
    assert (await lab.next(task, "carla"))["item"] is None

    await end_leases(lab)
    taken = [(await lab.next(task, who))["item"] for who in ("carla", "ben")]

    assert lapsed["slot_id"] in [item["slot_id"] for item in taken if item]
    refused = await lab.answer(task, "anna", lapsed, status=409)
    assert "another coder" in refused["detail"]


async def test_another_coder_takes_over_what_is_still_open(lab: Lab) -> None:
    await lab.take_in(*MANY)
    task = await lab.request(size=6, repeat_share=0.5)
    path = f"/v1/annotation-tasks/{task['id']}"
    for _ in range(2):
        await lab.answer(task, "anna", (await lab.next(task, "anna"))["item"], "complaint")

    moved = await lab.running.client.post(f"{path}/reassignments", json={"coder": "anna", "to": "carla"})
    to_ben = await lab.running.client.post(f"{path}/reassignments", json={"coder": "carla", "to": "ben"})

    assert (moved.json(), to_ben.json()) == ({"moved": 4, "left": 0}, {"moved": 0, "left": 4})
    assert (await lab.next(task, "anna"))["item"] is None
    assert len(await lab.code_all(task, "carla", lambda _: ())) >= 4
    await lab.code_all(task, "ben", lambda _: ())
    assert (await lab.read(path))["progress"] == {"items": 6, "complete": 6, "answers": 12, "wanted": 12}
    nobody = await lab.running.client.post(f"{path}/reassignments", json={"coder": "zoe", "to": "ben"})
    assert nobody.status_code == 409


async def test_a_share_of_the_items_is_shown_again_later(lab: Lab) -> None:
    await lab.take_in(*MANY)
    task = await lab.request(size=10, repeat_share=0.2)
    shown = await lab.code_all(task, "anna", lambda _: ("complaint",))
    assert len(shown) == 12
    assert len({item["text"] + item["before"] for item in shown}) == 10
    history = (await lab.read(f"/v1/annotation-tasks/{task['id']}/annotations"))["items"]
    assert [each["is_repetition"] for each in history] == [False] * 10 + [True] * 2


async def test_an_item_whose_post_has_changed_is_passed_over_for_good(lab: Lab) -> None:
    [post] = await lab.take_in(ENGLISH.format(1))
    await lab.take_in("The crew was lovely.")
    task = await lab.request(size=10)
    changed = Post()
    changed.CopyFrom(post)
    changed.text = "Something else by now."
    lab.keep(changed)

    shown = await lab.code_all(task, "anna", lambda _: ())

    assert [item["text"] for item in shown] == ["The crew was lovely."]
    assert (await lab.read(f"/v1/annotation-tasks/{task['id']}"))["progress"]["items"] == 1


async def test_undoing_passes_over_an_item_whose_post_has_changed(lab: Lab) -> None:
    await lab.take_in("The crew was lovely.", "The seat was broken.")
    task = await lab.request(size=2)
    first, second = [(await lab.next(task, "anna"))["item"] for _ in range(2)]
    for item in (first, second):
        await lab.answer(task, "anna", item)
    for post in lab.ingest.posts.values():
        if post.text == second["text"]:
            post.text = "Something else by now."
    await lab.code_all(task, "ben", lambda _: ())

    undone = (await lab.people["anna"].post(f"/v1/annotation-tasks/{task['id']}/undo")).json()

    assert undone["slot_id"] == first["slot_id"]


async def test_while_ingest_is_away_nothing_is_leased(lab: Lab) -> None:
    await lab.take_in(ENGLISH.format(1))
    task = await lab.request(size=1)
    lab.ingest.is_away = True
    await lab.next(task, "anna", status=503)
    lab.ingest.is_away = False
    assert (await lab.next(task, "anna"))["item"] is not None


async def test_personal_data_is_masked(lab: Lab) -> None:
    [post] = await lab.take_in("My mail is anna@example.com and my bag was broken.")
    span = {"kind": "mail", "start": post.text.index("anna@"), "end": post.text.index(" and")}
    async with lab.running.runtime.database.session("alpha") as session:
        await session.execute(
            text("UPDATE enrichments SET personal_data = CAST(:found AS jsonb)"), {"found": json.dumps([span])}
        )
    task = await lab.request()
    item = (await lab.next(task, "anna"))["item"]
    shown = item["before"] + item["text"] + item["after"]
    assert "anna@example.com" not in shown
    assert "█" * 16 in shown
