"""A long list: nobody holds up the others, no server is overrun, memory stays, and what is done is told."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from diagnostics.limits import CONNECTIONS_A_SECOND
from tests.lab import tcp, tls
from tests.lab.hosts import Lab
from tests.lab.http import http
from tests.lab.tcp import Stream

ROOT = Path(__file__).parents[2]
SECONDS = 120
# The command, and the most memory that it and each of its helpers had, in kilobytes (Linux; bytes on macOS).
_WATCHED = """
import resource, sys
from bot.cli import main
status = main()
used = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
print(*used, file=sys.stderr)
"""


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab() as running:
        yield running


def environment(folder: Path) -> dict[str, str]:
    return {"HOME": str(folder), "PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error"}


def check(lab: Lab, lines: list[str], folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    asked = lab.check("")
    return subprocess.run(
        [sys.executable, "-m", "bot", "check", "--file", "-", *asked.arguments[1:], *options],
        input="\n".join(lines),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        env={**environment(folder), **asked.environment},
        check=False,
    )


def test_a_host_that_stalls_holds_up_no_other(lab: Lab, tmp_path: Path) -> None:
    stalled = lab.site("stalled.example", https=tcp.hang)
    good = [lab.site(f"good{number}.example") for number in range(30)]
    # Two at once, of which one stalls to the end of its time.
    ended = check(lab, [stalled.target, *(site.target for site in good)], tmp_path, "--json", "--jobs", "2")
    found = [json.loads(line) for line in ended.stdout.splitlines()]
    assert found[-1]["target"]["input"] == stalled.target
    assert [report["verdict"] for report in found] == ["works"] * 30 + ["broken"]


def test_a_server_of_many_hosts_is_not_overrun(lab: Lab, tmp_path: Path) -> None:
    """However many at once, and by however many processes."""
    count = 3 * CONNECTIONS_A_SECOND
    names = [f"one-of-many{number}.example" for number in range(count)]
    moments: list[float] = []
    good = tls.tls(lab.ca.leaf(*names), http())

    async def noted(stream: Stream) -> None:
        moments.append(time.monotonic())
        await good(stream)

    address = lab.put(noted, port=lab.https_port)
    for name in names:
        lab.dns.add(name, f"A {address}")
    ended = check(
        lab, [lab.target(name) for name in names], tmp_path, "--json", "--checks", "certificate", "--jobs", "100"
    )
    found = [json.loads(line) for line in ended.stdout.splitlines()]
    assert [report["verdict"] for report in found] == ["works"] * count
    assert len(moments) == count
    # A busy machine only makes it longer.
    assert max(moments) - min(moments) >= (count - 2) / CONNECTIONS_A_SECOND - 0.1


def test_the_memory_does_not_grow_with_the_list(tmp_path: Path) -> None:
    def most(count: int) -> list[int]:
        lines = (f"not a host {number}" if number % 2 else f"shop.local/{number}" for number in range(count))
        ended = subprocess.run(
            [sys.executable, "-c", _WATCHED, "check", "--json", "--file", "-"],
            input="\n".join(lines),
            capture_output=True,
            text=True,
            timeout=SECONDS,
            env=environment(tmp_path),
            check=True,
        )
        assert ended.stdout.count("\n") == count
        return [int(figure) for figure in ended.stderr.split()]

    short, long = most(1_000), most(15_000)
    assert all(after <= before * 1.1 for before, after in zip(short, long, strict=True))


def test_for_people_a_list_ends_with_what_it_came_to(lab: Lab, tmp_path: Path) -> None:
    good = lab.site("summed-up.example").target
    ended = check(lab, [good, f"{good}/cart", "not a host", "gone.example", "gone2.example"], tmp_path)
    summary = ended.stdout.rstrip().rpartition("\n\n")[2].splitlines()
    assert summary[0] == "5 targets: 2 work, 2 broken, 1 not checked"
    assert [line.split()[:2] for line in summary[1:]] == [["2", "dns.nxdomain"], ["1", "target.invalid"]]
    assert ended.stderr == ""


def test_for_programs_there_is_nothing_but_reports(lab: Lab, tmp_path: Path) -> None:
    ended = check(lab, ["not a host", "gone.example"], tmp_path, "--json")
    assert [json.loads(line)["cause"] for line in ended.stdout.splitlines()].count("dns.nxdomain") == 1
    assert len(ended.stdout.splitlines()) == 2
    assert ended.stderr == ""


def test_an_interrupted_list_tells_what_is_done(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "check", "--file", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(tmp_path),
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.write("localhost\nnot a host\n")
        process.stdin.flush()
        told = 0
        while told < 2:
            line = process.stdout.readline()
            assert line, process.stderr.read()
            told += line.startswith("[NOT CHECKED]")
        process.send_signal(signal.SIGINT)
        rest = process.stdout.read()
        assert process.wait(SECONDS) == 130
        assert process.stderr.read() == ""
    assert "2 targets: 2 not checked" in rest
    assert "target.forbidden" in rest
