"""Answers: told once or again, replaced, taken back, refused, given for somebody else."""

import pytest

from tests.enrichment.annotations.support import ENGLISH, Json, Lab

MANY = [ENGLISH.format(number) for number in range(4)]


async def test_the_same_answer_again_changes_nothing(lab: Lab) -> None:
    await lab.take_in(*MANY)
    task = await lab.request()
    item = (await lab.next(task, "anna"))["item"]

    first = await lab.answer(task, "anna", item, "complaint", note="clear")
    again = await lab.answer(task, "anna", item, "complaint", note="clear", status=200)

    assert first == again
    history = await lab.read(f"/v1/annotation-tasks/{task['id']}/annotations")
    assert len(history["items"]) == 1


async def test_another_answer_replaces_the_one_before_and_both_are_kept(lab: Lab) -> None:
    await lab.take_in(*MANY)
    task = await lab.request()
    item = (await lab.next(task, "anna"))["item"]

    await lab.answer(task, "anna", item, "complaint")
    await lab.answer(task, "anna", item, "experience")

    before, after = (await lab.read(f"/v1/annotation-tasks/{task['id']}/annotations"))["items"]
    assert (before["codes"], after["codes"]) == (["complaint"], ["experience"])
    assert before["replaced_at"] == after["created_at"]
    assert after["replaced_at"] is None


async def test_an_answer_that_is_taken_back_is_asked_for_again_first(lab: Lab) -> None:
    await lab.take_in(*MANY)
    task = await lab.request()
    items = [(await lab.next(task, "anna"))["item"] for _ in range(2)]
    for item in items:
        await lab.answer(task, "anna", item, "complaint")

    undone = (await lab.people["anna"].post(f"/v1/annotation-tasks/{task['id']}/undo")).json()

    assert (undone["slot_id"], undone["answer"]) == (items[1]["slot_id"], None)
    assert undone["progress"]["done"] == 1
    assert (await lab.next(task, "anna"))["item"]["slot_id"] == items[1]["slot_id"]
    history = (await lab.read(f"/v1/annotation-tasks/{task['id']}/annotations"))["items"]
    assert [each["replaced_at"] is None for each in history] == [True, False]


async def test_there_is_nothing_to_take_back_before_the_first_answer(lab: Lab) -> None:
    await lab.take_in(*MANY)
    task = await lab.request()
    refused = await lab.people["anna"].post(f"/v1/annotation-tasks/{task['id']}/undo", json={})
    assert refused.status_code == 409


async def test_answers_carry_spans_notes_and_doubt(lab: Lab) -> None:
    await lab.take_in("The crew was lovely but my bag was broken.")
    task = await lab.request(size=2)
    one, other = [(await lab.next(task, "anna"))["item"] for _ in range(2)]
    span = {"start": one["start"], "end": one["start"] + 3}

    await lab.answer(task, "anna", one, "experience", span=span, note="a\x00b")
    body = {"slot_id": other["slot_id"], "answer": "cannot_tell"}
    await lab.people["anna"].post(f"/v1/annotation-tasks/{task['id']}/annotations", json=body)

    first, second = (await lab.read(f"/v1/annotation-tasks/{task['id']}/annotations"))["items"]
    assert (first["span"], first["note"]) == (span, "ab")
    assert (second["answer"], second["codes"]) == ("cannot_tell", [])
    outside = {"start": 0, "end": 500}
    await lab.answer(task, "anna", one, "experience", span=outside, status=422)


@pytest.mark.parametrize(
    "wrong",
    [
        {"answer": "codes", "codes": []},
        {"answer": "none", "codes": ["complaint"]},
        {"answer": "cannot_tell", "codes": ["complaint"]},
        {"answer": "codes", "codes": ["complaint", "complaint"]},
        {"answer": "codes", "codes": ["complaint"], "span": {"start": 3, "end": 3}},
        {"answer": "perhaps"},
    ],
    ids=str,
)
async def test_wrong_answers_are_refused(lab: Lab, wrong: Json) -> None:
    await lab.take_in(ENGLISH.format(1))
    task = await lab.request()
    item = (await lab.next(task, "anna"))["item"]
    body = {"slot_id": item["slot_id"], **wrong}
    refused = await lab.people["anna"].post(f"/v1/annotation-tasks/{task['id']}/annotations", json=body)
    assert refused.status_code == 422


async def test_strangers_do_not_code_and_nobody_codes_in_anothers_name(lab: Lab) -> None:
    await lab.take_in(*MANY)
    task = await lab.request()
    item = (await lab.next(task, "anna"))["item"]
    await lab.next(task, "carla", status=403)
    await lab.next(task, "anna", status=403, coder="ben")
    await lab.answer(task, "ben", item, status=409)


async def test_an_admin_records_for_a_named_coder_and_the_record_says_so(lab: Lab) -> None:
    await lab.take_in(*MANY)
    task = await lab.request(coders=["Grandma", "ben"])
    admin, path = lab.running.client, f"/v1/annotation-tasks/{task['id']}"

    item = (await admin.get(f"{path}/next", params={"coder": "Grandma"})).json()["item"]
    body = {"slot_id": item["slot_id"], "answer": "none", "coder": "Grandma"}
    assert (await admin.post(f"{path}/annotations", json=body)).status_code == 201

    [recorded] = (await lab.read(f"{path}/annotations"))["items"]
    assert (recorded["coder"], recorded["recorded_by"]) == ("Grandma", "tester-alpha")
