"""Measures how long hostile servers keep a diagnosis, and how much memory they make it take.

`python -m tests.benchmarks.hostile [NAME...]` prints a line for each: the cause told, the seconds it took, and the
megabytes over the process before its first diagnosis (Linux only). The bounds are the timeout and half a second, and
64 MB. Every diagnosis runs in a process of its own, so that the servers' own memory does not count.
"""

import asyncio
import dataclasses
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from diagnostics.diagnose import diagnose
from tests.lab import http, tcp, tls
from tests.lab.faults.fault import Case, unmet
from tests.lab.faults.hostile import HOSTILE
from tests.lab.hosts import Check, Lab, Node
from tests.lab.revocation import RevocationAnswer
from tests.lab.tcp import Handler
from tests.lab.tls import Identity

TIMEOUT = 2.0  # seconds
MOST_SECONDS = TIMEOUT + 0.5
MOST_MEGABYTES = 64.0
ADDRESSES = 16  # as many as are tried


def everywhere(make: Callable[[Lab, str, int], Handler | Identity]) -> Callable[[Lab, str], Check]:
    """A host that does the same on as many addresses as are tried, each with something of its own."""

    def start(lab: Lab, name: str) -> Check:
        return lab.check(lab.site(name, nodes=[Node(make(lab, name, number)) for number in range(ADDRESSES)]))

    return start


def inside_tls(handler: Handler) -> Callable[[Lab, str, int], Handler]:
    return lambda lab, name, _: tls.tls(lab.ca.leaf(name), handler)


def many_names(lab: Lab, name: str, number: int) -> Identity:
    return lab.ca.issue(name, *(f"n{number}-{each}.example" for each in range(3_500))).healthy


def maze_of_curves(lab: Lab, name: str, _: int) -> Identity:
    """A chain of authorities of one name, so that each may have signed each, with the slowest of the usual keys."""
    top = lab.ca.authority("Maze", issuer=lab.ca.root, own_key=ec.generate_private_key(ec.SECP521R1()))
    others = [
        lab.ca.authority("Maze", issuer=top, own_key=ec.generate_private_key(ec.SECP521R1())).made.certificate
        for _ in range(90)
    ]
    return lab.ca.issue(name, issuer=top).identity(*others)


def maze_of_exponents(lab: Lab, name: str, number: int) -> Identity:
    """The same with RSA keys whose public exponents are as long as their moduli, which nobody's are."""
    top = lab.ca.authority("Maze", issuer=lab.ca.root, own_key=rsa.generate_private_key(65537, 3072))
    subject = top.made.certificate.subject
    others = []
    for each in range(60):
        odd = 2 * (60 * number + each) + 1
        key = rsa.RSAPublicNumbers((1 << 3070) - odd, (1 << 3072) - odd).public_key()
        builder = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key)
        builder = builder.serial_number(x509.random_serial_number())
        builder = builder.not_valid_before(lab.now - timedelta(days=1)).not_valid_after(lab.now + timedelta(days=9))
        others.append(builder.sign(lab.ca.root.made.key, hashes.SHA256()))
    return lab.ca.issue(name, issuer=top).identity(*others)


def floods_of_revocation(handler: Handler) -> Callable[[Lab, str], Check]:
    """A good host whose certificate names an OCSP responder and a list that are not."""

    def start(lab: Lab, name: str) -> Check:
        address = lab.put(handler, port=lab.https_port if not lab.real_ports else 80)
        lab.dns.add(f"ca.{name}", f"A {address}")
        honest, lab.ca.base_url = lab.ca.base_url, lab.ca.base_url.replace("ca.lab.example", f"ca.{name}")
        issued = lab.ca.issue(name, ocsp=RevocationAnswer.GOOD, crl=RevocationAnswer.GOOD)
        lab.ca.base_url = honest
        return lab.check(lab.site(name, https=issued.healthy))

    return start


MORE: tuple[Case, ...] = (
    Case(name="sixteen-floods", begin=everywhere(lambda lab, name, _: tls.certificate_flood)),
    Case(name="sixteen-alert-floods", begin=everywhere(lambda lab, name, _: tls.alert_flood)),
    Case(name="sixteen-endless-bodies", begin=everywhere(inside_tls(http.endless_body))),
    Case(name="sixteen-endless-headers", begin=everywhere(inside_tls(http.endless_header_value))),
    Case(name="sixteen-interim-floods", begin=everywhere(inside_tls(http.interim_flood))),
    Case(name="sixteen-chunk-floods", begin=everywhere(inside_tls(http.endless_chunks))),
    Case(name="sixteen-gzip-bombs", begin=everywhere(inside_tls(http.gzip_bomb))),
    Case(name="sixteen-silences", begin=everywhere(lambda lab, name, _: tcp.hang)),
    Case(name="sixteen-times-3500-names", begin=everywhere(many_names)),
    Case(name="sixteen-mazes-of-curves", begin=everywhere(maze_of_curves)),
    Case(name="sixteen-mazes-of-exponents", begin=everywhere(maze_of_exponents)),
    Case(name="revocation-endless", begin=floods_of_revocation(http.endless_body)),
    Case(name="revocation-interim-flood", begin=floods_of_revocation(http.interim_flood)),
    Case(name="revocation-silent", begin=floods_of_revocation(tcp.hang)),
)


@dataclasses.dataclass(frozen=True, slots=True)
class Measured:
    cause: str | None
    seconds: float
    megabytes: float

    @property
    def within(self) -> bool:
        return self.seconds <= MOST_SECONDS and self.megabytes <= MOST_MEGABYTES


def measure(check: Check) -> Measured:
    """Diagnose in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.hostile", "--one"],
        input=json.dumps(dataclasses.asdict(check)),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return Measured(**json.loads(done.stdout))


def diagnose_one(text: str) -> Measured:
    """What the process of its own does."""
    given = json.loads(text)
    check = Check(
        target=given["target"],
        nameservers=tuple(given["nameservers"]),
        ca_file=given["ca_file"],
        allow_networks=tuple(given["allow_networks"]),
        ports=tuple(given["ports"]),
    )
    idle = _memory("VmRSS")
    refs = Path("/proc/self/clear_refs")
    if refs.exists():
        refs.write_text("5")  # the peak so far is forgotten (proc(5))
    started = time.monotonic()
    diagnosis = asyncio.run(diagnose(check.target, options=check.options(timeout=TIMEOUT)))
    seconds = time.monotonic() - started
    return Measured(diagnosis.cause, seconds, _memory("VmHWM") - idle)


def _memory(field: str) -> float:
    """A line of /proc/self/status, in megabytes; 0 where there is none."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{field}:")), 0.0)


def wanted(names: list[str]) -> Iterator[Case]:
    yield from (case for case in (*HOSTILE, *MORE) if not names or case.name in names)


def main(names: list[str]) -> int:
    beyond = 0
    print(f"{'hostile server':28} {'cause':32} {'seconds':>8} {'MB':>6}")
    for case in wanted(names):
        with Lab() as lab:
            if missing := unmet(case, lab=lab):
                print(f"{case.name:28} needs {', '.join(missing)}")
                continue
            measured = measure(case.start(lab))
        beyond += not measured.within
        print(
            f"{case.name:28} {measured.cause or 'works':32} {measured.seconds:8.2f} {measured.megabytes:6.1f}"
            + ("" if measured.within else "  BEYOND THE BOUNDS"),
            flush=True,
        )
    return 1 if beyond else 0


if __name__ == "__main__":
    if sys.argv[1:] == ["--one"]:
        print(json.dumps(dataclasses.asdict(diagnose_one(sys.stdin.read()))))
    else:
        sys.exit(main(sys.argv[1:]))
