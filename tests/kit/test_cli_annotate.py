"""`pourquoi annotate` prints progress and agreement, and writes answers as CSV."""

import csv
import json
from pathlib import Path

import httpx2
import pytest
from typer.testing import CliRunner

from kit.cli import annotations
from kit.cli.client import Api
from kit.cli.commands import app

TASK = "0199aaaa-0000-7000-8000-000000000001"
POST = "0199aaaa-0000-7000-8000-000000000002"
PROGRESS = {"items": 40, "complete": 12, "answers": 31, "wanted": 80}
VIEW = {
    "id": TASK,
    "codebook": "needs",
    "version": 2,
    "sample": "random",
    "size": 40,
    "population": 900,
    "coders": ["anna", "ben"],
    "progress": PROGRESS,
}
ALPHA = {
    "code": "wish",
    "language": None,
    "alpha": 0.8123,
    "low": 0.7,
    "high": 0.9,
    "items": 40,
    "occurrences": 9,
    "status": "firm",
}
ITEM = {
    "item_id": TASK,
    "post_id": POST,
    "statement": 0,
    "item_start": 0,
    "item_end": 9,
    "language": "fr",
    "inclusion_probability": 0.25,
    "answer": "codes",
    "codes": ["wish", "request"],
}
ANSWER = {
    **ITEM,
    "id": TASK,
    "coder": "anna",
    "kind": "person",
    "is_repetition": False,
    "note": "=1+1",
    "recorded_by": "anna",
    "created_at": "2026-11-25T10:00:00Z",
    "replaced_at": None,
}


class Platform:
    """Answers as enrichment does, two answers on two pages, and remembers what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[httpx2.Request] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request)
        path = request.url.path
        if path.startswith("/ingest/v1/studies/"):
            study = {"id": POST, "name": "x", "question": "", "objective": "", "target_behaviour": ""}
            return httpx2.Response(200, json={**study, "query": "", "languages": []})
        if request.method == "POST":
            return httpx2.Response(201, json=VIEW)
        return httpx2.Response(200, json=self._listing(path, "cursor" in request.url.params))

    def _listing(self, path: str, is_second: bool) -> dict[str, object]:
        if path.endswith("/annotations"):
            return {"items": [ANSWER], "next_cursor": None if is_second else "more"}
        items = {"/agreement": ALPHA, "/gold": {**ITEM, "origin": "unanimous"}, "annotation-tasks": VIEW}
        found = next(item for end, item in items.items() if path.endswith(end))
        return {"items": [found], "next_cursor": None}


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> Platform:
    answering = Platform()
    api = Api("http://platform", "pq_key", httpx2.MockTransport(answering))
    monkeypatch.setattr(annotations, "connect", lambda: api)
    return answering


def run(*arguments: str) -> str:
    result = CliRunner(env={"COLUMNS": "200"}).invoke(app, ["annotate", *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_a_task_is_requested_and_the_page_is_named(platform: Platform) -> None:
    printed = run("request", POST, "--codebook", "needs", "--version", "2", "--coder", "anna", "--coder", "ben")
    sent = json.loads(platform.asked[-1].content)
    assert (sent["sample"], sent["coders"], sent["size"]) == ("random", ["anna", "ben"], 100)
    assert f"http://platform/enrichment/annotate?task={TASK}" in printed


def test_tasks_are_listed_with_their_progress(platform: Platform) -> None:
    printed = run("tasks", "--codebook", "needs")
    assert platform.asked[-1].url.params["codebook"] == "needs"
    for told in (TASK, "needs 2", "random", "31/80", "12/40", "anna, ben"):
        assert told in printed


def test_agreement_is_shown_with_interval_and_verdict(platform: Platform) -> None:
    printed = run("agreement", TASK)
    for told in ("wish", "all", "0.812", "0.700 to 0.900", "firm"):
        assert told in printed


def test_all_pages_of_answers_are_written_and_no_note_is_a_formula(platform: Platform, tmp_path: Path) -> None:
    file = tmp_path / "answers.csv"
    run("export", TASK, "--file", str(file))
    rows = list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))
    assert len(rows) == 2
    assert (rows[0]["codes"], rows[0]["note"], rows[0]["coder"]) == ("wish request", "'=1+1", "anna")
    assert rows[0]["inclusion_probability"] == "0.25"


def test_gold_labels_go_to_standard_output(platform: Platform) -> None:
    [row] = csv.DictReader(run("export", TASK, "--gold").splitlines())
    assert (row["origin"], row["codes"], row["language"]) == ("unanimous", "wish request", "fr")
