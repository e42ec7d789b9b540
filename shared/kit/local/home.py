"""The folder `.pourquoi`: databases, logs, keys, and what runs where."""

import fcntl
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ValidationError

from kit.auth import SERVICE, USUAL_SCOPES, KeyFile, create_key
from kit.db import EVERYWHERE

WORKSPACE = "default"


class ServiceAddress(BaseModel):
    """Where one service listens on this machine."""

    pid: int
    http: int
    grpc: int


class Platform(BaseModel):
    """A platform that runs on this machine."""

    pid: int
    url: str
    key: str
    nats_url: str
    services: dict[str, ServiceAddress]


class AlreadyRunning(RuntimeError):
    """Another process runs a platform on the same folder."""


class Secrets(BaseModel):
    """What the launcher makes up once and keeps."""

    key: str = ""
    service_key: str = ""
    cursor_secret: str = ""
    author_key: str = ""


@dataclass(frozen=True)
class Home:
    """The paths of one local platform."""

    folder: Path

    @classmethod
    def of(cls, environment: Mapping[str, str] = os.environ) -> "Home":
        """The folder that `POURQUOI_HOME` names, or `.pourquoi` in the working directory."""
        return cls(Path(environment.get("POURQUOI_HOME") or ".pourquoi").absolute())

    @property
    def keys(self) -> Path:
        """Hashes of the API keys."""
        return self.folder / "keys.json"

    def log(self, name: str) -> Path:
        """The log of one service or engine."""
        return self.folder / "logs" / f"{name}.log"

    @contextmanager
    def occupied(self) -> Iterator[None]:
        """Holds the folder for this process; raises `AlreadyRunning` when another one holds it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise AlreadyRunning(f"Another process runs Pourquoi in {self.folder}.") from None
            self._state.unlink(missing_ok=True)
            try:
                yield
            finally:
                self._state.unlink(missing_ok=True)

    def announce(self, platform: Platform) -> None:
        """Tells other commands what runs here."""
        _write_private(self._state, platform)

    def running(self) -> Platform | None:
        """The platform that runs here; None when there is none, or it is still starting."""
        if not self.is_occupied():
            return None
        with suppress(FileNotFoundError, ValidationError):
            return Platform.model_validate_json(self._state.read_text())
        return None

    def is_occupied(self) -> bool:
        """Whether a process runs a platform here; its death frees the folder, however it dies."""
        with suppress(FileNotFoundError), (self.folder / "lock").open() as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False

    def secrets(self) -> Secrets:
        """The secrets of this folder, made up where they are missing; their keys stand in the file of keys."""
        path = self.folder / "secrets.json"
        found = Secrets.model_validate_json(path.read_text()) if path.exists() else Secrets()
        kept = Secrets(
            key=self._ensure_key(found.key, WORKSPACE, list(USUAL_SCOPES), "local"),
            service_key=self._ensure_key(found.service_key, EVERYWHERE, [SERVICE], "services"),
            cursor_secret=found.cursor_secret or secrets.token_hex(32),
            author_key=found.author_key or secrets.token_hex(32),
        )
        if kept != found:
            _write_private(path, kept)
        return kept

    @property
    def _state(self) -> Path:
        return self.folder / "state.json"

    def _ensure_key(self, key: str, workspace: str, scopes: list[str], subject: str) -> str:
        records = KeyFile(self.keys).records()
        if key and key.split("_")[1] in records:
            return key
        key, record = create_key(workspace, scopes, subject)
        KeyFile(self.keys).write([*records.values(), record])
        return key


def _write_private(path: Path, content: BaseModel) -> None:
    draft = path.with_suffix(".new")
    draft.touch(mode=0o600)
    draft.write_text(content.model_dump_json(indent=2) + "\n")
    draft.replace(path)
