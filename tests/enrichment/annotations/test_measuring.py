"""From answers to agreement, decisions, gold labels and events: over REST and gRPC."""

from typing import Any
from uuid import uuid4

import grpc
import pytest

from kit.db import new_id
from kit.testing import Running
from pourquoi.enrichment.v1 import enrichment_pb2, events_pb2
from pourquoi.enrichment.v1.enrichment_pb2 import (
    ListAgreementsRequest,
    ListGoldLabelsRequest,
    RequestAnnotationsRequest,
)
from pourquoi.enrichment.v1.enrichment_pb2_grpc import EnrichmentServiceStub
from pourquoi.enrichment.v1.events_pb2 import AnnotationRecorded
from tests.enrichment.annotations.support import ENGLISH, FRENCH, STUDY, Json, Lab

FEW, ENOUGH = 6, 15
BROKEN = [f"The seat number {number} was broken." for number in range(ENOUGH)]
LOVELY = [f"The crew of flight {number} was lovely." for number in range(ENOUGH)]


def as_they_are(item: Json) -> tuple[str, ...]:
    return ("complaint",) if "broken" in item["text"] else ()


def every_other_one(item: Json) -> tuple[str, ...]:
    """Sees every second complaint only."""
    is_seen = any(f"number {number} " in item["text"] for number in range(1, ENOUGH, 2))
    return ("complaint",) if is_seen else ()


async def call(running: Running, method: str, request: Any, workspace: str = "alpha") -> Any:
    metadata = (("authorization", f"Bearer {running.keys.by_workspace[workspace]}"),)
    async with grpc.aio.insecure_channel(running.rpc_target) as channel:
        return await getattr(EnrichmentServiceStub(channel), method)(request, timeout=30, metadata=metadata)


async def coded_task(lab: Lab, ben: Any = as_they_are, each: int = FEW, **wanted: Any) -> Json:
    """So many complaints and as many others: anna codes them as they are, ben as he is told to."""
    await lab.take_in(*BROKEN[:each], *LOVELY[:each])
    task = await lab.request(size=2 * each, **wanted)
    await lab.code_all(task, "anna", as_they_are)
    await lab.code_all(task, "ben", ben)
    return task


async def agreement_of(lab: Lab, task: Json, code: str | None, **query: Any) -> Json:
    answer = await lab.read(f"/v1/annotation-tasks/{task['id']}/agreement", **query)
    [found] = [each for each in answer["items"] if each["code"] == code and each["language"] is None]
    return dict(found)


async def test_coders_who_agree_make_a_code_firm(lab: Lab) -> None:
    task = await coded_task(lab, each=ENOUGH)
    found = await agreement_of(lab, task, "complaint")
    assert (found["alpha"], found["low"], found["high"], found["status"]) == (1.0, 1.0, 1.0, "firm")
    assert (found["items"], found["coders"], found["occurrences"]) == (30, 2, 15)
    assert (await agreement_of(lab, task, "question"))["status"] == "not_reportable"
    assert (await agreement_of(lab, task, None))["alpha"] == 1.0
    await other_services_know_what_is_reportable(lab)


async def other_services_know_what_is_reportable(lab: Lab) -> None:
    listed = (await lab.read("/v1/agreements", codebook="speech_act", study_id=STUDY))["items"]
    told = await call(lab.running, "ListAgreements", ListAgreementsRequest(codebook="speech_act", version=1))

    by_rest = {each["code"] or "": each["status"] for each in listed if each["language"] is None}
    firm = enrichment_pb2.AGREEMENT_STATUS_FIRM
    by_rpc = {each.code for each in told.agreements if each.status == firm and not each.language}
    assert by_rest["complaint"] == "firm"
    assert by_rpc == {code for code, status in by_rest.items() if status == "firm"}
    assert (await lab.read("/v1/agreements", codebook="speech_act", study_id=str(uuid4())))["items"] == []
    assert (await lab.read("/v1/agreements", codebook="speech_act", version=2))["items"] == []


async def test_coders_who_disagree_make_a_code_not_reportable_with_its_interval(lab: Lab) -> None:
    task = await coded_task(lab, every_other_one)
    found = await agreement_of(lab, task, "complaint")
    assert found["low"] < found["alpha"] < found["high"]
    assert (found["alpha"] < 0.67, found["status"]) == (True, "not_reportable")
    assert found == await agreement_of(lab, task, "complaint", seed=0)
    others = [await agreement_of(lab, task, "complaint", seed=seed) for seed in range(1, 6)]
    assert {(each["low"], each["high"]) for each in others} != {(found["low"], found["high"])}


async def test_agreement_on_an_uncertainty_sample_is_refused_and_enters_no_listing(lab: Lab) -> None:
    await lab.take_in(*BROKEN[:FEW])
    task = await lab.request(sample="uncertainty", size=FEW)
    await lab.code_all(task, "anna", as_they_are)
    await lab.code_all(task, "ben", as_they_are)

    refused = await lab.read(f"/v1/annotation-tasks/{task['id']}/agreement", status=409)

    assert "drawn to learn from" in refused["detail"]
    assert (await lab.read("/v1/agreements", codebook="speech_act"))["items"] == []
    measured = await call(lab.running, "ListGoldLabels", ListGoldLabelsRequest(codebook="speech_act"))
    assert not measured.labels
    learning = ListGoldLabelsRequest(codebook="speech_act", sample=events_pb2.SAMPLE_KIND_UNCERTAINTY)
    learnt = (await call(lab.running, "ListGoldLabels", learning)).labels
    assert len(learnt) == FEW
    assert not any(each.HasField("inclusion_probability") for each in learnt)


async def test_agreement_is_told_by_language(lab: Lab) -> None:
    await lab.take_in(*(ENGLISH.format(number) for number in range(2)), *(FRENCH.format(number) for number in range(2)))
    task = await lab.request(size=6, stratify_by="language")
    await lab.code_all(task, "anna", as_they_are)
    await lab.code_all(task, "ben", as_they_are)
    answer = await lab.read(f"/v1/annotation-tasks/{task['id']}/agreement")
    items = {each["language"]: each["items"] for each in answer["items"] if each["code"] is None}
    assert items == {None: 6, "en": 3, "fr": 3}


async def test_an_adjudicator_decides_where_coders_disagree(lab: Lab) -> None:
    task = await coded_task(lab, every_other_one)
    path = f"/v1/annotation-tasks/{task['id']}"

    disputed = (await lab.read(f"{path}/disagreements", "rita", limit=500))["items"]
    first = disputed[0]
    body = {"item_id": first["item_id"], "answer": "codes", "codes": ["complaint"]}
    decided = (await lab.people["rita"].post(f"{path}/decisions", json=body)).json()

    assert len(disputed) == 3
    assert [(each["coder"], each["codes"]) for each in first["answers"]] == [("anna", ["complaint"]), ("ben", [])]
    assert "broken" in first["text"]
    assert (decided["origin"], decided["codes"]) == ("adjudicated", ["complaint"])
    assert len((await lab.read(f"{path}/disagreements", "rita"))["items"]) == 2
    gold = (await lab.read(f"{path}/gold", "rita", limit=500))["items"]
    assert len(gold) == 10
    assert {each["origin"] for each in gold} == {"adjudicated", "unanimous"}
    assert (await agreement_of(lab, task, "complaint"))["items"] == 12


async def test_a_decision_may_be_revised_and_both_are_kept(lab: Lab) -> None:
    task = await coded_task(lab, every_other_one)
    path = f"/v1/annotation-tasks/{task['id']}"
    [first, *_] = (await lab.read(f"{path}/disagreements", "rita"))["items"]
    answers: list[Json] = [{"answer": "none"}, {"answer": "none"}, {"answer": "codes", "codes": ["complaint"]}]
    for answer in answers:
        told = await lab.people["rita"].post(f"{path}/decisions", json={"item_id": first["item_id"], **answer})
        assert told.status_code == 201
    history = (await lab.read(f"{path}/annotations", limit=500))["items"]
    decisions = [(each["codes"], each["replaced_at"] is None) for each in history if each["kind"] == "adjudicator"]
    assert decisions == [([], False), (["complaint"], True)]


async def test_nobody_decides_while_coders_still_answer_nor_without_the_scope(lab: Lab) -> None:
    await lab.take_in(*BROKEN[:2])
    task = await lab.request(size=2)
    path = f"/v1/annotation-tasks/{task['id']}"
    await lab.code_all(task, "anna", as_they_are)
    [answered, *_] = (await lab.read(f"{path}/annotations"))["items"]
    body = {"item_id": answered["item_id"], "answer": "none"}

    assert (await lab.people["rita"].post(f"{path}/decisions", json=body)).status_code == 409
    assert (await lab.people["anna"].post(f"{path}/decisions", json=body)).status_code == 403
    body["item_id"] = str(uuid4())
    assert (await lab.people["rita"].post(f"{path}/decisions", json=body)).status_code == 404


async def test_the_record_of_coders_tells_windows_and_self_agreement(lab: Lab) -> None:
    task = await coded_task(lab, every_other_one, repeat_share=0.25)
    anna, ben = (await lab.read(f"/v1/annotation-tasks/{task['id']}/coders", "rita"))["items"]
    assert (anna["coder"], ben["coder"]) == ("anna", "ben")
    assert (anna["judgements"], anna["repeated"], anna["kept"]) == (12, 3, 3)
    assert sum(window["judgements"] for window in ben["windows"]) == 12
    assert sum(window["agreeing"] for window in ben["windows"]) == 9
    assert not anna["is_drifting"]


async def test_gold_labels_stand_beside_what_the_machine_says_now(lab: Lab) -> None:
    task = await coded_task(lab)

    first = await call(lab.running, "ListGoldLabels", ListGoldLabelsRequest(codebook="speech_act", page_size=8))
    token = first.next_page_token
    rest = await call(
        lab.running, "ListGoldLabels", ListGoldLabelsRequest(codebook="speech_act", page_size=8, page_token=token)
    )

    labels = [*first.labels, *rest.labels]
    assert (len(first.labels), len(rest.labels), rest.next_page_token) == (8, 4, "")
    assert len({each.item_id for each in labels}) == 12
    assert {each.task_id for each in labels} == {task["id"]}
    assert {each.inclusion_probability for each in labels} == {1.0}
    assert all(each.is_read and each.coding for each in labels)
    human = {each.item_id for each in labels if "complaint" in each.codes}
    machine = {each.item_id for each in labels for code in each.machine_codes if code.code == "complaint"}
    assert human == machine
    assert len(human) == FEW
    other = await call(lab.running, "ListGoldLabels", ListGoldLabelsRequest(codebook="speech_act"), "beta")
    assert not other.labels


async def test_another_service_requests_annotations_once_however_often_it_asks(lab: Lab) -> None:
    await lab.take_in(*BROKEN[:FEW])
    wanted = RequestAnnotationsRequest(
        request_id=str(new_id()),
        study_id=STUDY,
        codebook="speech_act",
        version=1,
        size=5,
        seed=3,
        coders=["anna", "ben"],
    )

    first = await call(lab.running, "RequestAnnotations", wanted)
    again = await call(lab.running, "RequestAnnotations", wanted)

    assert (first.task_id, first.size, first.population) == (wanted.request_id, 5, FEW)
    assert again == first
    [task] = (await lab.read("/v1/annotation-tasks"))["items"]
    assert (task["id"], task["sample"], task["coders"], task["seed"]) == (first.task_id, "random", ["anna", "ben"], 3)
    assert task["requested_by"] == "tester-alpha"
    assert len(await lab.code_all(task, "anna", as_they_are)) == 5


@pytest.mark.parametrize(
    ("method", "request_", "code"),
    [
        ("RequestAnnotations", RequestAnnotationsRequest(request_id="x"), "INVALID_ARGUMENT"),
        ("RequestAnnotations", RequestAnnotationsRequest(request_id=STUDY, study_id="x"), "INVALID_ARGUMENT"),
        (
            "RequestAnnotations",
            RequestAnnotationsRequest(request_id=STUDY, study_id=STUDY, codebook="nobodys", version=1),
            "NOT_FOUND",
        ),
        ("ListGoldLabels", ListGoldLabelsRequest(page_size=1_001), "INVALID_ARGUMENT"),
        ("ListGoldLabels", ListGoldLabelsRequest(page_token="x"), "INVALID_ARGUMENT"),
        ("ListAgreements", ListAgreementsRequest(study_id="x"), "INVALID_ARGUMENT"),
    ],
)
async def test_wrong_calls_are_refused(lab: Lab, method: str, request_: Any, code: str) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await call(lab.running, method, request_)
    assert refused.value.code().name == code


async def test_every_answer_is_published_with_what_measures_need(lab: Lab) -> None:
    [post] = await lab.take_in("The seat was broken.")
    task = await lab.request(codes=["complaint", "question"], size=1)
    item = (await lab.next(task, "anna"))["item"]
    await lab.answer(task, "anna", item)
    await lab.answer(task, "anna", item, "complaint")
    await lab.people["anna"].post(f"/v1/annotation-tasks/{task['id']}/undo")

    first, second, undone = await lab.running.published(AnnotationRecorded, 3)

    assert (first.task_id, first.study_id, first.post_id) == (task["id"], STUDY, post.id)
    assert (first.statement_index, first.start, first.end) == (0, 0, len("The seat was broken."))
    assert (first.codebook, first.version, first.answer) == ("speech_act", 1, events_pb2.ANSWER_NONE)
    assert {each.code: each.is_present for each in first.codes} == {"complaint": False, "question": False}
    assert {each.code: each.is_present for each in second.codes} == {"complaint": True, "question": False}
    assert (first.kind, first.sample) == (events_pb2.ANNOTATOR_KIND_PERSON, events_pb2.SAMPLE_KIND_RANDOM)
    assert first.inclusion_probability == 1.0
    assert second.replaces_id == first.annotation_id
    assert (undone.annotation_id, undone.is_withdrawn) == (second.annotation_id, True)
    assert first.coder_id == second.coder_id
    assert "anna" not in first.coder_id
    assert (await lab.read(f"/v1/annotation-tasks/{task['id']}/coders"))["items"] == []


async def test_a_decision_is_published_as_an_adjudicators(lab: Lab) -> None:
    await lab.take_in("The seat was broken.")
    task = await lab.request(size=1)
    path = f"/v1/annotation-tasks/{task['id']}"
    await lab.code_all(task, "anna", as_they_are)
    await lab.code_all(task, "ben", lambda _: ())
    [disputed] = (await lab.read(f"{path}/disagreements", "rita"))["items"]
    body = {"item_id": disputed["item_id"], "answer": "cannot_tell"}
    await lab.people["rita"].post(f"{path}/decisions", json=body)

    *_, decision = await lab.running.published(AnnotationRecorded, 3)

    assert (decision.kind, decision.answer) == (
        events_pb2.ANNOTATOR_KIND_ADJUDICATOR,
        events_pb2.ANSWER_CANNOT_TELL,
    )
    assert not decision.codes
