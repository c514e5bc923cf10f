"""What the benchmarks share: the CPU time of commands that take turns, and tables in documents that a run refreshes."""

import os
import platform
import re
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.lab.hosts import Check

ROOT = Path(__file__).resolve().parents[2]
PERFORMANCE = ROOT / "docs" / "performance.md"
PADLOCK = (sys.executable, "-m", "bot")
LONGEST_SECONDS = 600.0  # for one command; a peer that hangs must not keep the whole run


class BenchmarkError(Exception):
    """A command did not do what it is measured at, so that its figure would mean nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What is measured; `statuses` are the exit statuses that mean it did its work."""

    name: str
    arguments: tuple[str, ...]
    stdin: bytes = b""
    environment: Mapping[str, str] | None = None
    statuses: frozenset[int] = frozenset({0})


@dataclass(frozen=True, slots=True)
class Run:
    """One run: CPU seconds of the command and its children, in user and system mode together, and what it printed."""

    cpu: float
    wall: float
    stdout: bytes


@dataclass(frozen=True, slots=True)
class Cost:
    """What a command costs: the median of its runs, in seconds."""

    cpu: float
    wall: float


def run(command: Command) -> Run:
    """Run it once; a BenchmarkError where it fails."""
    before, started = _children(), time.monotonic()
    done = subprocess.run(
        command.arguments,
        input=command.stdin,
        capture_output=True,
        cwd=ROOT,
        env=command.environment,
        timeout=LONGEST_SECONDS,
        check=False,
    )
    wall = time.monotonic() - started
    if done.returncode not in command.statuses:
        words = done.stderr.decode("utf-8", "replace").strip()[-300:]
        raise BenchmarkError(f"{command.name} ended with status {done.returncode}: {words}")
    return Run(_children() - before, wall, done.stdout)


def in_turn(commands: Sequence[Command], *, rounds: int) -> dict[str, Cost]:
    """Run each once in every round, so that what else the machine does hits all alike; the first round is not counted.

    The order changes from round to round, so that no command always follows the same other.
    """
    runs: dict[str, list[Run]] = {command.name: [] for command in commands}
    for number in range(rounds + 1):
        start = number % len(commands)
        for command in (*commands[start:], *commands[:start]):
            done = run(command)
            if number:
                runs[command.name].append(done)
    return {
        name: Cost(median(done.cpu for done in each), median(done.wall for done in each)) for name, each in runs.items()
    }


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def seeing(check: Check) -> dict[str, str]:
    """The environment in which Padlock sees the lab in place of the Internet, without the operator's own settings."""
    own = {key: value for key, value in os.environ.items() if not key.startswith(("PADLOCK_", "PYTHON"))}
    return {
        **own,
        **check.environment,
        "PADLOCK_NAMESERVERS": ",".join(check.nameservers),
        "PADLOCK_CA_FILE": check.ca_file,
        "PADLOCK_ALLOW_NETWORKS": ",".join(check.allow_networks),
    }


def machine() -> str:
    """The machine in a line: cores, their make, the system, Python."""
    system = f"{platform.system()} {platform.machine()}"
    return f"{os.cpu_count()} cores ({_processor()}), {system}, Python {platform.python_version()}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        lines = []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unnamed")


def tool_versions(sslyze: str | None) -> str:
    """Which other tools there are."""
    said = []
    for tool, option in (
        ("curl", "--version"),
        ("openssl", "version"),
        ("nmap", "--version"),
        ("sslscan", "--version"),
    ):
        found = shutil.which(tool)
        said.append(" ".join(_line(found, option).split()[:2]) if found else f"{tool} not installed")
    # sslyze has no option for it, but it is installed beside a Python that knows.
    python = Path(sslyze).with_name("python") if sslyze else None
    ask = "import importlib.metadata as m; print(m.version('sslyze'))"
    said.append(f"sslyze {_line(str(python), '-c', ask)}" if python and python.exists() else "sslyze not installed")
    return ", ".join(said)


def _line(*arguments: str) -> str:
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=60, check=False)
    return (done.stdout or done.stderr).strip().partition("\n")[0]


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; its first column is text, the others are figures."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def refresh(document: Path, *, name: str, text: str) -> None:
    """Put the text between `<!-- NAME: begin -->` and `<!-- NAME: end -->`; BenchmarkError without them."""
    old = document.read_text("utf-8")
    between = re.compile(rf"(<!-- {re.escape(name)}: begin[^>]* -->\n).*?(<!-- {re.escape(name)}: end -->)", re.DOTALL)
    new, count = between.subn(lambda found: f"{found[1]}\n{text}\n\n{found[2]}", old)
    if count != 1:
        raise BenchmarkError(f"{document.name} has {count} places for {name}, and needs one")
    document.write_text(new, "utf-8")
