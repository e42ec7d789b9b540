"""The embedded engines start, survive crashes and leave nothing behind."""

import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import nats
import psutil
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from kit.engines import EmbeddedNats, EmbeddedPostgres
from kit.local.children import ChildError

OWNER = """
import sys, time
from pathlib import Path
from kit.engines import EmbeddedNats, EmbeddedPostgres
folder = Path(sys.argv[1])
postgres, nats = EmbeddedPostgres(folder / "postgres", durable=False), EmbeddedNats(folder / "nats")
postgres.start()
nats.start()
print(postgres.child.pid, nats.child.pid, flush=True)
if sys.argv[2] == "stay":
    time.sleep(60)
"""


@pytest.fixture
def folder(engine_folder: Path) -> Iterator[Path]:
    """A folder that PostgreSQL may enter when root runs the tests; other runs of pytest close `tmp_path` to it."""
    with tempfile.TemporaryDirectory(dir=engine_folder) as name:
        yield Path(name)


@pytest.fixture
def postgres_engine(folder: Path) -> Iterator[EmbeddedPostgres]:
    engine = EmbeddedPostgres(folder / "postgres", durable=False)
    engine.start()
    yield engine
    engine.stop()


@pytest.fixture
def nats_engine(folder: Path) -> Iterator[EmbeddedNats]:
    engine = EmbeddedNats(folder / "nats")
    engine.start()
    yield engine
    engine.stop()


async def ask(url: str, *statements: str) -> object:
    """What the last statement answers."""
    engine = create_async_engine(url)
    try:
        async with engine.begin() as connection:
            results = [await connection.execute(text(statement)) for statement in statements]
            return results[-1].scalar() if results[-1].returns_rows else None
    finally:
        await engine.dispose()


def wait_for(condition: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "It did not happen in time."
        time.sleep(0.02)


def has_ended(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


async def test_a_service_is_bound_by_row_level_security(postgres_engine: EmbeddedPostgres) -> None:
    postgres_engine.ensure_database("ingest")
    postgres_engine.ensure_database("ingest")
    url = postgres_engine.url("ingest", user="ingest")

    privileged = await ask(url, "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
    owner = await ask(url, "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()")

    assert privileged is False
    assert owner == "ingest"


async def test_vectors_can_be_compared(postgres_engine: EmbeddedPostgres) -> None:
    postgres_engine.ensure_database("enrichment")

    distance = await ask(postgres_engine.url("enrichment"), "SELECT '[3,4]'::vector <-> '[0,0]'::vector")

    assert distance == 5.0


async def test_committed_rows_survive_a_crash_of_postgres(postgres_engine: EmbeddedPostgres) -> None:
    url = postgres_engine.url("postgres")
    await ask(url, "CREATE TABLE notes AS SELECT generate_series(1, 1000) AS note")
    offspring = [process.pid for process in psutil.Process(postgres_engine.child.pid).children()]

    postgres_engine.kill()

    assert not postgres_engine.is_running
    assert offspring
    assert all(has_ended(pid) for pid in offspring)
    postgres_engine.start()
    assert await ask(url, "SELECT count(*) FROM notes") == 1000


def test_a_lock_left_by_a_crash_does_not_hinder_the_next_start(postgres_engine: EmbeddedPostgres) -> None:
    lock = postgres_engine.folder / "databases" / "postmaster.pid"
    postgres_engine.kill()
    with subprocess.Popen(["sleep", "60"]) as stranger:
        lines = lock.read_text().splitlines()
        lock.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")

        postgres_engine.start()

        stranger_lives = stranger.poll() is None
        stranger.kill()
    assert postgres_engine.is_running
    assert stranger_lives


async def test_folders_with_long_or_odd_names_work(folder: Path) -> None:
    for name in ("with space, comma", "long" * 30):
        engine = EmbeddedPostgres(folder / name, durable=False)
        engine.start()
        answer = await ask(engine.url("postgres"), "SELECT 1")
        engine.stop()
        assert answer == 1


def test_a_refused_script_says_why(postgres_engine: EmbeddedPostgres) -> None:
    with pytest.raises(ChildError, match='relation "nowhere" does not exist'):
        postgres_engine.execute("SELECT * FROM nowhere")


def test_databases_of_another_version_are_refused(postgres_engine: EmbeddedPostgres) -> None:
    postgres_engine.stop()
    (postgres_engine.folder / "databases" / "PG_VERSION").write_text("15\n")

    with pytest.raises(ChildError, match="written by PostgreSQL 15"):
        postgres_engine.start()


def test_a_start_that_fails_shows_the_end_of_the_log(postgres_engine: EmbeddedPostgres) -> None:
    postgres_engine.stop()
    (postgres_engine.folder / "databases" / "postgresql.conf").write_text("no_such_setting = 1\n")

    with pytest.raises(ChildError, match="no_such_setting"):
        postgres_engine.start()


async def test_stored_messages_survive_a_crash_of_nats(nats_engine: EmbeddedNats) -> None:
    url = nats_engine.url
    client = await nats.connect(url)
    stream = client.jetstream()
    await stream.add_stream(name="NOTES", subjects=["notes"])
    for _ in range(20):
        await stream.publish("notes", b"kept")
    await client.close()

    nats_engine.kill()
    nats_engine.start()

    assert nats_engine.url == url
    client = await nats.connect(url)
    kept = (await client.jetstream().stream_info("NOTES")).state.messages
    await client.close()
    assert kept == 20


def test_a_busy_port_is_replaced(folder: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        busy = other.getsockname()[1]
        engine = EmbeddedNats(folder / "nats", port=busy)
        engine.start()
        url = engine.url
        engine.stop()

    assert not url.endswith(f":{busy}")


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL, None], ids=str)
def test_no_engine_outlives_its_owner(folder: Path, ending: signal.Signals | None) -> None:
    command = [sys.executable, "-c", OWNER, str(folder), "stay" if ending else "leave"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as owner:
        assert owner.stdout is not None
        pids = [int(pid) for pid in owner.stdout.readline().split()]
        if ending:
            assert not any(has_ended(pid) for pid in pids)
            owner.send_signal(ending)

    assert len(pids) == 2
    wait_for(lambda: all(has_ended(pid) for pid in pids))
