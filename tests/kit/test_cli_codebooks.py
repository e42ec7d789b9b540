"""`pourquoi codebook`: what the commands ask of the platform, and what they say of its answers."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest

from kit.cli import main
from kit.cli.client import Api

ID = "01990000-0000-7000-8000-000000000001"
JOB = "01990000-0000-7000-8000-000000000002"
CODE = {"code": "card_late", "definition": "It has not come [yet].", "examples": {"positive": [], "negative": []}}
FILE = "name: {name}\ntitle: Cards\ncodes:\n  - code: card_late\n    definition: It has not come.\n"
Run = Callable[..., str]


def codebook(**fields: object) -> dict[str, object]:
    usual = {"id": ID, "name": "cards", "title": "Cards", "unit": "statement", "choice": "one", "version": 1}
    return {**usual, "revision": 4, "is_shipped": False, "is_active": True, "codes": [CODE], **fields}


class Platform:
    """A platform with one codebook, that remembers what it was sent."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, Any]] = []
        self.headers: list[httpx2.Headers] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        path = request.url.path.removeprefix("/enrichment/v1")
        if request.method == "POST":
            self.sent.append((path, json.loads(request.read() or b"null")))
            self.headers.append(request.headers)
        return httpx2.Response(200, json=self._answer(path, request.method))

    def _answer(self, path: str, method: str) -> dict[str, object]:
        if path.endswith("/labels"):
            return {"added": len(self.sent[-1][1]["labels"]), "replaced": 0, "training_job_id": JOB}
        if path.endswith("/trainings"):
            progress = {"done": 1, "total": 1}
            ended = {"status": "succeeded", "progress": progress, "result": {}, "error": None}
            return {"id": JOB, "kind": "codebook-training", **ended}
        if path.endswith("/scores"):
            estimate = {"value": 0.8, "low": 0.7, "high": 0.9}
            code = {"code": "card_late", "present": 20, "precision": estimate, "recall": None, "f1": estimate}
            return {"version": 1, "labels": 40, "trained_at": "2026-11-25T08:00:00Z", "codes": [code]}
        if path == "/codebooks" and method == "GET":
            return {"items": [codebook()], "next_cursor": None}
        return codebook(version=2) if path.endswith("/versions") else codebook()


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> Platform:
    made = Platform()
    monkeypatch.setattr(
        "kit.cli.codebooks.connect", lambda: Api("http://platform", "pq_key", httpx2.MockTransport(made))
    )
    return made


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command and gives what it printed, errors included."""

    def command(*arguments: object) -> str:
        monkeypatch.setattr(sys, "argv", ["pourquoi", "codebook", *map(str, arguments)])
        with pytest.raises(SystemExit):
            main()
        printed = capsys.readouterr()
        return printed.out + printed.err

    return command


def written(folder: Path, content: str) -> Path:
    file = folder / "file"
    file.write_text(content, encoding="utf-8")
    return file


def test_a_codebook_is_made_from_a_file(platform: Platform, run: Run, tmp_path: Path) -> None:
    printed = run("create", written(tmp_path, FILE.format(name="loans")))

    assert "Codebook 'cards' has the id" in printed
    [(path, body)] = platform.sent
    assert (path, body["name"], body["codes"][0]["code"]) == ("/codebooks", "loans", "card_late")


def test_a_file_with_a_known_name_is_the_next_version(platform: Platform, run: Run, tmp_path: Path) -> None:
    printed = run("create", written(tmp_path, FILE.format(name="cards")))

    assert printed == "Version 2 of codebook 'cards' takes effect in a moment.\n"
    [(path, body)] = platform.sent
    assert (path, sorted(body)) == (f"/codebooks/{ID}/versions", ["codes", "title"])
    assert platform.headers[0]["If-Match"] == '"4"'


def test_labels_are_sent_in_parts_and_trained_with(platform: Platform, run: Run, tmp_path: Path) -> None:
    rows = "".join(f"passage {row},{'card_late' if row % 2 else ''}\n" for row in range(501))

    printed = run(
        "label", "cards", written(tmp_path, f"said,category\n{rows}"), "--text", "said", "--codes", "category"
    )

    assert "501 new labels, 0 replaced." in printed
    assert "0.80 [0.70, 0.90]" in printed
    assert [path.rsplit("/", 1)[1] for path, _ in platform.sent] == ["labels", "labels", "trainings"]
    assert platform.sent[0][1]["labels"][:2] == [
        {"text": "passage 0", "codes": []},
        {"text": "passage 1", "codes": ["card_late"]},
    ]


def test_a_file_without_the_column_says_which_option_names_it(platform: Platform, run: Run, tmp_path: Path) -> None:
    printed = run("label", "cards", written(tmp_path, "text,label\na,b\n"))

    assert "has no column 'codes'; say which it is with --text or --codes." in printed.replace("\n", " ")
    assert platform.sent == []


def test_codebooks_are_listed_and_shown_with_their_scores(platform: Platform, run: Run) -> None:
    assert "own" in run("list")
    shown = run("show", "cards")
    assert "It has not come [yet]." in shown
    assert "0.80 [0.70, 0.90]" in shown
    assert "No codebook is called 'else'" in run("show", "else")
