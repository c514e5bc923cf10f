"""Writes docs/causes-seen.md: each cause, a server that provokes it, and what Padlock and other tools say.

`python -m tests.benchmarks.causes_seen [--sslyze PATH] [CODE...]` asks every tool about every server, and writes the
document where no code is named, else prints the rows. sslyze is no part of this project (AGPL): install it in an
environment of its own and name its command, here or in BENCHMARK_SSLYZE.
"""

import argparse
import asyncio
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from diagnostics.diagnose import Diagnosis, Verdict, diagnose
from diagnostics.plain_text import neutralise
from diagnostics.target import Target, parse_target
from tests.benchmarks.measure import ROOT, tool_versions
from tests.lab.faults import FAULTS, Fault, unmet
from tests.lab.hosts import HTTP_PORT, HTTPS_PORT, NOT_ALLOWED, Check, Lab

DOCUMENT = ROOT / "docs" / "causes-seen.md"
PADLOCK_SECONDS, CURL_SECONDS, OPENSSL_SECONDS, SSLYZE_SECONDS = 8.0, 8.0, 8.0, 20.0
LONGEST_CELL = 150  # characters
MOST_REDIRECTS = 20  # where browsers stop

NOT_ASKED = "not asked"
MISSING = "not installed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What every tool says of one server."""

    fault: Fault
    padlock: str
    curl: str
    openssl: str
    sslyze: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """Where the other tools are led, for they would ask the system's DNS servers."""

    name: str
    port: int
    addresses: tuple[str, ...]
    ca_file: str
    # The other hosts that redirects lead to.
    others: Mapping[str, tuple[str, ...]]

    @property
    def where(self) -> str:
        """The first address with the port."""
        return _with_port(self.addresses[0], self.port)


def _with_port(address: str, port: int) -> str:
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def look(fault: Fault, *, lab: Lab, sslyze: str | None) -> Seen:
    """Bring up the server and ask every tool."""
    check = fault.start(lab)
    diagnosis = asyncio.run(diagnose(check.target, options=check.options(timeout=PADLOCK_SECONDS)))
    host = host_of(check, diagnosis, lab=lab)
    said = (ask_curl(host), ask_openssl(host), ask_sslyze(host, sslyze)) if host else (NOT_ASKED,) * 3
    curl, openssl, other = (_cell(text, host) for text in said)
    return Seen(fault=fault, padlock=_cell(_verdict(diagnosis, fault), host), curl=curl, openssl=openssl, sslyze=other)


def host_of(check: Check, diagnosis: Diagnosis, *, lab: Lab) -> Host | None:
    """The host that was diagnosed, or None where the other tools cannot be asked about it."""
    target = parse_target(check.target)
    # Where Padlock found no address the fault is in DNS, and the other tools would have to be led past it.
    seen = diagnosis.facts.addresses or diagnosis.facts.refusal is not None
    if not isinstance(target, Target) or not seen:
        return None
    if target.is_address:
        addresses: tuple[str, ...] = (target.host,)
    else:
        addresses = _addresses(lab, target.host)
    # Nothing but loopback is ever contacted, whatever the zone says.
    addresses = tuple(address for address in addresses if ip_address(address).is_loopback)
    if not addresses:
        return None
    hops = [hop for trace in diagnosis.facts.traces for hop in trace.hops]
    names = {_host(url) for hop in hops for url in (hop.url, hop.location or "")} - {target.host, ""}
    others = {name: found for name in sorted(names) if (found := _addresses(lab, name))}
    return Host(name=target.host, port=target.port, addresses=addresses, ca_file=check.ca_file, others=others)


def _addresses(lab: Lab, name: str) -> tuple[str, ...]:
    """What the lab has for a name, its aliases followed."""
    for _ in range(8):
        found = (*lab.dns.records(name, "A"), *lab.dns.records(name, "AAAA"))
        alias = lab.dns.records(name, "CNAME")
        if found or not alias:
            return found
        name = alias[0].rstrip(".")
    return ()


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:  # a Location may be anything
        return ""


def _verdict(diagnosis: Diagnosis, fault: Fault) -> str:
    """The root cause and its sentence; for what is only worth knowing, its own."""
    if diagnosis.verdict is Verdict.WORKS:
        told = next((finding for finding in diagnosis.findings if finding.code == fault.code), None)
        return f"works; {told.code}: {told.title}" if told else "works"
    return f"{diagnosis.cause}: {diagnosis.summary}"


def ask_curl(host: Host) -> str:
    """What curl says on the way from http:// (where Padlock looks at it too) and from https://."""
    curl = shutil.which("curl")
    if curl is None:
        return MISSING
    literal = _is_address(host.name)
    named = {} if literal else {host.name: host.addresses}
    ports = {host.port, HTTPS_PORT, HTTP_PORT}
    resolve = [
        f"{name}:{port}:{','.join(f'[{each}]' if ':' in each else each for each in addresses)}"
        for name, addresses in {**named, **host.others}.items()
        for port in sorted(ports)
    ]
    # Whatever else a redirect names is nobody: no name leaves the machine.
    resolve += [f"*:{port}:{NOT_ALLOWED}" for port in sorted(ports)]
    command = [curl, "-q", "-sS", "--noproxy", "*", "--max-time", str(CURL_SECONDS), "--cacert", host.ca_file]
    command += [argument for each in resolve for argument in ("--resolve", each)]
    command += [
        "-L",
        "--max-redirs",
        str(MOST_REDIRECTS),
        "-o",
        os.devnull,
        "-w",
        "HTTP %{response_code} from %{url_effective}\n",
    ]
    authority = f"[{host.name}]" if ":" in host.name else host.name
    urls = [f"https://{authority}/" if host.port == HTTPS_PORT else f"https://{authority}:{host.port}/"]
    if host.port == HTTPS_PORT:
        urls.insert(0, f"http://{authority}/")
    said = []
    for url in urls:
        out, error = _say([*command, url], seconds=CURL_SECONDS + 2)
        said.append(re.sub(r"after \d+ (ms|milliseconds)", "after some time", _first(error) or _first(out)))
    return "; ".join(dict.fromkeys(said))


def ask_openssl(host: Host) -> str:
    """What `openssl s_client -brief` says of the first address."""
    openssl = shutil.which("openssl")
    if openssl is None:
        return MISSING
    who = ["-servername", host.name, "-verify_hostname", host.name]
    if _is_address(host.name):
        who = ["-noservername", "-verify_ip", host.name]
    command = [openssl, "s_client", "-brief", "-connect", host.where, "-CAfile", host.ca_file, *who]
    out, error = _say(command, seconds=OPENSSL_SECONDS)
    lines = (out + "\n" + error).splitlines()
    wanted = [line for line in lines if line.startswith(("Verification", "Protocol version"))]
    # 40F7...:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:../ssl/record.c:355: -> its reason
    reasons = [found[1] for line in lines if (found := re.search(r":error:[0-9A-F]+:[^:]*:[^:]*:([^:]+)", line))]
    others = [line for line in lines if "errno" in line or "unexpected eof" in line.lower() or "timed out" in line]
    return "; ".join(dict.fromkeys(reasons or others[:2] or wanted)) or _first(error) or _first(out) or "nothing"


def ask_sslyze(host: Host, sslyze: str | None) -> str:
    """What `sslyze --certinfo` says of the first address."""
    if sslyze is None:
        return MISSING
    address = host.addresses[0]
    where = f"{host.name}:{host.port}{{{address}}}" if not _is_address(host.name) else host.where
    command = [sslyze, "--certinfo", "--certinfo_ca_file", host.ca_file, "--mozilla_config", "disable", where]
    out, error = _say(command, seconds=SSLYZE_SECONDS)
    lines = [line.strip() for line in (out + "\n" + error).splitlines()]
    # Its own stores cannot know the lab's root: only the one it was given counts.
    bad = [
        line
        for line in lines
        if re.search(r"FAILED|ERROR|WARNING|rror:|xception", line)
        and not re.match(r"SCAN RESULTS|Symantec|(Android|Apple|Java|Mozilla|Windows|OpenJDK) CA Store", line)
    ]
    # Where a line comes from: `HOST:PORT => ` or `Supplied CA file CA Store (N/A): FAILED - `.
    source = re.compile(r"^(?:\S+:\d+\s*=>\s*|Supplied CA file CA Store \(N/A\):\s*FAILED - )")
    told = [re.sub(r"\s{2,}", " ", source.sub("", line).partition(" (encountered processing")[0]) for line in bad]
    if told:
        return "; ".join(dict.fromkeys(told))
    good = [line for line in lines if line.startswith(("Supplied CA file", "Hostname Validation"))]
    return "; ".join(re.sub(r"\s{2,}", " ", line) for line in dict.fromkeys(good)) or _first(error) or _last(out)


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _say(command: Sequence[str], *, seconds: float) -> tuple[str, str]:
    """What a program prints, on both its outputs; of one that does not end, that it does not."""
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=seconds, check=False, env=_environment()
        )
    except subprocess.TimeoutExpired:
        return f"nothing within {seconds:.0f} s, then it was ended", ""
    return done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")


def _environment() -> dict[str, str]:
    """Without proxies, and with messages in English, and none to the tools' own developers."""
    kept = {key: value for key, value in os.environ.items() if not key.lower().endswith("_proxy")}
    return kept | {"LC_ALL": "C.UTF-8", "PYTHONWARNINGS": "ignore"}


def _first(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if line.strip()), "")


def _last(text: str) -> str:
    return _first("\n".join(reversed(text.splitlines())))


def _cell(text: str, host: Host | None) -> str:
    """On one line, without what changes from run to run, and safe inside a Markdown table."""
    for number, address in enumerate(host.addresses if host else ()):
        text = text.replace(address, f"ADDRESS-{number + 1}" if len(host.addresses) > 1 else "ADDRESS")  # type: ignore[union-attr]
    if host is not None and host.port != HTTPS_PORT:
        text = text.replace(f":{host.port}", ":PORT")
    shown = neutralise(" ".join(text.split()), limit=LONGEST_CELL)
    return re.sub(r"([\\`*_{}\[\]<>|])", r"\\\1", shown)


def rows(codes: Sequence[str], *, sslyze: str | None) -> Iterator[Seen | tuple[Fault, str]]:
    """One server for each code, the first that this machine can run; else why there is none."""
    firsts: dict[str, list[Fault]] = {}
    for fault in FAULTS:
        if not codes or fault.code in codes:
            firsts.setdefault(fault.code, []).append(fault)
    for faults in firsts.values():
        # A lab of its own for each: what one changes, another does not see.
        with Lab() as lab:
            able = next((fault for fault in faults if not unmet(fault, lab=lab)), None)
            if able is None:
                yield faults[0], f"needs {', '.join(unmet(faults[0], lab=lab))}"
            else:
                yield look(able, lab=lab, sslyze=sslyze)


def line_of(row: Seen | tuple[Fault, str]) -> str:
    """A row of the table."""
    if isinstance(row, Seen):
        cells = [f"`{row.fault.code}`", row.fault.name, row.padlock, row.curl, row.openssl, row.sslyze]
    else:
        fault, why = row
        cells = [f"`{fault.code}`", fault.name, why, "", "", ""]
    return f"| {' | '.join(cells)} |"


HEAD = """# What Padlock says of each cause, and what other tools say

<!-- Written by `python -m tests.benchmarks.causes_seen`; edits here are lost at its next run. -->

Each row is a real server of the test lab with one fault, on loopback, and what each tool says of it: shortened, on one
line, with the lab's addresses left out. Where a code has several such servers (`tests/lab/faults/`), it is the first.

How the tools are asked:

* Padlock: `padlock check HOST`; its root cause and the report's first sentence.
* curl: `curl -L http://HOST/` and `curl -L https://HOST/`, led to the lab by `--resolve`; its error, or else the final
  status. Where both end alike it is told once.
* openssl: `openssl s_client -brief -verify_hostname HOST`, of the first address; it asks for no page.
* sslyze: `sslyze --certinfo`, of the first address, in an environment of its own; what it finds failed. Its built-in
  trust stores cannot know the lab's root, so only the one that it was given is told.

All of them are given the lab's root as trusted. The other tools cannot be led to the lab's DNS server, so they are not
asked where the fault is in DNS. Each is ended after {curl:.0f} ({sslyze:.0f} for sslyze) seconds.
"""


def document(lines: Sequence[str], *, versions: str) -> str:
    head = HEAD.format(curl=CURL_SECONDS, sslyze=SSLYZE_SECONDS)
    columns = (
        "| code | lab server | Padlock | curl | openssl s_client | sslyze |\n| --- | --- | --- | --- | --- | --- |"
    )
    return "\n".join((head, f"{versions}.\n", columns, *lines, ""))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("codes", metavar="CODE", nargs="*", help="only these causes, printed and not written")
    parser.add_argument("--sslyze", default=os.environ.get("BENCHMARK_SSLYZE"), help="the command of sslyze")
    given = parser.parse_args()
    lines = []
    for row in rows(given.codes, sslyze=given.sslyze):
        lines.append(line_of(row))
        print(lines[-1], flush=True)
    if not given.codes:
        DOCUMENT.write_text(document(lines, versions=tool_versions(given.sslyze)), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
