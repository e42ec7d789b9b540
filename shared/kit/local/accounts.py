"""The operating system account that PostgreSQL runs as, and what that account may reach."""

import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Self

_EVERYBODY_READS = stat.S_IRGRP | stat.S_IROTH
_EVERYBODY_ENTERS = stat.S_IXGRP | stat.S_IXOTH


class AccountError(RuntimeError):
    """The account cannot be made or may not have what it needs; the message says what to do."""


@dataclass(frozen=True)
class Account:
    """Whom a command runs as; without a name it is the caller."""

    name: str | None = None

    @classmethod
    def for_postgres(cls) -> Self:
        """The caller, or the account `pgserver` when the caller is root, whom PostgreSQL refuses."""
        if os.geteuid() != 0:
            return cls()
        _ensure_exists("pgserver")
        return cls("pgserver")

    @property
    def user_id(self) -> int:
        """Numeric id of the account."""
        return pwd.getpwnam(self.name).pw_uid if self.name else os.geteuid()

    @property
    def group_id(self) -> int:
        """Numeric id of the account's group."""
        return pwd.getpwnam(self.name).pw_gid if self.name else os.getegid()

    def own_folder(self, folder: Path) -> None:
        """Makes a folder that only this account may enter.

        Raises `AccountError` when it belongs to somebody else, who could plant or read what lies in it.
        """
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (self.user_id, os.geteuid()):
            raise AccountError(f"{folder} belongs to somebody else. Remove it, or work in another folder.")
        if self.name:
            shutil.chown(folder, self.user_id, self.group_id)
            self.reach(folder)

    def reach(self, path: Path) -> None:
        """Lets the account pass through (not list) the folders above `path`."""
        for folder in path.parents if self.name else ():
            mode = folder.stat().st_mode
            if not mode & stat.S_IXOTH:
                folder.chmod(mode | stat.S_IXOTH)

    def read_tree(self, folder: Path) -> None:
        """Lets the account read and run an installed tree, whatever umask it was installed with."""
        self.reach(folder)
        for path in (folder, *folder.rglob("*")) if self.name else ():
            mode = path.stat().st_mode
            wanted = mode | _EVERYBODY_READS | (_EVERYBODY_ENTERS if mode & stat.S_IXUSR else 0)
            if wanted != mode:
                path.chmod(wanted)


def _ensure_exists(name: str) -> None:
    try:
        pwd.getpwnam(name)
    except KeyError:
        command = [
            "useradd",
            "--system",
            "--user-group",
            "--no-create-home",
            "--shell",
            "/usr/sbin/nologin",
            name,
        ]
        made = subprocess.run(command, capture_output=True, text=True)
        if made.returncode != 0:
            raise AccountError(
                f"PostgreSQL refuses to run as root, and the account {name} could not be made "
                f"({made.stderr.strip()}). Make it, or start Pourquoi as an ordinary user."
            ) from None
