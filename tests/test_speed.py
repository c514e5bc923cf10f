"""What a command and a host cost in CPU, in multiples of the bare Python beside them: no clock, no machine counts."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.benchmarks import cold_start
from tests.benchmarks.measure import PADLOCK, Command, run, seeing
from tests.lab.hosts import Lab

# Over the promise, for what a busy machine adds to one and not to the other; what gets slow by half is seen.
SLACK = 1.25
ROUNDS = 4
HOSTS = 100
# A host in a list, in bare handshakes with verification, of 0.92 ms where the promise was measured: 6 ms the whole
# diagnosis, 2.5 ms the brief look.
FULL, BRIEF = 6.5, 2.7


def rounds(commands: Sequence[Command]) -> list[list[float]]:
    """The CPU of each, in turn, several times: what is compared ran side by side."""
    return [[run(command).cpu for command in commands] for _ in range(ROUNDS)]


def test_one_command_costs_little_more_than_a_python_that_can_tls() -> None:
    with Lab() as lab:
        commands = cold_start.commands(lab)
        measured = rounds(commands)
    # The best round of each: a disturbance makes one round look slow, and slowness all of them.
    ratios = {
        command.name: min(cpus[place] / cpus[0] for cpus in measured)
        for place, command in enumerate(commands)
        if command.name in cold_start.BOUNDS
    }
    assert len(ratios) == len(cold_start.BOUNDS)
    assert {name: ratio for name, ratio in ratios.items() if ratio > cold_start.BOUNDS[name] * SLACK} == {}


@pytest.mark.parametrize(("checks", "bound"), [((), FULL), (("--checks", "handshake,certificate"), BRIEF)])
def test_a_host_in_a_list_costs_few_bare_handshakes(checks: tuple[str, ...], bound: float, tmp_path: Path) -> None:
    with Lab() as lab:
        sites = [lab.site(f"h{number}.example") for number in range(HOSTS)]
        environment = seeing(lab.check(sites[0]))
        commands = []
        for name, chosen in {"one": sites[:1], "all": sites}.items():
            file = tmp_path / name
            file.write_text("".join(f"{site.target}\n" for site in chosen), "utf-8")
            pairs = "".join(f"{site.name} {site.addresses[0]} {site.port}\n" for site in chosen)
            ours = (*PADLOCK, "check", "--json", "--file", str(file), *checks)
            bare = (sys.executable, "-m", "tests.benchmarks.bare", lab.ca_file)
            commands += [
                Command(name=f"padlock {name}", arguments=ours, environment=environment),
                Command(name=f"bare {name}", arguments=bare, stdin=pairs.encode(), environment=environment),
            ]
        verdicts = [json.loads(line)["verdict"] for line in run(commands[2]).stdout.splitlines()]
        assert verdicts == ["works"] * HOSTS
        measured = rounds(commands)
    # What is left when the start is taken off, which is measured above.
    ratio = min(
        (padlock_all - padlock_one) / (bare_all - bare_one) for padlock_one, bare_one, padlock_all, bare_all in measured
    )
    assert 1 < ratio < bound * SLACK
