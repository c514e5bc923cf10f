"""Whatever a host, its DNS, its redirects or its certificates say, only judged addresses are contacted."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from tests.lab.hosts import Check, Lab, serves
from tests.lab.http import redirect

ROOT = Path(__file__).resolve().parent.parent
# Runs one diagnosis and prints every address that a socket was pointed at, with whether it is a datagram socket.
_WATCHED = """
import asyncio, json, socket, sys
seen = []
def watch(event, arguments):
    if event in ("socket.connect", "socket.sendto"):
        sock, address = arguments[0], arguments[1]
        seen.append([event, sock.type == socket.SOCK_DGRAM, str(address[0]), address[1]])
    elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        seen.append([event, False, str(arguments[0]), 0])
from diagnostics.diagnose import Options, diagnose
target, options = json.loads(sys.argv[1])
sys.addaudithook(watch)
diagnosis = asyncio.run(diagnose(target, options=Options(**options)))
print(json.dumps([diagnosis.cause, [finding.code for finding in diagnosis.findings], seen]))
"""
FORBIDDEN = "127.0.0.1"  # outside the only network that the lab allows


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab() as running:
        if not running.real_ports:
            pytest.skip("needs ports 443 and 80")
        yield running


def _watched(check: Check) -> tuple[str | None, list[str], list[tuple[str, bool, str, int]]]:
    options = asdict(check.options(timeout=5))
    run = subprocess.run(
        [sys.executable, "-c", _WATCHED, json.dumps([check.target, options])],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    cause, codes, seen = json.loads(run.stdout)
    return cause, codes, [tuple(each) for each in seen]


def _assert_only(seen: list[tuple[str, bool, str, int]], allowed: set[str], nameservers: tuple[str, ...]) -> None:
    asked = {server.rpartition(":")[0] for server in nameservers}
    assert [each for each in seen if each[0].startswith("socket.get")] == []  # no name reaches the system's resolver
    assert {ip for event, _, ip, _ in seen if event == "socket.sendto"} <= asked
    assert {ip for event, datagram, ip, _ in seen if event == "socket.connect" and not datagram} <= allowed


def _redirecting(location: str) -> Callable[[Lab, str], Check]:
    return lambda lab, name: lab.check(lab.site(name, https=serves(lab.ca.leaf(name), redirect(location))))


def _issuer_at(url: str) -> Callable[[Lab, str], Check]:
    def start(lab: Lab, name: str) -> Check:
        base, lab.ca.base_url = lab.ca.base_url, url
        try:
            leaf = lab.ca.issue(name, issuer_path="/issuer").identity()
        finally:
            lab.ca.base_url = base
        return lab.check(lab.site(name, https=leaf))

    return start


def _resolves_to(*records: str) -> Callable[[Lab, str], Check]:
    def start(lab: Lab, name: str) -> Check:
        lab.dns.add(name, *records)
        return lab.check(name)

    return start


def _rebinds(lab: Lab, name: str) -> Check:
    site = lab.site(name)
    lab.dns.rotate(name, "A", (site.addresses[0],), (FORBIDDEN,))
    return lab.check(site)


def _literal(target: str) -> Callable[[Lab, str], Check]:
    return lambda lab, _: lab.check(target)


@pytest.mark.parametrize(
    ("start", "code"),
    [
        pytest.param(_redirecting(f"https://{FORBIDDEN}/"), "redirect.forbidden_target", id="redirect-to-an-address"),
        pytest.param(_redirecting("http://127.1/"), "redirect.forbidden_target", id="redirect-to-a-short-address"),
        pytest.param(_redirecting("http://2130706433/"), "redirect.forbidden_target", id="redirect-to-a-number"),
        pytest.param(_redirecting("https://inside.lab.example/"), "redirect.forbidden_target", id="redirect-to-a-name"),
        pytest.param(_redirecting("http://169.254.169.254/"), "redirect.forbidden_target", id="redirect-to-metadata"),
        pytest.param(_redirecting("https://[::ffff:127.0.0.1]/"), "redirect.forbidden_target", id="redirect-mapped"),
        pytest.param(_issuer_at(f"http://{FORBIDDEN}"), "certificate.incomplete_chain", id="issuer-at-an-address"),
        pytest.param(_issuer_at("http://inside.lab.example"), "certificate.incomplete_chain", id="issuer-at-a-name"),
        pytest.param(_resolves_to(f"A {FORBIDDEN}"), "target.forbidden", id="name-of-a-forbidden-address"),
        pytest.param(_resolves_to("A 10.0.0.1", "A 192.168.1.1"), "target.forbidden", id="name-of-private-addresses"),
        pytest.param(_resolves_to("AAAA ::ffff:127.0.0.1"), "target.forbidden", id="name-of-a-mapped-address"),
        pytest.param(_rebinds, None, id="dns-that-rebinds"),
        pytest.param(_literal("0x7f.1"), "target.forbidden", id="hexadecimal"),
        pytest.param(_literal("①②⑦.⓪.⓪.①"), "target.forbidden", id="enclosed-digits"),
    ],
)
def test_only_judged_addresses_are_contacted(lab: Lab, start: Callable[[Lab, str], Check], code: str | None) -> None:
    lab.dns.add("inside.lab.example", f"A {FORBIDDEN}")
    name = f"door-{abs(hash(str(start)))}.example"
    check = start(lab, name)
    _, codes, seen = _watched(check)
    if code is not None:
        assert code in codes
    _assert_only(seen, {ip for _, _, ip, _ in seen if ip.startswith("127.") and ip != FORBIDDEN}, check.nameservers)
    assert FORBIDDEN not in {ip for _, _, ip, _ in seen}


def test_a_literal_that_is_forbidden_is_refused_without_a_look_up(lab: Lab) -> None:
    for target in ("127.0.0.1", "localhost", "10.0.0.1", "printer", "nas.local", "metadata.google.internal"):
        check = replace(lab.check(target), allow_networks=())
        cause, _, seen = _watched(check)
        assert (cause, seen) == ("target.forbidden", [])
