"""`pourquoi import` shows how a file would be read, asks where somebody can answer, and imports it just so."""

from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest
from typer.testing import CliRunner

from kit.cli import posts
from kit.cli.client import Api
from kit.cli.commands import app

STUDY = UUID("0199aaaa-0000-7000-8000-000000000001")
GUESS: dict[str, Any] = {
    "filename": "mentions.csv",
    "format": "csv",
    "encoding": "utf-8",
    "compression": "",
    "preset": {"name": "brandwatch", "title": "Brandwatch mentions (CSV)", "confidence": 1.0},
    "mapping": "preset:brandwatch",
    "fields": [{"field": "text", "columns": ["Full Text"], "origin": "preset"}],
    "unmapped_columns": ["Sentiment", "[odd]"],
    "privacy": "private",
    "posts": [{"line": 2, "post": {"text": "The 7:42 is late [again]"}}],
    "drift": [
        {
            "field": "author",
            "column": "Author",
            "problem": "renamed",
            "rows": 2,
            "suggestion": "Authors",
            "example_line": 3,
        }
    ],
    "warnings": ["The first 6 lines are no table and are passed over."],
}
OUTCOME: dict[str, Any] = {
    **dict.fromkeys(("received", "accepted"), 1),
    **dict.fromkeys(("updated", "duplicates", "unmatched", "rejected_count"), 0),
    "rejected": [],
    "left_aside": {"is a like": 2},
    "drift": [],
}


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[httpx2.Request]:
    """What a platform that answers every import was sent."""
    seen: list[httpx2.Request] = []
    job = {
        "id": str(STUDY),
        "kind": "import",
        "status": "succeeded",
        "progress": {"done": 1, "total": 1},
        "error": None,
    }
    texts = dict.fromkeys(("question", "objective", "target_behaviour", "query"), "")

    def answer(request: httpx2.Request) -> httpx2.Response:
        request.read()
        seen.append(request)
        if request.url.path.endswith("/previews"):
            return httpx2.Response(200, json=GUESS)
        if request.url.path.endswith("/imports"):
            return httpx2.Response(202, json={**job, "result": OUTCOME})
        return httpx2.Response(200, json={"id": str(STUDY), "name": "Trains", "languages": [], **texts})

    api = Api("http://platform", "pq_key", httpx2.MockTransport(answer))
    monkeypatch.setattr(posts, "connect", lambda: api)
    return seen


def run(*arguments: str) -> Any:
    return CliRunner().invoke(app, ["import", *arguments, "--study", str(STUDY)])


def test_the_guess_is_shown_and_what_it_says_is_imported(sent: list[httpx2.Request], tmp_path: Path) -> None:
    (tmp_path / "mentions.csv").write_text("Full Text\nhello\n")

    ended = run(str(tmp_path / "mentions.csv"))

    assert ended.exit_code == 0, ended.output
    printed = " ".join(ended.output.split())
    for shown in (
        "mentions.csv: csv, utf-8; Brandwatch mentions (CSV)",
        "text Full Text preset The 7:42 is late [again]",
        "Not used: Sentiment, [odd]",
        "The posts are private",
        "The first 6 lines are no table",
        "author from 'Author': renamed in 2 rows, first on line 3; is it 'Authors' now?",
        "1 line read: 1 new post, 0 known already, 2 left aside.",
    ):
        assert shown in printed
    assert [request.url.path.rsplit("/", 1)[1] for request in sent] == [str(STUDY), "previews", "imports"]
    assert b"preset:brandwatch" in sent[2].content


@pytest.mark.parametrize(("answer", "imported"), [("n\n", False), ("y\n", True)])
def test_somebody_at_a_terminal_is_asked(
    sent: list[httpx2.Request], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str, imported: bool
) -> None:
    (tmp_path / "mentions.csv").write_text("Full Text\nhello\n")
    monkeypatch.setattr(posts, "is_answered", lambda: True)

    ended = CliRunner().invoke(app, ["import", str(tmp_path / "mentions.csv"), "--study", str(STUDY)], input=answer)

    assert (ended.exit_code == 0) is imported
    assert any(request.url.path.endswith("/imports") for request in sent) is imported


def test_with_yes_nobody_is_asked(sent: list[httpx2.Request], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mentions.csv").write_text("Full Text\nhello\n")
    monkeypatch.setattr(posts, "is_answered", lambda: True)

    assert run(str(tmp_path / "mentions.csv"), "--yes").exit_code == 0


@pytest.mark.parametrize(("begin", "sends_all"), [(b"text\n", False), (b"PK\x03\x04", True), (b"PAR1", True)])
def test_of_a_large_file_only_the_beginning_is_sent_for_the_guess(
    sent: list[httpx2.Request], tmp_path: Path, begin: bytes, sends_all: bool
) -> None:
    (tmp_path / "large").write_bytes(begin + b"x" * 9_000_000)

    run(str(tmp_path / "large"))

    assert (len(sent[1].content) > 9_000_000) is sends_all
    assert len(sent[2].content) > 9_000_000
