"""What the project promises about itself."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from diagnostics.catalogue import BY_CODE, CATALOGUE, hidden_by
from diagnostics.judge import REGISTERED
from tests.lab.faults import FAULTS

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("bot", "knowledge", "diagnostics")
MAY_IMPORT = {"bot": {"bot", "knowledge", "diagnostics"}, "knowledge": {"knowledge"}, "diagnostics": {"diagnostics"}}
# Whoever can import one of these could open a connection past the guard.
NETWORK_MODULES = {"socket", "ssl", "http", "urllib.request", "httpx", "httpcore", "OpenSSL.SSL", "aiohttp", "dns",
                   "asyncio.streams", "ftplib", "smtplib", "requests"}  # fmt: skip
# Found by files and not by hosts, or only where Padlock itself fails.
NOT_IN_A_LAB = {"certificate.key_mismatch", "internal.error", "probe.clock_wrong"}


def _sources(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("room", ROOMS)
def test_imports_point_one_way(room: str) -> None:
    wrong = [
        (str(path.relative_to(ROOT)), name)
        for path in _sources(room)
        for name in _imports(path)
        if name.split(".")[0] in {*ROOMS, "tests"} and name.split(".")[0] not in MAY_IMPORT[room]
    ]
    assert wrong == []


@pytest.mark.parametrize("folder", ["diagnostics/causes", "knowledge"])
def test_what_judges_and_what_explains_opens_no_socket(folder: str) -> None:
    wrong = [
        (str(path.relative_to(ROOT)), name)
        for path in _sources(folder)
        for name in _imports(path)
        if any(name == module or name.startswith(f"{module}.") for module in NETWORK_MODULES)
    ]
    assert wrong == []


def test_the_dial_is_the_only_door() -> None:
    """Who else knows sockets asks the operator's own DNS servers, or the system for a route."""
    with_sockets = {path.name for path in _sources("diagnostics") if "socket" in set(_imports(path))}
    assert with_sockets == {"connect.py", "guard.py", "resolve.py", "dns_message.py"}


def test_every_registered_code_is_in_the_catalogue() -> None:
    assert set(REGISTERED) <= set(BY_CODE)


def test_the_causes_stand_in_the_order_of_the_catalogue() -> None:
    for module in {cause.__module__ for cause in REGISTERED.values() if hasattr(cause, "__module__")}:
        codes = [code for code, cause in REGISTERED.items() if getattr(cause, "__module__", "") == module]
        assert codes == [row.code for row in CATALOGUE if row.code in codes]


def test_every_registered_code_has_a_page() -> None:
    pages = {path.stem for path in (ROOT / "knowledge" / "causes").glob("*.md")}
    assert set(REGISTERED) <= pages


def test_every_registered_code_is_provoked_by_a_lab_server() -> None:
    assert set(REGISTERED) - NOT_IN_A_LAB <= {fault.code for fault in FAULTS}


def test_hides_names_known_codes() -> None:
    for row in CATALOGUE:
        for pattern in row.hides:
            assert pattern.endswith(".*") or pattern in BY_CODE, (row.code, pattern)
        assert hidden_by(row.code) <= set(BY_CODE)


def test_hides_has_no_circle() -> None:
    for row in CATALOGUE:
        reached, open_codes = set[str](), [row.code]
        while open_codes:
            fresh = hidden_by(open_codes.pop()) - reached
            reached |= fresh
            open_codes.extend(fresh)
        assert row.code not in reached, row.code


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-bot.lock"])
def test_no_file_names_this_or_that_machine(name: str) -> None:
    """The locks have neither an index address nor a local path in them."""
    lock = (ROOT / name).read_text("utf-8")
    assert "://" not in lock
    assert "--index" not in lock
    assert "--find-links" not in lock
    assert all("--hash=sha256:" in lock.split(f"\n{line}")[1][:200] for line in _requirements(lock))


def test_a_container_gets_what_was_tested_and_none_of_the_tools() -> None:
    tested, shipped = (
        {line.split()[0] for line in _requirements((ROOT / name).read_text("utf-8"))}
        for name in ("requirements.lock", "requirements-bot.lock")
    )
    assert shipped < tested
    assert not {line for line in shipped if line.startswith(("pytest", "mypy", "ruff", "hypothesis"))}


def _requirements(lock: str) -> list[str]:
    return [line for line in lock.splitlines() if "==" in line and not line.startswith((" ", "#"))][1:]
