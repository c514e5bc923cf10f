"""Measures how the work grows: with the hosts of a list, the addresses of a host, the entries of the knowledge.

`python -m tests.benchmarks.curves [hosts|addresses|entries]... [--write]` prints the points, and with `--write` draws
them into docs/performance/. All figures are CPU time.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path

from tests.benchmarks import matching
from tests.benchmarks.bulk import prove
from tests.benchmarks.many_sites import many_sites
from tests.benchmarks.measure import PADLOCK, ROOT, BenchmarkError, Command, run, seeing
from tests.benchmarks.plot import Points, curves
from tests.lab.hosts import Lab, Node

FOLDER = ROOT / "docs" / "performance"
HOSTS = (10, 100, 1_000, 10_000)
ADDRESSES = (1, 2, 4, 8, 16)
ENTRIES = (10, 100, 1_000, 10_000)
ROUNDS, REPEATED = 3, 10
# In a process of its own, so that the servers do not count; the first diagnosis loads what is loaded late.
_REPEATED = """
import asyncio, json, sys, time
from diagnostics.diagnose import Options, diagnose
from diagnostics.instruments import Instruments
target, options, times = json.loads(sys.argv[1])
options = Options(**options)
async def run():
    instruments = Instruments(options)
    for number in range(times + 1):
        if number == 1:
            started = time.process_time()
        found = await diagnose(target, options=options, instruments=instruments)
    return (time.process_time() - started) * 1000 / times, len(found.facts.addresses)
print(json.dumps(asyncio.run(run())))
"""


def hosts() -> Mapping[str, Points]:
    """The CPU of a whole list, in seconds."""
    whole: list[tuple[float, float]] = []
    brief: list[tuple[float, float]] = []
    with many_sites(max(HOSTS)) as sites, tempfile.TemporaryDirectory() as folder:
        names = list(sites.addresses)
        for count in HOSTS:
            file = Path(folder, "names")
            file.write_text("".join(f"{name}\n" for name in names[:count]), "utf-8")
            for points, checks in ((whole, ()), (brief, ("--checks", "handshake,certificate"))):
                arguments = (*PADLOCK, "check", "--json", "--file", str(file), *checks)
                command = Command(name=f"{count} hosts", arguments=arguments, environment=seeing(sites.check))
                prove(command, hosts=count)
                points.append((count, min(run(command).cpu for _ in range(3 if count <= 1_000 else 1))))
    return {"all checks": whole, "brief": brief}


def addresses() -> Mapping[str, Points]:
    """The CPU of one more diagnosis of a host with so many addresses, in milliseconds."""
    points = []
    with Lab() as lab:
        for count in ADDRESSES:
            name = f"a{count}.example"
            check = lab.check(lab.site(name, nodes=[Node(lab.ca.leaf(name)) for _ in range(count)]))
            given = json.dumps([check.target, asdict(check.options(timeout=10)), REPEATED])
            command = Command(name=name, arguments=(sys.executable, "-c", _REPEATED, given))
            measured = [json.loads(run(command).stdout) for _ in range(ROUNDS)]
            if any(seen != count for _, seen in measured):
                raise BenchmarkError(f"not all of the {count} addresses were looked at")
            points.append((count, min(cpu for cpu, _ in measured)))
    return {"one host": points}


def entries() -> Mapping[str, Points]:
    """The CPU of one question, in milliseconds."""
    measured = {count: matching.measured_apart(count) for count in ENTRIES}
    return {
        "padlock": [(count, each.padlock) for count, each in measured.items()],
        "process.extract": [(count, each.rapidfuzz) for count, each in measured.items()],
    }


CURVES: dict[str, tuple[Callable[[], Mapping[str, Points]], str, str, str]] = {
    "hosts": (hosts, "A list of hosts", "hosts", "CPU, s"),
    "addresses": (addresses, "A host with several addresses", "addresses", "CPU, ms"),
    "entries": (entries, "A question, by the size of the knowledge", "entries", "CPU, ms"),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", metavar="NAME", nargs="*", help=f"of {', '.join(CURVES)} (default: all)")
    parser.add_argument("--write", action="store_true", help="draw into docs/performance/")
    given = parser.parse_args()
    for name in given.names or CURVES:
        look, title, x, y = CURVES[name]
        series = look()
        for line, points in series.items():
            print(f"{name}, {line}: " + ", ".join(f"{place:,}: {value:.2f}" for place, value in points), flush=True)
        if given.write:
            FOLDER.mkdir(exist_ok=True)
            Path(FOLDER, f"{name}.svg").write_text(curves(title, x=x, y=y, series=series), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
