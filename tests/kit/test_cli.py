"""The command line: it teaches, says in one sentence what is wrong, and shows what the platform answers."""

import asyncio
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

import pytest

from kit.auth import KeyFile
from kit.cli import main
from kit.engines import EmbeddedNats
from kit.events import Bus, Envelope, Namespace, seal
from pourquoi.ingest.v1.events_pb2 import Post, PostCollected

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
