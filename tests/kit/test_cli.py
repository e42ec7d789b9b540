"""The command line: it teaches, says in one sentence what is wrong, and shows what the platform answers."""

import asyncio
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from uuid import UUID

import httpx2
import pytest

from kit.auth import KeyFile
from kit.cli import main
from kit.cli.client import Api
from kit.cli.errors import CommandError
from kit.cli.headlines import show_headlines
from kit.cli.posts import fields, upload
from kit.cli.views import Headlines, Job, JobStatus, Study
from kit.engines import EmbeddedNats
from kit.events import Bus, Envelope, Namespace, seal
from pourquoi.ingest.v1.events_pb2 import Post, PostCollected

STUDY = UUID("0199aaaa-0000-7000-8000-000000000001")
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Runs a command in an empty folder and gives its exit code, output and errors."""
    for name in ("POURQUOI_URL", "POURQUOI_KEY", "POURQUOI_KEYS_FILE", "NATS_URL", "POURQUOI_NATS_PREFIX"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("POURQUOI_HOME", str(tmp_path / "home"))

    def command(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["pourquoi", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        return int(ended.value.code or 0), printed.out, printed.err

    return command


def platform(*answers: tuple[str, str, int, object]) -> tuple[Api, list[httpx2.Request]]:
    """A platform that gives these answers (method, path, status, body), in order where a path has several."""
    waiting, seen = list(answers), []

    def answer(request: httpx2.Request) -> httpx2.Response:
        request.read()
        seen.append(request)
        matching = [each for each in waiting if each[:2] == (request.method, request.url.path)]
        assert matching, f"{request.method} {request.url.path} is not expected."
        if len(matching) > 1:
            waiting.remove(matching[0])
        return httpx2.Response(matching[0][2], json=matching[0][3])

    return Api("http://platform", "pq_key", httpx2.MockTransport(answer)), seen


def job(status: str, done: int = 0, result: object = None, error: str | None = None) -> dict[str, object]:
    progress = {"done": done, "total": 10}
    return {
        "id": str(STUDY),
        "kind": "import",
        "status": status,
        "progress": progress,
        "result": result,
        "error": error,
    }


def study(name: str = "Airline service") -> dict[str, object]:
    texts = dict.fromkeys(("question", "objective", "target_behaviour", "query"), "")
    return {"id": str(STUDY), "name": name, "languages": [], **texts}


def test_without_a_platform_a_command_says_how_to_start_one(run: Run) -> None:
    code, printed, errors = run("study", "list")

    assert code == 1
    assert printed == ""
    assert "Start one with `pourquoi up`" in errors
    assert "Traceback" not in errors


def test_a_platform_that_does_not_answer_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POURQUOI_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("POURQUOI_KEY", "pq_key")

    code, _, errors = run("study", "list")

    assert code == 1
    assert "Pourquoi does not answer at http://127.0.0.1:9" in errors


@pytest.mark.parametrize(
    "command",
    [
        "up",
        "demo",
        "import",
        "study",
        "source",
        "insights",
        "headlines",
        "segment",
        "events",
        "key",
        "erase",
        "erasures",
    ],
)
def test_every_command_explains_itself(run: Run, command: str) -> None:
    code, printed, _ = run(command, "--help")

    assert code == 0
    assert f"pourquoi {command}" in printed


def test_a_key_is_created_listed_and_revoked(run: Run, tmp_path: Path) -> None:
    _, key, _ = run("key", "create", "--workspace", "acme", "--scope", "read", "--name", "dashboard")
    _, listed, _ = run("key", "list")
    key_id = key.split("_")[1]
    _, revoked, _ = run("key", "revoke", key_id)

    file = tmp_path / "home" / "keys.json"
    assert re.search(rf"{key_id} +acme +read +dashboard", listed)
    assert revoked == f"Key {key_id} is revoked.\n"
    assert KeyFile(file).records() == {}
    assert file.stat().st_mode & 0o077 == 0


def test_a_scope_that_does_not_exist_is_refused(run: Run) -> None:
    code, _, errors = run("key", "create", "--scope", "everything")

    assert code == 1
    assert "No scope is called everything. There are: read, write, review, admin, personal." in errors


def test_a_problem_becomes_its_detail() -> None:
    api, _ = platform(
        ("GET", f"/ingest/v1/studies/{STUDY}", 404, {"title": "Not found", "status": 404, "detail": "No."})
    )

    with pytest.raises(CommandError, match=r"^No\.$"):
        api.study(str(STUDY))


def test_an_answer_of_something_in_between_still_reads_well() -> None:
    api, _ = platform(("GET", f"/ingest/v1/studies/{STUDY}", 500, "gateway trouble"))

    with pytest.raises(CommandError, match="The answer was HTTP 500"):
        api.study(str(STUDY))


def test_a_study_is_found_by_name_on_a_later_page() -> None:
    path = "/ingest/v1/studies"
    api, seen = platform(
        ("GET", path, 200, {"items": [study("Other")], "next_cursor": "more"}),
        ("GET", path, 200, {"items": [study()], "next_cursor": None}),
    )

    found = api.study("airline SERVICE")

    assert found.id == STUDY
    assert seen[1].url.params["cursor"] == "more"
    assert seen[0].headers["authorization"] == "Bearer pq_key"


def test_a_job_is_watched_to_its_end() -> None:
    path = f"/ingest/v1/jobs/{STUDY}"
    api, _ = platform(
        ("GET", path, 200, job("running", 4)), ("GET", path, 200, job("succeeded", 10, result={"posts": 10}))
    )
    reported: list[int] = []

    done = api.finish("ingest", Job.model_validate(job("queued")), lambda job: reported.append(job.progress.done))

    assert done.status is JobStatus.SUCCEEDED
    assert reported == [4, 10]


def test_a_failed_job_ends_the_command_with_its_error() -> None:
    api, _ = platform(("GET", f"/ingest/v1/jobs/{STUDY}", 200, job("failed", error="No column looks like text.")))

    with pytest.raises(CommandError, match=r"The import failed: No column looks like text\."):
        api.finish("ingest", Job.model_validate(job("running")), lambda _: None)


def test_an_import_that_failed_before_is_tried_anew(tmp_path: Path) -> None:
    file, path = tmp_path / "posts.csv", f"/ingest/v1/studies/{STUDY}/imports"
    file.write_text("text\nHello\n")
    outcome = {"received": 1, "accepted": 1, "updated": 0, "duplicates": 0, "unmatched": 0, "rejected_count": 0}
    outcome["rejected"] = []
    api, seen = platform(("POST", path, 202, job("failed")), ("POST", path, 202, job("succeeded", result=outcome)))

    assert upload(api, Study.model_validate(study()), file, fields("text=text"), key="once").accepted == 1

    assert seen[0].headers["idempotency-key"] == "once"
    assert "idempotency-key" not in seen[1].headers
    assert b"Hello" in seen[1].content
    assert b"text=text" in seen[1].content


def share(value: float) -> dict[str, float]:
    return {"value": value, "low": value - 0.01, "high": value + 0.01}


def quotes(*texts: str) -> list[dict[str, str]]:
    return [{"text": text, "platform": "x", "published_at": "2026-02-20T10:00:00Z"} for text in texts]


def test_headlines_show_claim_share_quotes_counter_evidence_and_remainder(capsys: pytest.CaptureFixture[str]) -> None:
    insight = {
        "id": str(STUDY),
        "study_id": str(STUDY),
        "status": "draft",
        "revision": 1,
        "label": "lost bags",
        "claim": "12 % of posts are about lost bags.",
        "share": share(0.12),
        "posts": 1200,
        "authors": 900,
        "trend": {"direction": "rising", "previous": share(0.08), "current": share(0.16)},
        "evidence": quotes("My bag is [lost] again", "Still no bag", "Third time now"),
        "counter_evidence": quotes("Bag was there in a minute"),
    }
    remainder = {"share": 0.4, "abstained": 0.1, "suppressed": 0.0, "rejected": 0.0, "beyond_limit": 0.3}
    headlines = {"state": "ready", "segmentation": None, "posts": 10000, "items": [insight], "remainder": remainder}

    show_headlines(Headlines.model_validate(headlines))

    printed = " ".join(capsys.readouterr().out.replace("│", " ").split())
    assert "12 % of posts are about lost bags." in printed
    assert "12.0 % of posts, 95 % interval 11.0 % to 13.0 % · 1,200 posts by 900 authors" in printed
    assert "rising 8.0 % to 16.0 %" in printed
    assert "+ “My bag is [lost] again”" in printed
    assert "“Third time now”" not in printed
    assert "− “Bag was there in a minute”" in printed
    assert "No headline speaks of 40.0 % of the 10,000 posts: 10.0 % fit no segment, 30.0 % rank below" in printed


def publish(url: str, prefix: str, envelopes: Iterable[Envelope]) -> None:
    async def send() -> None:
        bus = Bus(url, Namespace(prefix))
        await bus.connect()
        await bus.ensure_streams(["ingest", "enrichment", "segmentation", "insight"])
        await bus.publish(list(envelopes))
        await bus.close()

    asyncio.run(send())


def test_dead_letters_are_listed_and_replayed(
    run: Run, nats_server: EmbeddedNats, nats_prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NATS_URL", nats_server.url)
    monkeypatch.setenv("POURQUOI_NATS_PREFIX", nats_prefix)
    original = seal(PostCollected(post=Post(id="p1")), "alpha")
    letter = {"pq-consumer": "enrichment", "pq-subject": original.subject, "pq-error": "ValueError: bad vector"}
    dead = Envelope("dead.ingest.enrichment", {**original.headers, **letter}, original.payload)
    publish(nats_server.url, nats_prefix, [dead])

    _, listed, _ = run("dead-letters", "list")
    _, nothing, _ = run("dead-letters", "replay", "unknown-id")
    _, replayed, _ = run("dead-letters", "replay", original.id)
    _, left, _ = run("dead-letters", "list")

    assert original.id in listed
    assert "ingest.v1.PostCollected" in listed
    assert "ValueError: bad vector" in listed
    assert nothing == "0 events replayed.\n"
    assert replayed == "1 event replayed.\n"
    assert left == "No dead letters.\n"


def test_events_are_printed_until_somebody_stops_it(nats_server: EmbeddedNats, nats_prefix: str) -> None:
    event = seal(PostCollected(post=Post(id="p1", text="Hello")), "alpha")
    publish(nats_server.url, nats_prefix, [event])
    environment = {"NATS_URL": nats_server.url, "POURQUOI_NATS_PREFIX": nats_prefix}
    command = [sys.executable, "-c", "from kit.cli import main; main()", "events", "tail", "--from-start", "--full"]

    # Who runs the tests in the background may ignore SIGINT, and a child inherits that.
    with subprocess.Popen(
        command,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    ) as tail:
        assert tail.stdout is not None
        lines = [tail.stdout.readline() for _ in range(4)]
        tail.send_signal(signal.SIGINT)
        _, errors = tail.communicate(timeout=20)

    assert event.id in lines[0]
    assert "ingest.v1.PostCollected" in lines[0]
    assert '"id": "p1"' in "".join(lines)
    assert errors == ""
    assert tail.returncode == 0
