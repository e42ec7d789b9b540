"""The one Dockerfile fits the services, the locked packages and the charts."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

HEAVY = {"torch", "transformers", "sentence-transformers"}


@pytest.fixture(scope="module")
def instructions(root: Path) -> list[tuple[str, str]]:
    text = re.sub(r"^#.*\n", "", (root / "services/Dockerfile").read_text(), flags=re.MULTILINE)
    lines = [line.strip() for line in text.replace("\\\n", " ").splitlines() if line.strip()]
    return [(line.split(maxsplit=1)[0], line.split(maxsplit=1)[1]) for line in lines]


def arguments(instructions: list[tuple[str, str]], name: str) -> list[str]:
    return [argument for instruction, argument in instructions if instruction == name]


def declared(pyproject: Path) -> set[str]:
    project = tomllib.loads(pyproject.read_text())["project"]
    return {canonicalize_name(Requirement(line).name) for line in project["dependencies"]}


def locked(root: Path) -> dict[str, str]:
    lines = (root / "requirements.lock").read_text().splitlines()
    pins = [re.match(r"([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;]+)", line) for line in lines]
    return {canonicalize_name(pin[1]): pin[2] for pin in pins if pin}


def test_everything_copied_exists_and_is_not_ignored(
    instructions: list[tuple[str, str]], root: Path, services: list[str]
) -> None:
    sent = {line[1:] for line in (root / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    copies = [argument for argument in arguments(instructions, "COPY") if not argument.startswith("--from")]

    assert copies
    for service in services:
        for copy in copies:
            source = copy.split()[0].replace("${SERVICE}", service)
            assert (root / source).exists(), source
            assert source.split("/")[0] in sent


def test_the_service_is_an_argument_of_both_stages(instructions: list[tuple[str, str]]) -> None:
    stages = [index for index, (name, _) in enumerate(instructions) if name == "FROM"]

    assert len(stages) == 2
    for start, end in zip(stages, [*stages[1:], len(instructions)], strict=True):
        assert "SERVICE" in arguments(instructions[start:end], "ARG")


def test_the_image_runs_as_the_user_and_on_the_ports_of_the_chart(
    instructions: list[tuple[str, str]], default: Any
) -> None:
    pod = default.one("Deployment", "pourquoi-ingest")["spec"]["template"]["spec"]
    security = pod["securityContext"]

    assert arguments(instructions, "USER") == [f"{security['runAsUser']}:{security['runAsGroup']}"]
    (exposed,) = arguments(instructions, "EXPOSE")
    assert exposed.split() == [str(port["containerPort"]) for port in pod["containers"][0]["ports"]]


def test_models_are_never_fetched_by_a_running_image(instructions: list[tuple[str, str]]) -> None:
    assert "HF_HUB_OFFLINE=1" in arguments(instructions, "ENV")[-1]


def test_every_install_but_the_last_keeps_to_the_lock(instructions: list[tuple[str, str]]) -> None:
    installs = [argument for argument in arguments(instructions, "RUN") if "pip install" in argument]

    assert ["--constraint requirements.lock" in install for install in installs] == [True, False]
    assert "--no-deps" in installs[-1]


def test_the_lock_pins_what_every_image_depends_on(root: Path, services: list[str]) -> None:
    pins = locked(root)
    pyprojects = [root / "shared/pyproject.toml", *(root / "services" / name / "pyproject.toml" for name in services)]

    for pyproject in pyprojects:
        assert declared(pyproject) - {"pourquoi-shared"} <= set(pins)


def test_only_the_image_of_enrichment_holds_torch(root: Path, services: list[str]) -> None:
    shared = declared(root / "shared/pyproject.toml")
    heavy = {name for name in services if HEAVY & (shared | declared(root / "services" / name / "pyproject.toml"))}

    assert heavy == {"enrichment"}


@pytest.mark.parametrize("part", ["shared", "ingest", "enrichment", "segmentation", "insight"])
def test_what_a_package_needs_at_run_time_is_installed_with_it(root: Path, part: str) -> None:
    """Images hold installed packages, not the checkout: files that are no Python must be package data."""
    folder = root / "shared" if part == "shared" else root / "services" / part
    patterns = tomllib.loads((folder / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]["*"]
    package = folder / ("kit" if part == "shared" else part)
    others = [
        path
        for path in package.rglob("*")
        if path.is_file() and path.suffix not in {".py", ".pyc"} and "__pycache__" not in path.parts
    ]

    assert [path for path in others if not any(path.match(pattern) for pattern in patterns)] == []
