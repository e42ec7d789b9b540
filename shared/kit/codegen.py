"""Generates the Python code of the contracts in `proto/` into `shared/gen/`: `python -m kit.codegen`."""

import sys
import tempfile
from importlib.resources import files
from pathlib import Path

from grpc_tools import protoc

ROOT = Path(__file__).resolve().parents[2]
PROTO = ROOT / "proto"
GENERATED = ROOT / "shared" / "gen"


def generate(destination: Path) -> None:
    """Writes messages, stubs and their types below `destination`; raises `RuntimeError` when protoc refuses."""
    binaries = Path(sys.executable).parent
    status = protoc.main(
        [
            "protoc",
            f"--proto_path={PROTO}",
            f"--proto_path={files('grpc_tools') / '_proto'}",
            f"--plugin=protoc-gen-mypy={binaries / 'protoc-gen-mypy'}",
            f"--plugin=protoc-gen-mypy_grpc={binaries / 'protoc-gen-mypy_grpc'}",
            *(f"--{kind}_out={destination}" for kind in ("python", "grpc_python")),
            *(f"--{kind}_out=quiet:{destination}" for kind in ("mypy", "mypy_grpc")),
            *(str(path.relative_to(PROTO)) for path in sorted(PROTO.rglob("*.proto"))),
        ]
    )
    if status != 0:
        raise RuntimeError("protoc refused the contracts; its message stands above.")


def stale_files() -> list[str]:
    """Generated files that differ from what the contracts give now, by path below `shared/gen/`."""
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder)
        generate(fresh)
        names = {path.relative_to(top) for top in (fresh, GENERATED) for path in top.rglob("*.py*") if path.is_file()}
        return sorted(str(name) for name in names if "__pycache__" not in name.parts and _differ(name, fresh))


def _differ(name: Path, fresh: Path) -> bool:
    paths = (fresh / name, GENERATED / name)
    return not all(path.is_file() for path in paths) or paths[0].read_bytes() != paths[1].read_bytes()


if __name__ == "__main__":
    generate(GENERATED)
