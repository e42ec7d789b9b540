"""`pourquoi query`: what a query would change, how it may be improved, and how it takes effect."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx2
import pytest

from kit.cli import main, queries
from kit.cli.client import Api

STUDY = "0199aaaa-0000-7000-8000-000000000001"
PATH = f"/ingest/v1/studies/{STUDY}"
Run = Callable[..., str]


def study() -> dict[str, object]:
    texts = dict.fromkeys(("question", "objective", "target_behaviour", "query"), "")
    return {"id": STUDY, "name": "Trains", "languages": [], **texts}


def exact(value: float) -> dict[str, float]:
    return {"value": value, "low": value, "high": value}


def job(**result: object) -> dict[str, object]:
    return {
        "id": STUDY,
        "kind": "query",
        "status": "succeeded",
        "progress": {"done": 1, "total": 1},
        "result": result,
        "error": None,
    }


@contextmanager
def platform(monkeypatch: pytest.MonkeyPatch, answers: dict[tuple[str, str], object]) -> Iterator[list[httpx2.Request]]:
    seen: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        request.read()
        seen.append(request)
        return httpx2.Response(200, json={("GET", PATH): study(), **answers}[request.method, request.url.path])

    api = Api("http://platform", "pq_key", httpx2.MockTransport(answer))
    monkeypatch.setattr(queries, "connect", lambda: api)
    yield seen


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    def command(*arguments: str) -> str:
        monkeypatch.setattr(sys, "argv", ["pourquoi", "query", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        assert not ended.value.code
        return capsys.readouterr().out

    return command


def test_a_diff_shows_counts_posts_and_warnings(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    gained = {"id": STUDY, "text": "slow\nbus [1]", "platform": "x", "published_at": "2026-11-02T08:00:00Z"}
    found = {
        "against_version": 1,
        "stored_posts": 5,
        "read_posts": 5,
        "matched": exact(3),
        "kept": exact(2),
        "gained": {"value": 1_000, "low": 900, "high": 1_100},
        "lost": exact(1),
        "posts_per_day": {"value": 0.6, "low": 0.2, "high": 1.8},
        "warnings": ["The volume rests on 5 days only."],
        "gained_posts": [gained],
        "lost_posts": [],
    }
    version = {"version": 2, "query": "bus", "diff": found, "scores": None}

    with platform(monkeypatch, {("POST", f"{PATH}/query-versions"): version}) as seen:
        printed = run("diff", STUDY, "bus")

    assert json.loads(seen[-1].content) == {"query": "bus"}
    assert "1,000 (900 to 1,100)" in printed
    assert "Gained: slow bus [1] (x, 2026-11-02)" in printed
    assert "Note: The volume rests on 5 days only." in printed


def test_an_activation_waits_for_the_backfill(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = {"study": study(), "job": job(read=10, taken=4, superseded=False)}

    with platform(monkeypatch, {("POST", f"{PATH}/query-versions/2/activation"): answer}) as seen:
        printed = run("activate", STUDY, "2", "--backfill")

    assert json.loads(seen[-1].content) == {"backfill": True}
    assert "'Trains' asks with version 2 now." in printed
    assert "4 posts of the past were taken in." in printed


def test_suggestions_are_shown_with_what_they_bring(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    suggestions = {
        "additions": [{"term": '"season ticket"', "posts": exact(12), "precision": 0.91, "judged": 5}],
        "exclusions": [],
        "suggested_query": '(bus) OR "season ticket"',
        "notes": ["Judge more posts."],
    }
    answers = {
        ("POST", f"{PATH}/query-suggestions"): job(suggestions_id="7"),
        ("GET", f"{PATH}/query-suggestions/7"): suggestions,
    }

    with platform(monkeypatch, answers) as seen:
        printed = run("suggest", STUDY, "--most", "3")

    assert json.loads(seen[1].content) == {"most": 3}
    assert '"season ticket"' in printed
    assert "91%" in printed
    assert 'With all of them: (bus) OR "season ticket"' in printed
    assert "Note: Judge more posts." in printed


def test_a_draft_explains_its_parts(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    drafted = {
        "query": "(cancel OR cancels)",
        "parts": [{"part": "(cancel OR cancels)", "because": "of the question"}],
        "matched": exact(8),
        "notes": [],
    }

    with platform(monkeypatch, {("POST", "/ingest/v1/query-drafts"): drafted}) as seen:
        printed = run("draft", "Why do people cancel?", "--seed", "season ticket")

    assert json.loads(seen[-1].content)["seeds"] == ["season ticket"]
    assert "of the question" in printed
    assert "Stored posts that it takes: 8." in printed
