"""A tour: small broken servers on loopback, and what Padlock says of each of them."""

import os
import subprocess
import sys

from tests.lab.faults import FAULTS, Fault, unmet
from tests.lab.hosts import Check, Lab

# One of each kind, in the order in which a beginner meets them.
TOUR = ("expired", "only-www", "incomplete", "http-400", "cdn-default", "cdn-stale", "schemes-circle", "dangling")
_RULE = "=" * 80


def stops(lab: Lab) -> list[Fault]:
    """The faults of the tour that this machine can show."""
    named = {fault.name: fault for fault in FAULTS}
    return [named[name] for name in TOUR if not unmet(named[name], lab=lab)]


def settings(check: Check) -> dict[str, str]:
    """The environment in which Padlock sees the lab in place of the Internet."""
    return {
        **os.environ,
        **check.environment,
        "PADLOCK_NAMESERVERS": ",".join(check.nameservers),
        "PADLOCK_CA_FILE": check.ca_file,
        "PADLOCK_ALLOW_NETWORKS": ",".join(check.allow_networks),
    }


def main() -> None:
    """Start each broken server and let the padlock command look at it."""
    print("Small broken servers on this machine, with their own DNS and certificate authority.", flush=True)
    with Lab() as lab:
        for fault in stops(lab):
            check = fault.start(lab)
            print(f"\n{_RULE}\n$ padlock check {check.target}\n", flush=True)
            subprocess.run([sys.executable, "-m", "bot", "check", check.target], env=settings(check), check=False)
        healthy = lab.check(lab.site("shop.example"))
        print(f"\n{_RULE}\nAnd one that works:\n\n$ padlock check {healthy.target}\n", flush=True)
        subprocess.run([sys.executable, "-m", "bot", "check", healthy.target], env=settings(healthy), check=False)


if __name__ == "__main__":
    main()
