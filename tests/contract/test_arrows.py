"""The never-arrows that a graph of packages cannot see: who imports which library, builds SQL, commits."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SERVICES = ("ingest", "enrichment", "segmentation", "insight")
SOURCES = sorted(
    path
    for top in (ROOT / "shared" / "kit", *(ROOT / "services" / name / name for name in SERVICES))
    for path in top.rglob("*.py")
)
TESTING = Path("shared/kit/testing.py")


def where(path: Path) -> str:
    return str(path.relative_to(ROOT))


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def calls(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.func.attr


def importers(library: str) -> list[str]:
    return [
        where(path)
        for path in SOURCES
        if any(name == library or name.startswith(f"{library}.") for name in imports(path))
    ]


def test_only_the_events_package_imports_nats() -> None:
    assert [name for name in importers("nats") if not name.startswith("shared/kit/events/")] == []


def test_only_rpc_modules_import_grpc() -> None:
    assert [name for name in importers("grpc") if not name.endswith("/rpc.py")] == []


def test_only_telemetry_imports_the_opentelemetry_sdk() -> None:
    allowed = {"shared/kit/telemetry.py", where(ROOT / TESTING)}
    assert set(importers("opentelemetry.sdk")) <= allowed


@pytest.mark.parametrize("service", SERVICES)
def test_only_repositories_build_sql(service: str) -> None:
    builders = {
        where(path)
        for path in SOURCES
        if path.is_relative_to(ROOT / "services" / service)
        and any(name.startswith(("sqlalchemy", "sqlmodel", "alembic", "asyncpg")) for name in imports(path))
    }
    allowed = {name for name in builders if name.endswith(("/repository.py", "/models.py")) or "/migrations/" in name}
    assert builders == allowed


@pytest.mark.parametrize("service", SERVICES)
def test_no_service_commits_by_hand(service: str) -> None:
    """The boundary of a request, a call or a batch commits: `Database.session` and the kit's route."""
    folder = ROOT / "services" / service
    assert [where(path) for path in SOURCES if path.is_relative_to(folder) and "commit" in calls(path)] == []
