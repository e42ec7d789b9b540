"""Suggestions: contrasted, ranked, judged, shown; drafts: from a question to a query."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

import pytest
from desk import Desk, post

from ingest.experiments.contrast import Contrast
from ingest.experiments.drafts import draft
from ingest.experiments.grams import as_term, grams_of
from ingest.experiments.pools import Pool, PooledPost, takes
from ingest.experiments.ranking import rank
from ingest.experiments.suggestions import Advisor, narrowed, widened
from ingest.posts.records import PostRecord
from ingest.queries.parser import parse_query

STUDY = UUID(int=1)
NOW = datetime(2026, 11, 1, tzinfo=UTC)


def record(number: int, words: str) -> PostRecord:
    identity = uuid5(STUDY, str(number))
    return PostRecord(identity, "x", str(number), identity, words, "", NOW, NOW, "", False, ())


def pool_of(texts: Sequence[str]) -> Pool:
    return Pool([PooledPost(record(number, words)) for number, words in enumerate(texts)], len(texts), 1.0)


def conversation(chance: random.Random) -> list[str]:
    """Complaints about a refund in several words, recipes, and offers that hold the word refund as well."""
    complaints = [
        [chance.choice(("refund", "reimbursement", "chargeback")), "ticket", chance.choice(("waiting", "refused"))]
        for _ in range(200)
    ]
    both = [["refund", chance.choice(("reimbursement", "chargeback")), "ticket", "waiting"] for _ in range(40)]
    recipes = [["recipe", chance.choice(("cake", "bread", "soup")), "oven", "waiting"] for _ in range(400)]
    offers = [["refund", "casino", "bonus", chance.choice(("spin", "win"))] for _ in range(40)]
    return [" ".join(words) for words in (*complaints, *both, *recipes, *offers)]


def advisor(texts: Sequence[str], query: str, judged: dict[UUID, bool] | None = None) -> Advisor:
    pool = pool_of(texts)
    taken = takes(query, pool.posts)
    return Advisor.of(STUDY, pool, taken, query, judged or {})


def test_grams_are_words_and_phrases_that_say_something() -> None:
    grams = grams_of("The REFUND of my ticket: https://example.com/refused 12 😡")

    assert grams == {"refund", "ticket", "refund of my ticket"} - {"refund of my ticket"} | {"ticket 12 😡", "😡"}


def test_a_query_is_not_taught_by_its_own_words() -> None:
    grams = [frozenset({"refund", "late"})] * 10 + [frozenset({"late"})] * 10 + [frozenset({"nice"})] * 40

    contrast = Contrast(grams, [True] * 10 + [False] * 50)

    assert "refund" not in contrast.telling_grams()
    assert contrast.relevance[10] > 0.5 > contrast.relevance[20]


def test_terms_to_add_bring_the_posts_that_read_like_those_of_the_query() -> None:
    texts = conversation(random.Random(1))

    found = advisor(texts, "refund").advise(3)

    assert {each.term for each in found.additions} & {"reimbursement", "chargeback", "ticket"}
    assert not {each.term for each in found.additions} & {"cake", "bread", "soup", "oven"}
    assert "Nobody has judged" in found.notes[0]
    assert all(each.new_precision is None for each in found.additions)


def test_no_two_suggestions_bring_the_same_posts() -> None:
    texts = conversation(random.Random(2))
    taken = takes("refund", pool_of(texts).posts)

    ranked = rank(Contrast([grams_of(each) for each in texts], taken), 0.3, 10)

    brought = [index for each in ranked for index in each.further]
    assert len(brought) == len(set(brought))
    assert not any(taken[index] for index in brought)


def test_judgements_outweigh_the_classifier() -> None:
    texts = conversation(random.Random(3))
    pool = pool_of(texts)
    judged = {
        each.record.id: "reimbursement" not in each.record.text
        for each in pool.posts
        if "refund" not in each.record.text and "ticket" in each.record.text
    }

    found = advisor(texts, "refund", judged).advise(10)

    assert not any("reimbursement" in each.term for each in found.additions)
    assert found.additions[0].term == "chargeback"
    assert found.additions[0].precision > 0.9
    assert found.additions[0].judged > 20


def test_terms_to_exclude_are_learnt_from_posts_judged_irrelevant() -> None:
    texts = conversation(random.Random(4))
    pool = pool_of(texts)
    taken = [each for each in pool.posts if "refund" in each.record.text]
    judged = {each.record.id: "casino" not in each.record.text for each in taken[::3]}

    found = advisor(texts, "refund", judged).advise(10)

    assert found.precision is not None
    [first, *_] = found.exclusions
    assert first.term in ("casino", "bonus", '"casino bonus"')
    assert (first.posts.value, first.precision) == (40, pytest.approx(0, abs=0.1))
    assert first.new_precision is not None
    assert first.new_precision > found.precision.value
    assert first.query == f"(refund) NOT {first.term}"
    assert parse_query(found.suggested_query)


def test_too_few_posts_to_learn_from_give_no_suggestion() -> None:
    found = advisor(["refund now", *["nice weather"] * 20], "refund").advise(10)

    assert (found.additions, found.exclusions, found.worth_judging) == ([], [], [])
    assert "Not enough evidence" in found.notes[0]
    assert found.suggested_query == "refund"


def test_a_widened_and_narrowed_query_means_what_it_says() -> None:
    query = narrowed(widened("a OR b", ["c", as_term("d e")]), ["f"])

    assert takes(query, pool_of(["b", "c", "d e", "d", "a f"]).posts) == [True, True, True, False, False]


async def test_suggestions_are_made_by_a_job_and_shown_with_posts(desk: Desk) -> None:
    study = await desk.ask(query="refund")
    everything = await desk.ask(name="Everything")
    texts = conversation(random.Random(5))
    await desk.send(everything, *(post(number, text=words) for number, words in enumerate(texts)))

    answer = await desk.client.post(f"/v1/studies/{study['id']}/query-suggestions", json={"most": 5})
    job = await desk.finish(answer)
    path = f"/v1/studies/{study['id']}/query-suggestions/{job['result']['suggestions_id']}"
    shown = (await desk.client.get(path)).json()

    assert shown["query"] == "refund"
    assert 0 < len(shown["additions"]) <= 5
    excerpts = {each["id"]: each["text"] for each in shown["excerpts"]}
    for addition in shown["additions"]:
        assert addition["posts"]["value"] >= len(addition["sample"]) > 0
        assert all(takes(addition["term"], pool_of([excerpts[each] for each in addition["sample"]]).posts))
        assert not any("refund" in excerpts[post_id] for post_id in addition["sample"])
    assert set(shown["worth_judging"]) <= set(excerpts)


async def test_judged_posts_count_in_the_next_suggestions(desk: Desk) -> None:
    study = await desk.ask(query="refund")
    everything = await desk.ask(name="Everything")
    texts = conversation(random.Random(6))
    await desk.send(everything, *(post(number, text=words) for number, words in enumerate(texts)))
    for each in [each for each in await desk.posts(limit=500) if "refund" in each["text"]][-60:]:
        path = f"/v1/studies/{study['id']}/judgements/{each['id']}"
        await desk.client.put(path, json={"relevant": "casino" not in each["text"], "by": "ana"})

    job = await desk.finish(await desk.client.post(f"/v1/studies/{study['id']}/query-suggestions", json={}))
    path = f"/v1/studies/{study['id']}/query-suggestions/{job['result']['suggestions_id']}"
    shown = (await desk.client.get(path)).json()

    assert shown["judged_posts"] == 60
    assert shown["precision"]["value"] == pytest.approx(20 / 60)
    assert any("casino" in each["term"] or "bonus" in each["term"] for each in shown["exclusions"])


async def test_a_study_without_a_query_has_nothing_to_better(desk: Desk) -> None:
    study = await desk.ask(query="")

    answer = await desk.client.post(f"/v1/studies/{study['id']}/query-suggestions", json={})

    assert answer.status_code == 422
    assert "draft one" in answer.json()["detail"]


ANSWERS = (
    ["I cancelled my season ticket, too expensive"] * 4
    + ["Cancelling the season tickets was easy"] * 4
    + ["J'ai résilié mon abonnement"] * 3
    + ["Nice weather"] * 5
)


def test_a_question_becomes_a_query_that_can_be_read() -> None:
    drafted, taken = draft("Why do people cancel?", ["season ticket"], ["en"], pool_of(ANSWERS))

    assert drafted.query == ('("season ticket" OR "season tickets") (cancel OR cancels OR cancelled OR cancelling)')
    assert sum(taken) == 8
    assert "“cancel”" in drafted.parts[1].because
    assert drafted.notes == []
    assert draft("Why do people cancel?", ["season ticket"], ["en"], pool_of(ANSWERS))[0] == drafted


def test_a_french_question_finds_french_forms() -> None:
    drafted, taken = draft("Pourquoi les gens veulent-ils résilier ?", ["abonnement"], ["fr"], pool_of(ANSWERS))

    assert "abonnements" in drafted.query
    assert "résilié" in drafted.query
    assert sum(taken) == 3


@pytest.mark.parametrize(
    ("seed", "languages", "query"),
    [
        ("united", ["en"], "united"),
        ("Manchester United", ["en"], '"manchester united"'),
        ("streaming", ["en"], "streaming"),
        ("résilier", ["fr"], "résilier"),
        ("customer", ["en"], "(customer OR customers)"),
        ("delivery", [], "(delivery OR deliveries)"),
        ("rolling stone", ["en"], '("rolling stone" OR "rolling stones")'),
    ],
)
def test_only_what_may_be_a_noun_gets_a_plural_by_rule(seed: str, languages: list[str], query: str) -> None:
    drafted, _ = draft("Why?", [seed], languages, pool_of(["Nice weather"]))

    assert drafted.query == query


def test_a_plural_that_posts_hold_is_taken_whatever_the_word_ends_with() -> None:
    drafted, _ = draft("Why?", ["wedding"], ["en"], pool_of(["Two weddings"]))

    assert drafted.query == "(wedding OR weddings)"


def test_ideas_that_no_post_holds_together_become_alternatives() -> None:
    drafted, taken = draft("Do commuters cancel in nice weather?", [], ["en"], pool_of(ANSWERS))

    assert sum(taken) == 13
    assert "one of them suffices" in drafted.notes[0]


def test_promotions_are_excluded_only_where_posts_show_some() -> None:
    promoted = [*ANSWERS, *["Cancel your season ticket? Use code SAVE10, special offer"] * 3]

    drafted, taken = draft("Why do people cancel?", ["season ticket"], ["en"], pool_of(promoted))

    assert drafted.parts[-1].part == 'NOT ("special offer" OR "use code")'
    assert "3 of 11 posts advertise" in drafted.parts[-1].because
    assert sum(taken) == 8


def test_a_question_without_a_telling_word_asks_for_seeds() -> None:
    drafted, _ = draft("Why do people?", [], [], pool_of([]))

    assert drafted.query == ""
    assert "add seeds" in drafted.notes[0]


async def test_a_draft_is_answered_over_rest(desk: Desk) -> None:
    study = await desk.ask()
    await desk.send(study, *(post(number, text=words) for number, words in enumerate(ANSWERS)))

    asked: dict[str, Any] = {"question": "Why do people cancel?", "seeds": ["season ticket", ""], "languages": ["en"]}
    answer = await desk.client.post("/v1/query-drafts", json=asked)

    assert answer.status_code == 200, answer.text
    assert answer.json()["matched"]["value"] == 8
    assert answer.json()["read_posts"] == 16
    assert (await desk.ask(query=answer.json()["query"]))["query"] == answer.json()["query"]
