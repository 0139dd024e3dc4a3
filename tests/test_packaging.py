"""What is shipped is complete and pinned: lock files, entry points, the wheel's rooms, and no trace of anybody's machine."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import entry_points, requires
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parent.parent
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))  # Any: TOML
ROOMS = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
LOCKS = {"requirements.lock": ("build",), "requirements-dev.lock": ("build", "dev")}


@cache
def locked(lock: str) -> dict[str, tuple[Version, int]]:
    """Package → its version and how many hashes it has; anything else in the file is an error."""
    text = (ROOT / lock).read_text(encoding="utf-8").replace("\\\n", " ")
    found: dict[str, tuple[Version, int]] = {}
    for line in text.splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        pinned = re.fullmatch(
            r"(?P<name>[a-z0-9.-]+)==(?P<version>[^\s;]+)(?: *;[^-]*?(?:-[^-][^-]*?)*?)?(?P<hashes>(?: +--hash=sha256:[0-9a-f]{64})+) *",
            line,
        )
        assert pinned, f"{lock}: {line[:80]}"
        found[pinned["name"]] = Version(pinned["version"]), pinned["hashes"].count("--hash")
    return found


def wanted(extras: tuple[str, ...]) -> Iterator[Requirement]:
    project = PROJECT["project"]
    for group in (project["dependencies"], *(project["optional-dependencies"][extra] for extra in extras)):
        yield from map(Requirement, group)


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_is_locked_with_a_hash_and_no_index_is_named(lock: str) -> None:
    assert all(hashes for _, hashes in locked(lock).values())
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert "://" not in text
    assert "index" not in re.sub(r"^\s*#.*$", "", text, flags=re.MULTILINE)


@pytest.mark.parametrize(("lock", "extras"), LOCKS.items())
def test_the_lock_files_hold_what_the_project_declares(lock: str, extras: tuple[str, ...]) -> None:
    for requirement in wanted(extras):
        name = canonicalize_name(requirement.name)
        assert name in locked(lock), f"{name}: make the lock files anew (CONTRIBUTING.md)"
        assert locked(lock)[name][0] in requirement.specifier, f"{name}: make the lock files anew (CONTRIBUTING.md)"


def test_both_lock_files_hold_the_same_versions() -> None:
    runtime, development = (locked(lock) for lock in LOCKS)
    assert {name: development.get(name) for name in runtime} == runtime


def test_what_breaks_prefect_is_kept_out() -> None:
    versions = locked("requirements.lock")
    assert versions["prefect"][0] == Version("3.8.8")
    assert versions["fastapi"][0] < Version("0.151")
    assert versions["sqlalchemy"][0] < Version("2.1")


def test_the_lock_file_is_closed() -> None:
    """`pip install --no-deps` takes what stands there: whatever a package needs has to stand there, too."""
    versions = locked("requirements.lock")
    for name in versions:
        try:
            needs = requires(name) or ()
        except ModuleNotFoundError:  # for another system
            continue
        for requirement in map(Requirement, needs):
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                assert canonicalize_name(requirement.name) in versions, f"{name} needs {requirement.name}"


@pytest.mark.parametrize(
    ("group", "folder"), [("kawaraban.channels", "kawaraban/channels"), ("kawaraban.renderers", "renderers")]
)
def test_every_channel_and_every_renderer_is_announced(group: str, folder: str) -> None:
    """Entry points are written at install time: after a new one, `make setup` again."""
    beside = {
        "http",
        "protocol",
        "templates",
        "carried",
        "cleaning",
        "conformance",
        "head",
        "html",
        "links",
        "listed",
        "packing",
        "phrases",
        "pictures",
        "text",
    }  # used by them, none of them
    there = {path.stem for path in (ROOT / folder).iterdir() if not path.name.startswith(("_", "."))} - beside
    assert set(PROJECT["project"]["entry-points"][group]) == there
    assert {point.name: point.value for point in entry_points(group=group)} == PROJECT["project"]["entry-points"][group]


def test_a_room_of_the_house_is_a_room_of_the_wheel() -> None:
    here = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "bench"}
    assert set(ROOMS) == here == set(PROJECT["tool"]["importlinter"]["root_packages"])


# --- what is committed ------------------------------------------------------------------------------------------


@cache
def committed() -> tuple[Path, ...]:
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    return tuple(path for name in listed.split("\0") if name and (path := ROOT / name).is_file())


def test_settings_and_content_hold_no_python() -> None:
    assert not [
        path
        for path in committed()
        if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in {"config", "content"}
    ]


def test_no_flow_is_named_after_a_standard_module() -> None:
    """Prefect may put a flow's folder first on `sys.path`."""
    assert not {path.stem for path in (ROOT / "flows").iterdir()} & (sys.stdlib_module_names - {"__init__"})


def test_no_committed_file_names_a_machine_or_a_registry() -> None:
    # put together here, so that this file does not name them
    hosts = [
        ".".join(parts) for parts in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("deb.debian", "org"))
    ]
    places = [
        "/".join(("", *parts)) for parts in (("work", ""), ("home", ""), ("root", ""), ("Users", ""), ("opt", "pypi"))
    ]
    pattern = re.compile("|".join([*map(re.escape, hosts), *(rf"(?<![\w.]){place}" for place in places)]))
    found = []
    for path in committed():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:  # a picture
            continue
        found += [f"{path.relative_to(ROOT)}: {hit[0]}" for hit in pattern.finditer(text)]
    assert not found


def test_nothing_that_is_made_here_is_committed() -> None:
    made = {".venv", ".kawaraban", "public", "packages", "node_modules", "dist", "build", "__pycache__"}
    assert not [
        path for path in committed() if made & set(path.relative_to(ROOT).parts[:-1]) and "golden" not in path.parts
    ]


def test_ci_installs_every_program_that_a_test_asks_for() -> None:
    asked: set[str] = set()
    for path in committed():
        if path.suffix == ".py" and path.relative_to(ROOT).parts[0] == "tests":
            text = path.read_text(encoding="utf-8")
            asked |= set(re.findall(r"\b(?:which|tool)\(\"([a-z][\w-]*)\"", text))
            asked |= {
                program
                for words in re.findall(r"\binstalled\(\"\w+\", ([^)]*)\)", text)
                for program in re.findall(r"\w+", words)
            }
    other_names = {"chromium-browser", "google-chrome", "pg_isready"}  # of chromium elsewhere; a part of postgresql
    brought = "".join((ROOT / file).read_text(encoding="utf-8") for file in (".ci/run", "tests/servers/install"))
    installed = set(re.findall(r"(?<![\w-])([a-z][a-z-]*):[a-z-]+", brought))
    assert asked - other_names <= installed
