"""The local launcher: one command starts everything, nothing is left behind, and state survives."""

import socket
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import httpx2
import psutil
import pytest

from kit.engines import EmbeddedPostgres
from kit.local.children import Child, ChildError
from kit.local.databases import DatabaseServer
from kit.local.home import AlreadyRunning, Home, Platform
from kit.local.launcher import Local, ServiceSpec
from kit.local.ports import Ports
from kit.local.psql import run_psql

SERVICES = (ServiceSpec("alpha", (0, 0), secret="ALPHA_SECRET"), ServiceSpec("beta", (0, 0), calls=("alpha",)))
SERVICE = """
    import json, os, sys
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            if self.path == "/die":
                os._exit(3)
            if self.path == "/big":
                return self.answer_much()
            self.answer(0)

        def do_POST(self):
            self.answer(sum(self.chunks()))

        def chunks(self):
            if "content-length" in self.headers:
                yield len(self.rfile.read(int(self.headers["content-length"])))
                return
            while size := int(self.rfile.readline(), 16):
                self.rfile.read(size + 2)
                yield size

        def answer(self, received):
            seen = {"path": self.path, "headers": dict(self.headers), "received": received, "env": dict(os.environ)}
            body = json.dumps(seen).encode()
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def answer_much(self):
            self.send_response(200)
            self.end_headers()
            for _ in range(64):
                self.wfile.write(bytes(1024 * 1024))

    if sys.argv[1:] != ["serve", "--migrate"] or "BROKEN_MIGRATION" in os.environ:
        sys.exit(os.environ.get("BROKEN_MIGRATION", "usage"))
    print("ready to serve", flush=True)
    ThreadingHTTPServer(("127.0.0.1", int(os.environ["POURQUOI_HTTP_PORT"])), Handler).serve_forever()
"""


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("packages")
    for spec in SERVICES:
        (folder / f"{spec.name}.py").write_text(textwrap.dedent(SERVICE))
    return folder


@pytest.fixture
def folder(engine_folder: Path) -> Iterator[Path]:
    """A folder that PostgreSQL may enter when root runs the tests; other runs of pytest close `tmp_path` to it."""
    with tempfile.TemporaryDirectory(dir=engine_folder) as name:
        yield Path(name)


@pytest.fixture(scope="module")
def home(engine_folder: Path) -> Iterator[Home]:
    with tempfile.TemporaryDirectory(dir=engine_folder) as name:
        yield Home(Path(name))


@pytest.fixture(scope="module")
def platform(packages: Path, home: Home) -> Iterator[Platform]:
    with launcher(home, packages) as platform:
        yield platform


def launcher(home: Home, packages: Path, **environment: str) -> Local:
    return Local(home, port=0, services=SERVICES, environment={"PYTHONPATH": str(packages), **environment})


def resident_megabytes(name: str) -> float:
    found = [process for process in psutil.process_iter(["cmdline"]) if name in (process.info["cmdline"] or [])]
    return max(process.memory_info().rss for process in found) / 1024 / 1024


def answers(url: str) -> bool:
    try:
        return httpx2.get(url).is_success
    except httpx2.TransportError:
        return False


def wait_for(condition: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "It did not happen in time."
        time.sleep(0.02)


def test_every_service_answers_below_its_name(platform: Platform) -> None:
    for service in ("alpha", "beta"):
        seen = httpx2.get(f"{platform.url}/{service}/v1/a%2Fb?q=%20x&q=y", headers={"X-Mine": "1"}).json()
        assert seen["path"] == "/v1/a%2Fb?q=%20x&q=y"
        assert seen["headers"]["x-forwarded-prefix"] == f"/{service}"
        assert seen["headers"]["x-mine"] == "1"


def test_a_service_is_told_its_engines_and_its_peers(platform: Platform) -> None:
    beta = httpx2.get(f"{platform.url}/beta/").json()["env"]

    assert beta["BETA_ALPHA_TARGET"] == f"127.0.0.1:{platform.services['alpha'].grpc}"
    assert beta["NATS_URL"] == platform.nats_url
    assert run_psql(beta["DATABASE_URL"], "SELECT current_user;") == "pourquoi_beta"


def test_large_bodies_stream_through_the_gateway_in_constant_memory(platform: Platform) -> None:
    megabyte = bytes(1024 * 1024)
    before = resident_megabytes("kit.local.gateway")

    sent = httpx2.post(f"{platform.url}/alpha/upload", content=(megabyte for _ in range(64)), timeout=60).json()
    with httpx2.stream("GET", f"{platform.url}/alpha/big", timeout=60) as answer:
        received = sum(len(chunk) for chunk in answer.iter_bytes())

    assert sent["received"] == received == 64 * 1024 * 1024
    assert resident_megabytes("kit.local.gateway") - before < 24


def test_the_first_page_links_the_documentation(platform: Platform) -> None:
    page = httpx2.get(platform.url).text

    assert "/alpha/docs" in page
    assert "/beta/docs" in page


def test_an_unknown_service_is_a_problem(platform: Platform) -> None:
    answer = httpx2.get(f"{platform.url}/gamma/v1")

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"] == "No service is called 'gamma'. There are: alpha, beta."


def test_other_commands_find_the_running_platform(platform: Platform, home: Home) -> None:
    assert home.running() == platform


def test_a_second_launcher_does_not_touch_a_running_platform(platform: Platform, home: Home, packages: Path) -> None:
    with pytest.raises(AlreadyRunning), launcher(home, packages):
        pass

    assert httpx2.get(f"{platform.url}/alpha/").status_code == 200
    assert home.running() == platform


def test_a_busy_port_is_replaced(packages: Path, folder: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        busy = other.getsockname()[1]
        local = launcher(Home(folder), packages)
        local.port = busy
        with local as platform:
            assert not platform.url.endswith(f":{busy}")
            assert httpx2.get(platform.url).status_code == 200


def test_two_launchers_never_choose_the_same_port() -> None:
    with closing(Ports()) as first, closing(Ports()) as second:
        wished = first.take()
        assert second.take(wished) != wished
        first.close()
        assert second.take(wished) == wished


def test_rows_keys_and_secrets_survive_a_restart(packages: Path, folder: Path) -> None:
    with launcher(Home(folder), packages) as first:
        environment = httpx2.get(f"{first.url}/alpha/").json()["env"]
        url = environment["DATABASE_URL"]
        run_psql(url, "CREATE TABLE notes AS SELECT 'kept' AS note;")

    with launcher(Home(folder), packages) as second:
        assert run_psql(url, "SELECT note FROM notes;") == "kept"
        assert second.key == first.key
        kept = httpx2.get(f"{second.url}/alpha/").json()["env"]
        assert kept["ALPHA_SECRET"] == environment["ALPHA_SECRET"] != ""


def test_a_stop_leaves_nothing_behind(packages: Path, folder: Path) -> None:
    others = set(psutil.Process().children())
    local = launcher(Home(folder), packages)

    with local:
        started = set(psutil.Process().children()) - others
        assert len(local.parts) == 5 <= len(started)

    assert not any(process.is_running() for process in started)
    assert Home(folder).running() is None


def test_a_service_that_dies_is_reported_with_the_end_of_its_log(packages: Path, folder: Path) -> None:
    local = launcher(Home(folder), packages)
    with local as platform:
        assert httpx2.get(f"{platform.url}/beta/die").status_code == 502

        with pytest.raises(ChildError, match=r"(?s)beta ended unexpectedly.*ready to serve") as raised:
            local.watch()

    assert str(Home(folder).log("beta")) in str(raised.value)


def test_a_part_that_crashed_can_be_started_again(packages: Path, folder: Path) -> None:
    local = launcher(Home(folder), packages)
    with local as platform:
        for name, part in local.parts.items():
            part.kill()
            assert not part.is_running, name
            part.start()

        wait_for(lambda: all(answers(f"{platform.url}/{name}/") for name in ("alpha", "beta")))
        url = httpx2.get(f"{platform.url}/alpha/").json()["env"]["DATABASE_URL"]
        assert run_psql(url, "SELECT 1;") == "1"


def test_a_broken_migration_stops_the_start(packages: Path, folder: Path) -> None:
    local = launcher(Home(folder), packages, BROKEN_MIGRATION="column is missing")

    with pytest.raises(ChildError, match=r"(?s)alpha did not start.*column is missing"), local:
        pass

    assert not any(part.is_running for part in local.parts.values())


def test_a_server_of_the_users_gets_one_database_per_service(folder: Path) -> None:
    postgres = EmbeddedPostgres(folder, durable=False)
    postgres.start()
    postgres.execute("CREATE EXTENSION vector; CREATE ROLE owner LOGIN CREATEDB;", database="template1")

    url_of = DatabaseServer.at(postgres.url("postgres", user="owner")).databases(["alpha", "beta"])
    databases = [run_psql(url_of(name), "SELECT current_database();") for name in ("alpha", "beta")]
    with pytest.raises(ChildError, match="Name an ordinary role"):
        DatabaseServer.at(postgres.url("postgres")).databases(["alpha"])

    postgres.stop()
    assert databases == ["pourquoi_alpha", "pourquoi_beta"]


def test_a_child_that_ignores_the_signal_is_killed(folder: Path) -> None:
    script = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
    )
    child = Child("deaf", [sys.executable, "-c", script], log=folder / "log")
    child.start()
    wait_for(lambda: "deaf" in (folder / "log").read_text())

    child.stop(seconds=0.2)

    assert not child.is_running
