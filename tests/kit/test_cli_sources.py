"""`pourquoi source`: what the commands ask of the platform, and what they say of its answers."""

import sys
from collections.abc import Callable

import httpx2
import pytest

from kit.cli import main
from kit.cli.client import Api
from kit.cli.errors import CommandError
from kit.cli.sources import settings_of

SOURCE = "01990000-0000-7000-8000-000000000001"
RUN = "01990000-0000-7000-8000-000000000002"
Run = Callable[..., str]


def source(**fields: object) -> dict[str, object]:
    return {
        "id": SOURCE,
        "name": "Rail [news]",
        "kind": "feed",
        "config": {"url": "https://news.example/rail.xml"},
        "study_id": None,
        "every_seconds": 600,
        "unmatched": "keep",
        "sample_rate": 0.01,
        "keeps_handles": False,
        "privacy": "public",
        "retention_days": None,
        "state": "active",
        "health": {"status": "late", "reason": "No post for 3 h, more than 3 times its usual gap of 40 min."},
        "next_due_at": None,
        "last_post_at": None,
        **fields,
    }


def a_run(status: str, **fields: object) -> dict[str, object]:
    counts = dict.fromkeys(("fetched", "new", "updated", "duplicate", "rejected", "deleted", "dropped"), 0)
    times = {"started_at": "2026-11-25T08:00:00Z", "ended_at": None}
    return {"id": RUN, "lane": "live", "status": status, **times, **counts, "error": "", "rejections": [], **fields}


class Platform:
    """A platform with one source, that remembers what it was asked."""

    def __init__(self) -> None:
        self.seen: list[httpx2.Request] = []
        self.runs = [a_run("queued"), a_run("running", fetched=3)]

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        request.read()
        self.seen.append(request)
        if request.method == "DELETE":
            return httpx2.Response(204)
        if "/runs" in request.url.path:
            return self._run(request)
        if request.url.path.endswith("/sources") and request.method == "GET":
            return httpx2.Response(200, json={"items": [source()], "next_cursor": None})
        return httpx2.Response(200, json=source(state="paused" if b"paused" in request.content else "active"))

    def _run(self, request: httpx2.Request) -> httpx2.Response:
        if request.url.path.endswith("/runs") and request.method == "GET":
            return httpx2.Response(200, json={"items": [self.runs[-1]], "next_cursor": None})
        return httpx2.Response(202, json=self.runs.pop(0) if len(self.runs) > 1 else self.runs[0])


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> Platform:
    made = Platform()
    api = Api("http://platform", "pq_key", httpx2.MockTransport(made))
    monkeypatch.setattr("kit.cli.sources.connect", lambda: api)
    monkeypatch.setattr("kit.cli.sources._POLL_SECONDS", 0.0)
    return made


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command and gives what it printed, errors included."""

    def command(*arguments: str) -> str:
        monkeypatch.setattr(sys, "argv", ["pourquoi", "source", *arguments])
        with pytest.raises(SystemExit):
            main()
        printed = capsys.readouterr()
        return printed.out + printed.err

    return command


def test_settings_are_json_where_they_can_be_and_text_otherwise() -> None:
    given = ["url=https://a.example/?q=1", 'hashtags=["trains"]', "since_days=7", "token=env:SOURCE_TOKEN"]

    assert settings_of(given) == {
        "url": "https://a.example/?q=1",
        "hashtags": ["trains"],
        "since_days": 7,
        "token": "env:SOURCE_TOKEN",
    }
    with pytest.raises(CommandError, match="--set NAME=VALUE"):
        settings_of(["url"])


def test_a_source_is_added_with_its_terms(platform: Platform, run: Run) -> None:
    printed = run(
        "add", "Rail", "--kind", "feed", "--set", "url=https://news.example/rail.xml", "--unmatched", "sample"
    )

    assert printed == f"Source 'Rail [news]' has the id {SOURCE}.\n"
    assert b'"config":{"url":"https://news.example/rail.xml"}' in platform.seen[0].content
    assert b'"unmatched":"sample"' in platform.seen[0].content


def test_the_list_says_how_each_source_does_and_why(platform: Platform, run: Run) -> None:
    printed = run("list")

    assert "Rail [news]" in printed
    assert "late" in printed
    assert "more than 3 times its usual gap of 40 min." in printed


def test_a_source_is_shown_by_name(platform: Platform, run: Run) -> None:
    assert "https://news.example/rail.xml" in run("show", "rail [NEWS]")
    assert "No source is called 'else'. `pourquoi source list` shows them." in run("show", "else")


def test_a_run_is_watched_to_its_end(platform: Platform, run: Run) -> None:
    rejections = [{"line": 2, "reason": "text: is missing."}]
    platform.runs.append(a_run("succeeded", fetched=5, new=3, duplicate=1, rejected=1, rejections=rejections))

    printed = run("run", SOURCE)

    assert "5 items read: 3 new posts, 1 known already, 1 item rejected." in printed
    assert "item 2: text: is missing." in printed


def test_a_run_that_fails_ends_with_its_reason(platform: Platform, run: Run) -> None:
    platform.runs.append(a_run("failed", error="The server answered 500."))

    assert "Error: The run failed: The server answered 500." in run("run", SOURCE)
    assert "The server answered 500." in run("runs", SOURCE)


def test_a_source_is_paused_resumed_and_removed(platform: Platform, run: Run) -> None:
    assert run("pause", SOURCE) == "Source 'Rail [news]' is paused.\n"
    assert run("resume", SOURCE) == "Source 'Rail [news]' is active.\n"
    assert "its posts stay" in run("remove", SOURCE, "--yes")
    assert platform.seen[-1].method == "DELETE"
