"""Feeds every reader of outside bytes for a time, and keeps what makes one fail or stall.

`python -m tests.benchmarks.fuzz [--seconds N] [--seed N] [READER...]` prints a line for each reader: the inputs it was
fed, the slowest of them, and what was found. Each found input is made as small as it goes, and written to
`tests/security/found/<reader>/`, where the tests read it again from then on. The exit status is 1 where anything was
found. Ten seconds each by default; the long run before a release takes ten minutes each (`--seconds 600`).
"""

import argparse
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.security.cases import keep
from tests.security.parsers import Input, Parser, parsers

# Between rounds the time is looked at.
ROUND_EXAMPLES = 200
# Of the processor's time for one input of some hundred bytes; a person waits for all of it.
MOST_SECONDS = 0.5
# What has not ended by then never will.
ENDLESS_SECONDS = 10.0
# The same reader fails for the same reason again and again; that many are enough to begin with.
MOST_FOUND = 5


class StallError(Exception):
    """A reader took too long."""


@dataclass(slots=True)
class Run:
    """What came of feeding one reader."""

    name: str
    inputs: int = 0
    slowest: float = 0.0
    found: list[str] = field(default_factory=list)
    last: Input = b""


def feed(parser: Parser, *, seconds: float, first_seed: int) -> Run:
    """Feed one reader for so long; every failure is a line in `found`, and a file."""
    run = Run(parser.name)
    ends = time.monotonic() + seconds
    number = first_seed
    while time.monotonic() < ends and len(run.found) < MOST_FOUND:
        try:
            _round(parser, run, number=number)()
        except Exception as problem:  # whatever a reader raises is what is looked for
            path = keep(parser.name, run.last)
            words = (str(problem).splitlines() or [""])[0][:150]
            line = f"{type(problem).__name__}: {words} ({path.name})"
            if line in run.found:
                break  # the same again: it has to be mended first
            run.found.append(line)
        number += 1
    return run


def _round(parser: Parser, run: Run, *, number: int) -> Callable[[], None]:
    @seed(number)
    @settings(
        max_examples=ROUND_EXAMPLES,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.target, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
        print_blob=False,
    )
    @given(parser.inputs)
    def every(value: Input) -> None:
        run.inputs += 1
        begun = time.process_time()
        signal.setitimer(signal.ITIMER_REAL, ENDLESS_SECONDS)
        try:
            parser.check(value)
        except Exception:
            run.last = value  # hypothesis ends with the smallest
            raise
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        took = time.process_time() - begun
        run.slowest = max(run.slowest, took)
        if took > MOST_SECONDS:
            run.last = value
            raise StallError(f"{took:.1f} s for {len(value)} characters or bytes")

    return every


def _endless(_: int, __: object) -> None:
    raise StallError(f"no end after {ENDLESS_SECONDS:.0f} s")


def main(arguments: list[str]) -> int:
    wanted = argparse.ArgumentParser(prog="python -m tests.benchmarks.fuzz", description=__doc__)
    wanted.add_argument("readers", nargs="*", metavar="READER", help="the readers to feed, by default all of them")
    wanted.add_argument("--seconds", type=float, default=10.0, help="for each reader (default: 10)")
    wanted.add_argument("--seed", type=int, default=int(time.time()), help="where the inputs begin (default: the time)")
    told = wanted.parse_args(arguments)
    signal.signal(signal.SIGALRM, _endless)
    print(f"seed {told.seed}, {told.seconds:.0f} s each")
    print(f"{'reader':20} {'inputs':>9} {'slowest ms':>11}  found")
    found = 0
    for parser in parsers():
        if told.readers and parser.name not in told.readers:
            continue
        run = feed(parser, seconds=told.seconds, first_seed=told.seed)
        found += len(run.found)
        print(f"{run.name:20} {run.inputs:9,} {run.slowest * 1000:11.1f}  {len(run.found) or 'nothing'}", flush=True)
        for line in run.found:
            print(f"    {line}", flush=True)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
