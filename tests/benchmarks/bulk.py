"""Measures many hosts at once: Padlock beside the tools that people use for it, on the same servers and in turn.

`python -m tests.benchmarks.bulk [--hosts N] [--rounds N] [--sslyze PATH] [--write]` prints a line for each tool, and
with `--write` refreshes docs/performance.md. sslyze is no part of this project (AGPL): install it in an environment of
its own and name its command, here or in BENCHMARK_SSLYZE. Tools that are missing are left out.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections import Counter
from pathlib import Path

import certifi

from tests.benchmarks.many_sites import Sites, many_sites
from tests.benchmarks.measure import (
    PADLOCK,
    PERFORMANCE,
    BenchmarkError,
    Command,
    in_turn,
    machine,
    refresh,
    run,
    seeing,
    table,
    tool_versions,
)

HOSTS, ROUNDS = 1_000, 5
FULL = "padlock check"
BRIEF = "padlock check --checks handshake,certificate"
BARE = "bare Python handshakes, one by one"
CURL_PARALLEL = 50
# Without its own verification s_client would end with 0 whatever it met.
S_CLIENT = (
    'openssl s_client -connect "$1:443" -servername "$0" -verify_hostname "$0" -verify_return_error '
    '-CAfile "$CA_FILE" </dev/null >/dev/null 2>&1'
)


def commands(sites: Sites, folder: Path, *, sslyze: str | None) -> list[Command]:
    """Padlock and those of the other tools that are at hand."""
    pairs = sites.addresses.items()
    names = folder / "names"
    names.write_text("".join(f"{name}\n" for name in sites.addresses), "utf-8")
    # What Padlock trusts; curl reads all of it anew for each host, which is then most of what it does.
    roots = folder / "roots.pem"
    roots.write_bytes(Path(certifi.where()).read_bytes() + Path(sites.ca_file).read_bytes())
    environment = seeing(sites.check)
    ours = ("check", "--file", str(names), "--json")
    found = [
        Command(name=FULL, arguments=(*PADLOCK, *ours), environment=environment),
        Command(name=BRIEF, arguments=(*PADLOCK, *ours, "--checks", "handshake,certificate"), environment=environment),
    ]
    bare = "".join(f"{name} {address} 443\n" for name, address in pairs).encode()
    found.append(
        Command(name=BARE, arguments=(sys.executable, "-m", "tests.benchmarks.bare", sites.ca_file), stdin=bare)
    )
    if curl := shutil.which("curl"):
        config = folder / "curl"
        config.write_text(
            "".join(
                f'url = "https://{name}/"\noutput = "/dev/null"\nresolve = "{name}:443:{address}"\n'
                for name, address in pairs
            ),
            "utf-8",
        )
        quiet = (curl, "-s", "-f", "-K", str(config))
        parallel = (*quiet, "-Z", "--parallel-immediate", "--parallel-max", str(CURL_PARALLEL))
        for name, trusted in {"curl -Z": str(roots), "curl -Z, one root": sites.ca_file}.items():
            found.append(Command(name=name, arguments=(*parallel, "--cacert", trusted)))
    if shutil.which("openssl") and (xargs := shutil.which("xargs")):
        found.append(
            Command(
                name="openssl s_client, xargs -P4",
                arguments=(xargs, "-P4", "-n2", "sh", "-c", S_CLIENT),
                stdin="".join(f"{name} {address}\n" for name, address in pairs).encode(),
                environment={**os.environ, "CA_FILE": sites.ca_file},
            )
        )
    addresses = folder / "addresses"
    addresses.write_text("".join(f"{address}\n" for address in sites.addresses.values()), "utf-8")
    if nmap := shutil.which("nmap"):
        quick = ("-n", "-Pn", "-p443", "--script", "ssl-cert", "-iL", str(addresses))
        found.append(Command(name="nmap ssl-cert", arguments=(nmap, *quick)))
    if sslscan := shutil.which("sslscan"):
        brief = ("--no-ciphersuites", "--no-heartbleed", "--no-groups", "--no-renegotiation", "--no-compression")
        found.append(Command(name="sslscan", arguments=(sslscan, *brief, f"--targets={addresses}")))
    if sslyze:
        targets = folder / "sslyze"
        targets.write_text("".join(f"{name}:443{{{address}}}\n" for name, address in pairs), "utf-8")
        scan = ("--certinfo", "--certinfo_ca_file", sites.ca_file, "--mozilla_config", "disable")
        found.append(Command(name="sslyze --certinfo", arguments=(sslyze, *scan, "--targets_in", str(targets))))
    return found


def prove(command: Command, *, hosts: int) -> None:
    """A BenchmarkError unless Padlock finds that every host works."""
    verdicts = Counter(json.loads(line)["verdict"] for line in run(command).stdout.splitlines())
    if verdicts != {"works": hosts}:
        raise BenchmarkError(f"{command.name}: of {hosts} healthy hosts it says {dict(verdicts)}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hosts", type=int, default=HOSTS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--sslyze", default=os.environ.get("BENCHMARK_SSLYZE"), help="the command of sslyze")
    parser.add_argument("--write", action="store_true", help="refresh docs/performance.md")
    given = parser.parse_args()
    with many_sites(given.hosts) as sites, tempfile.TemporaryDirectory() as folder:
        measured = commands(sites, Path(folder), sslyze=given.sslyze)
        for command in measured[:2]:
            prove(command, hosts=given.hosts)
        costs = in_turn(measured, rounds=given.rounds)
    full, brief = costs[FULL], costs[BRIEF]
    rows = [
        (
            name,
            f"{given.hosts / cost.wall:.0f}",
            f"{cost.cpu * 1000 / given.hosts:.2f}",
            f"{cost.cpu / full.cpu:.2f}",
            f"{cost.cpu / brief.cpu:.2f}",
        )
        for name, cost in costs.items()
    ]
    head = ("tool", "hosts a second", "CPU ms a host", "CPU, times the whole diagnosis", "CPU, times the brief one")
    text = f"{given.hosts} hosts. {machine()}; {tool_versions(given.sslyze)}.\n\n{table(head, rows)}"
    print(text)
    if given.write:
        refresh(PERFORMANCE, name="bulk", text=text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
