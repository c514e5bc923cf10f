"""Measures what one command costs from its start to its end, in the CPU time of a bare Python.

`python -m tests.benchmarks.cold_start [--rounds N] [--write]` prints a line for each command, and with `--write`
refreshes docs/performance.md.
"""

import argparse
import json
import sys

from tests.benchmarks.measure import PADLOCK, PERFORMANCE, BenchmarkError, Command, in_turn, refresh, run, seeing, table
from tests.lab.hosts import Lab

ROUNDS = 15
BARE = 'python -c "import ssl, asyncio"'
# At most this many times the CPU of a bare Python.
BOUNDS = {
    "padlock ask, answered from the FAQ": 2.0,
    "padlock ask, nothing answers": 2.0,
    "padlock check, one healthy host": 3.5,
}
ANSWERED, REFUSED, CHECK = BOUNDS
FAQ_QUESTION = "Why does HTTPS not work after I configured the CDN?"
OTHER_QUESTION = "What is the best way to cook rice?"


def commands(lab: Lab) -> list[Command]:
    """The commands, having seen that each does what its name says."""
    check = lab.check(lab.site("shop.example"))
    environment = seeing(check)
    bare = Command(name=BARE, arguments=(sys.executable, "-c", "import ssl, asyncio"), environment=environment)
    answered, refused, checked = (
        Command(name=name, arguments=(*PADLOCK, *arguments), environment=environment)
        for name, arguments in (
            (ANSWERED, ("ask", FAQ_QUESTION)),
            (REFUSED, ("ask", OTHER_QUESTION)),
            (CHECK, ("check", check.target)),
        )
    )
    kinds = [json.loads(run(_as_json(command)).stdout)["answer"]["kind"] for command in (answered, refused)]
    verdict = json.loads(run(_as_json(checked)).stdout)["verdict"]
    if [*kinds, verdict] != ["faq", "none", "works"]:
        raise BenchmarkError(f"the commands end in {', '.join([*kinds, verdict])}, and not in faq, none, works")
    return [bare, answered, refused, checked]


def _as_json(command: Command) -> Command:
    return Command(name=command.name, arguments=(*command.arguments, "--json"), environment=command.environment)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--write", action="store_true", help="refresh docs/performance.md")
    given = parser.parse_args()
    with Lab() as lab:
        costs = in_turn(commands(lab), rounds=given.rounds)
    bare = costs[BARE].cpu
    rows = [
        (
            f"`{name}`" if name == BARE else name,
            f"{cost.cpu * 1000:.0f}",
            f"{cost.cpu / bare:.2f}",
            f"{BOUNDS[name]:.1f}" if name in BOUNDS else "",
        )
        for name, cost in costs.items()
    ]
    text = table(("command", "CPU ms", "times the bare Python", "bound"), rows)
    print(text)
    if given.write:
        refresh(PERFORMANCE, name="cold-start", text=text)
    return int(any(costs[name].cpu > bound * bare for name, bound in BOUNDS.items()))


if __name__ == "__main__":
    sys.exit(main())
