"""Measures what a second core is worth to a list: one process beside as many as there are cores, in turn.

`python -m tests.benchmarks.two_cores [--hosts N] [--rounds N] [--write]` prints a line for each, and with `--write`
refreshes docs/performance.md. On loopback the servers need the cores too, so the clock tells only what is left for
Padlock; how the work is shared out tells what the cores are worth where the servers are elsewhere.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.benchmarks.many_sites import many_sites
from tests.benchmarks.measure import LONGEST_SECONDS, PERFORMANCE, ROOT, BenchmarkError, refresh, seeing, table

HOSTS, ROUNDS = 1_000, 5
# Runs the command on so many cores, and says what it and its helpers needed.
_WATCHED = """
import json, os, resource, sys
cores = sorted(os.sched_getaffinity(0))[: int(sys.argv[1])]
os.sched_setaffinity(0, cores)
sys.argv[1:] = sys.argv[2:]
from bot.cli import main
status = main()
used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
print(json.dumps([each.ru_utime + each.ru_stime for each in used]), file=sys.stderr)
sys.exit(status)
"""


@dataclass(frozen=True, slots=True)
class Shared:
    """Seconds by the clock, and of CPU: of the process that was started and of its helpers together."""

    wall: float
    own: float
    helpers: float

    @property
    def all(self) -> float:
        return self.own + self.helpers


def run(cores: int, names: Path, environment: dict[str, str], *, hosts: int) -> Shared:
    """One run of the whole list; BenchmarkError unless every host is found to work."""
    arguments = ["check", "--json", "--file", str(names)]
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", _WATCHED, str(cores), *arguments],
        capture_output=True, cwd=ROOT, env=environment, timeout=LONGEST_SECONDS, check=False,
    )  # fmt: skip
    wall = time.monotonic() - started
    verdicts = [json.loads(line)["verdict"] for line in done.stdout.splitlines()]
    if verdicts != ["works"] * hosts:
        raise BenchmarkError(f"of {hosts} healthy hosts {verdicts.count('works')} are found to work: {done.stderr!r}")
    own, helpers = json.loads(done.stderr)
    return Shared(wall, own, helpers)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hosts", type=int, default=HOSTS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--write", action="store_true", help="refresh docs/performance.md")
    given = parser.parse_args()
    most = len(os.sched_getaffinity(0))
    runs: dict[int, list[Shared]] = {1: [], most: []}
    with many_sites(given.hosts) as sites, tempfile.TemporaryDirectory() as folder:
        names = Path(folder, "names")
        names.write_text("".join(f"{name}\n" for name in sites.addresses), "utf-8")
        for _ in range(given.rounds):
            for cores, each in runs.items():
                each.append(run(cores, names, seeing(sites.check), hosts=given.hosts))
    one = runs[1]
    rows = []
    for cores, each in runs.items():
        # The process with the most to do is done last; the helpers share what is theirs evenly.
        busiest = [max(share.own, share.helpers / max(cores - 1, 1)) for share in each]
        rows.append(
            (
                str(cores),
                f"{median(share.all for share in each) * 1000 / given.hosts:.2f}",
                f"{median(share.own / share.all for share in each) * 100:.0f} %",
                f"{median(alone.all / most for alone, most in zip(one, busiest, strict=True)):.2f}",
                f"{median(alone.wall / share.wall for alone, share in zip(one, each, strict=True)):.2f}",
            )
        )
    head = (
        "cores",
        "CPU ms a host",
        "done by the first process",
        "by the share of work",
        "by the clock, servers beside",
    )
    text = table(head, rows)
    print(text)
    if given.write:
        refresh(PERFORMANCE, name="two-cores", text=text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
