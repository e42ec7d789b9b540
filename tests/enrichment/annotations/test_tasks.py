"""Annotation tasks over REST: what is drawn, how, and what is refused."""

from typing import Any

import pytest

from enrichment.codebooks.training.annotated import AnnotatedService
from tests.enrichment.annotations.support import ENGLISH, FRENCH, STUDY, Json, Lab

OTHER_STUDY = "01960000-0000-7000-8000-000000000002"


async def items_of(lab: Lab, task: Json) -> list[tuple[str, int]]:
    """What a task has drawn, as its coders answer for it: posts and positions, in the order of the task."""
    await lab.code_all(task, "anna", lambda _: ())
    history = await lab.read(f"/v1/annotation-tasks/{task['id']}/annotations", limit=500)
    return [(each["post_id"], each["statement"]) for each in history["items"]]


async def test_a_random_sample_of_statements_is_drawn_with_its_probabilities(lab: Lab) -> None:
    await lab.take_in(*(ENGLISH.format(number) for number in range(20)))

    task = await lab.request(size=10)

    assert (task["size"], task["population"], task["sample"]) == (10, 60, "random")
    assert task["progress"] == {"items": 10, "complete": 0, "answers": 0, "wanted": 20}
    assert "complaint" in [code["code"] for code in task["codes"]]
    await lab.code_all(task, "anna", lambda _: ())
    history = await lab.read(f"/v1/annotation-tasks/{task['id']}/annotations")
    assert {each["inclusion_probability"] for each in history["items"]} == {10 / 60}
    assert len({(each["post_id"], each["statement"]) for each in history["items"]}) == 10


async def test_the_same_seed_draws_the_same_items_and_another_one_others(lab: Lab) -> None:
    await lab.take_in(*(ENGLISH.format(number) for number in range(20)))

    one, same, other = [await items_of(lab, await lab.request(seed=seed)) for seed in (1, 1, 2)]

    assert one == same
    assert set(one) != set(other)


async def test_over_many_seeds_every_statement_is_as_likely_as_any_other(lab: Lab) -> None:
    """40 draws of 6 among 12: each is expected 20 times; outside of 5 to 35 once in a million tests."""
    await lab.take_in(*(ENGLISH.format(number) for number in range(4)))
    drawn = [item for seed in range(40) for item in await items_of(lab, await lab.request(seed=seed, size=6))]
    times = [drawn.count(item) for item in set(drawn)]
    assert len(times) == 12
    assert all(5 <= each <= 35 for each in times)


async def test_a_stratified_sample_draws_as_many_of_each_language(lab: Lab) -> None:
    await lab.take_in(*(ENGLISH.format(number) for number in range(20)))
    await lab.take_in(*(FRENCH.format(number) for number in range(4)))

    task = await lab.request(size=12, stratify_by="language")
    shown = await lab.code_all(task, "anna", lambda _: ())

    assert sorted(item["language"] for item in shown) == ["en"] * 6 + ["fr"] * 6
    history = await lab.read(f"/v1/annotation-tasks/{task['id']}/annotations")
    eligible = {each["language"]: round(6 / each["inclusion_probability"]) for each in history["items"]}
    assert sum(eligible.values()) == task["population"]
    assert eligible["en"] == 60


async def test_languages_narrow_the_population(lab: Lab) -> None:
    await lab.take_in(ENGLISH.format(1), FRENCH.format(1))
    task = await lab.request(size=100, languages=["fr"])
    assert task["size"] == task["population"] < 4


async def test_a_small_study_is_drawn_whole(lab: Lab) -> None:
    await lab.take_in(ENGLISH.format(1))
    assert (await lab.request(size=50))["size"] == 3


async def test_reposts_and_other_studies_are_not_drawn(lab: Lab) -> None:
    await lab.take_in(ENGLISH.format(1), is_repost=True)
    await lab.take_in(ENGLISH.format(2), study_ids=[OTHER_STUDY])
    refused = await lab.request(status=409)
    assert "no statement to draw from" in refused["detail"]


async def test_whole_posts_are_drawn_for_a_codebook_of_posts(lab: Lab) -> None:
    await lab.take_in(ENGLISH.format(1), ENGLISH.format(2))
    task = await lab.request(codebook="irony", size=5)
    item = (await lab.next(task, "anna"))["item"]
    assert (task["unit"], task["size"]) == ("post", 2)
    assert item["text"] in {ENGLISH.format(1), ENGLISH.format(2)}


async def test_an_uncertainty_sample_holds_what_the_machine_was_least_sure_of(lab: Lab) -> None:
    await lab.take_in("The seat was broken.", "The train was late.", "The crew was lovely.", "My bag came late.")

    task = await lab.request(sample="uncertainty", size=3, coders_per_item=1)
    shown = await lab.code_all(task, "anna", lambda _: ()) + await lab.code_all(task, "ben", lambda _: ())

    assert sorted(item["text"] for item in shown) == [
        "My bag came late.",
        "The seat was broken.",
        "The train was late.",
    ]
    assert (await lab.request(sample="uncertainty", size=2, seed=9))["size"] == 2
    history = await lab.read(f"/v1/annotation-tasks/{task['id']}/annotations")
    assert {each["inclusion_probability"] for each in history["items"]} == {None}


async def test_what_measures_a_codebook_is_never_drawn_to_learn_from(lab: Lab) -> None:
    await lab.take_in(*(f"The seat number {number} was broken." for number in range(6)))
    measuring = await lab.request(size=4)
    measured = {item["text"] for item in await lab.code_all(measuring, "anna", lambda _: ())}

    learning = await lab.request(sample="uncertainty", size=6)
    learnt = {item["text"] for item in await lab.code_all(learning, "anna", lambda _: ())}

    assert (len(measured), len(learnt)) == (4, 2)
    assert not measured & learnt


async def test_nothing_learns_from_what_a_later_random_sample_has_drawn(lab: Lab) -> None:
    await lab.take_in("The seat was broken.", "The train was late.")
    learning = await lab.request(sample="uncertainty", size=2)
    await lab.code_all(learning, "anna", lambda _: ("complaint",))
    async with lab.running.runtime.database.session("alpha") as session:
        before = await AnnotatedService(session).list_coded("speech_act")

    await lab.request(size=1)

    async with lab.running.runtime.database.session("alpha") as session:
        after = await AnnotatedService(session).list_coded("speech_act")
    assert (len(before), len(after)) == (2, 1)


async def test_without_machine_codes_nothing_is_uncertain(lab: Lab) -> None:
    await lab.take_in("The crew was lovely.")
    refused = await lab.request(status=409, sample="uncertainty")
    assert "draw a random sample" in refused["detail"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"coders_per_item": 1},
        {"sample": "mixed"},
        {"sample": ["random", "uncertainty"]},
        {"sample": "uncertainty", "stratify_by": "language"},
        {"coders": ["anna"]},
        {"coders": ["anna", "anna"]},
        {"size": 0},
        {"size": 5_001},
        {"repeat_share": 0.6},
        {"codes": ["complaint", "no_such_code"]},
        {"study_id": "x"},
        {"surprise": 1},
    ],
    ids=str,
)
async def test_wrong_requests_are_refused(lab: Lab, wrong: dict[str, Any]) -> None:
    await lab.take_in(ENGLISH.format(1))
    await lab.request(status=422, **wrong)


@pytest.mark.parametrize("wrong", [{"codebook": "nobodys"}, {"version": 99}])
async def test_an_unknown_codebook_is_not_found_and_the_answer_says_what_there_is(lab: Lab, wrong: Json) -> None:
    await lab.take_in(ENGLISH.format(1))
    refused = await lab.request(status=404, **wrong)
    assert "`GET /v1/codebooks`" in refused["detail"] or "ask for version" in refused["detail"]


async def test_a_codebook_of_the_workspace_is_coded_by_its_name_in_any_of_its_versions(lab: Lab) -> None:
    code = {"code": "seat", "definition": "Is about a seat.", "examples": {"positive": ["My seat was broken."]}}
    own = {"name": "cabin", "title": "Cabin", "unit": "statement", "choice": "one", "codes": [code]}
    made = await lab.running.client.post("/v1/codebooks", json=own)
    assert made.status_code == 201, made.text
    await lab.take_in(ENGLISH.format(1))

    task = await lab.request(codebook="cabin")

    assert (task["choice"], [each["code"] for each in task["codes"]]) == ("one", ["seat"])
    assert task["codes"][0]["examples"]["any"]["positive"] == ["My seat was broken."]
    await lab.request(codebook="cabin", version=2, status=404)


async def test_a_task_may_ask_about_some_codes_only(lab: Lab) -> None:
    await lab.take_in(ENGLISH.format(1))
    task = await lab.request(codes=["complaint", "question"])
    assert {code["code"] for code in task["codes"]} == {"complaint", "question"}
    item = (await lab.next(task, "anna"))["item"]
    refused = await lab.answer(task, "anna", item, "experience", status=422)
    assert "does not ask about experience" in refused["detail"]


async def test_tasks_are_listed_newest_first_page_by_page(lab: Lab) -> None:
    await lab.take_in(ENGLISH.format(1))
    first, second = await lab.request(), await lab.request(codebook="irony")

    page = await lab.read("/v1/annotation-tasks", limit=1)
    rest = await lab.read("/v1/annotation-tasks", cursor=page["next_cursor"])
    of_irony = await lab.read("/v1/annotation-tasks", codebook="irony", study_id=STUDY)

    assert [each["id"] for each in page["items"] + rest["items"]] == [second["id"], first["id"]]
    assert [each["id"] for each in of_irony["items"]] == [second["id"]]
    assert (await lab.read("/v1/annotation-tasks", study_id=OTHER_STUDY))["items"] == []


async def test_workspaces_are_walls(lab: Lab) -> None:
    await lab.take_in(ENGLISH.format(1))
    task = await lab.request()
    stranger = lab.running.client_for("beta")
    for path in ("", "/guide", "/next", "/annotations", "/agreement", "/coders", "/disagreements", "/gold"):
        assert (await stranger.get(f"/v1/annotation-tasks/{task['id']}{path}")).status_code == 404, path
    assert (await stranger.get("/v1/annotation-tasks")).json()["items"] == []
    assert (await stranger.get("/v1/agreements", params={"codebook": "speech_act"})).json()["items"] == []


async def test_nobody_gets_in_without_a_key_or_without_the_scope(lab: Lab) -> None:
    await lab.take_in(ENGLISH.format(1))
    task = await lab.request()
    for path in ("", "/next", "/gold"):
        answer = await lab.running.client_for(None).get(f"/v1/annotation-tasks/{task['id']}{path}")
        assert answer.status_code == 401
    for path in ("", "/agreement", "/annotations", "/coders", "/disagreements", "/gold"):
        assert (await lab.people["anna"].get(f"/v1/annotation-tasks/{task['id']}{path}")).status_code == 403, path
