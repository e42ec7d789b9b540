"""Subprocesses that write a log and never outlive the process that started them."""

import atexit
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

from kit.local.accounts import Account

_LINE_CHARACTERS = 300
_LOG_BYTES = 10 * 1024 * 1024
# The kernel closes this shell's standard input when the owner dies, however it dies; then it ends the child.
_LEASH = 'read -r _; kill -s "$0" "$1"'


class ChildError(RuntimeError):
    """A child did not start or did not stay; the message holds the end of its log."""


class Child:
    """One subprocess, in a session of its own so that Ctrl-C in a terminal reaches only its owner."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        log: Path,
        environment: Mapping[str, str] | None = None,
        account: Account | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
    ) -> None:
        self.name = name
        self.command = list(command)
        self.log = log
        self._environment = dict(os.environ if environment is None else environment)
        self._account = account or Account()
        self._stop_signal = stop_signal
        self._process: subprocess.Popen[bytes] | None = None
        self._leash: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process id; raises `ChildError` when the child was not started."""
        if self._process is None:
            raise ChildError(f"{self.name} was not started.")
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether the process lives."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Starts the process; its output is appended to the log."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        _limit(self.log)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self._environment,
                start_new_session=True,
                user=self._account.name,
                group=self._account.name,
                extra_groups=[] if self._account.name else None,
            )
        self._leash = subprocess.Popen(
            ["/bin/sh", "-c", _LEASH, self._stop_signal.name.removeprefix("SIG"), str(self._process.pid)],
            stdin=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        atexit.register(self.stop)

    def wait_until(self, is_ready: Callable[[], bool], seconds: float) -> None:
        """Polls until `is_ready`.

        Raises `ChildError` when the child dies first or needs longer than `seconds`; then it is ended.
        """
        deadline = time.monotonic() + seconds
        while not is_ready():
            if not self.is_running:
                raise ChildError(f"{self.name} did not start. {self.ending()}")
            if time.monotonic() > deadline:
                self.kill()
                raise ChildError(f"{self.name} was not ready within {seconds:.0f} seconds. {self.ending()}")
            time.sleep(0.05)

    def wait(self, seconds: float) -> int:
        """Waits for the process to end by itself and returns its exit code; raises `ChildError` when late."""
        self.wait_until(lambda: not self.is_running, seconds)
        self._release()
        return self._process.returncode if self._process else 0

    def ask_to_stop(self) -> None:
        """Sends the signal to end and returns at once."""
        if self._process is not None and self.is_running:
            self._process.send_signal(self._stop_signal)

    def stop(self, seconds: float = 30.0) -> None:
        """Asks the process to end, and kills it when it takes longer than `seconds`."""
        self.ask_to_stop()
        self.end_within(seconds)

    def end_within(self, seconds: float) -> None:
        """Waits for the process to end, and kills it when it takes longer than `seconds`."""
        if self._process is not None:
            try:
                self._process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.kill()
        self._release()

    def kill(self) -> None:
        """Ends the process and everything it started at once, as a crash would (SIGKILL)."""
        if self._process is not None and self.is_running:
            offspring = psutil.Process(self._process.pid).children(recursive=True)
            self._process.kill()
            for process in offspring:
                with suppress(psutil.NoSuchProcess):
                    process.kill()
            self._process.wait()
            deadline = time.monotonic() + 5
            while not all(map(_has_ended, offspring)) and time.monotonic() < deadline:
                time.sleep(0.01)
        self._release()

    def ending(self, lines: int = 15) -> str:
        """Where the log lies and how it ends, for error messages."""
        last = self.log.read_text(errors="replace").splitlines()[-lines:] if self.log.exists() else []
        return "\n".join([f"Its log {self.log} ends with:", *(f"  {_cut(line)}" for line in last or ["(nothing)"])])

    def _release(self) -> None:
        atexit.unregister(self.stop)
        if self._process is not None and not self.is_running and self._leash is not None:
            self._leash.kill()
            self._leash.communicate()
            self._leash = None


def stop_together(children: Sequence[Child]) -> None:
    """Asks all of them to end, the last started first, and waits for each."""
    for child in reversed(children):
        child.ask_to_stop()
    for child in reversed(children):
        child.end_within(30.0)


def _limit(log: Path) -> None:
    if log.exists() and log.stat().st_size > _LOG_BYTES:
        log.replace(log.with_suffix(f"{log.suffix}.1"))


def _cut(line: str) -> str:
    """Long lines are tracebacks in JSON: they say where at their beginning and what at their end."""
    return line if len(line) <= _LINE_CHARACTERS else f"{line[: _LINE_CHARACTERS // 3]} ... {line[-_LINE_CHARACTERS:]}"


def _has_ended(process: psutil.Process) -> bool:
    """An orphan that nobody collected is a zombie, and has ended too."""
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
