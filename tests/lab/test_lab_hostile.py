"""The lab's hostile servers do what their names say, as far as Python's ssl lets them."""

import socket
from collections.abc import Iterator

import pytest

from tests.lab import http, tcp
from tests.lab.faults.fault import Case, unmet
from tests.lab.faults.hostile import HOSTILE
from tests.lab.hosts import OPEN_HTTPS_PORT, Lab
from tests.lab.look import look

PATIENCE = 10.0  # seconds, for what comes at once on an idle machine
IMPATIENCE = 0.8  # seconds, for what never comes

OK = "answer: HTTP/1.1 200 OK"
MOVED = "answer: HTTP/1.1 301 Moved Permanently"

SEEN = {
    "rubbish-records": "UNEXPECTED_MESSAGE",
    "cut-record": "FIN",
    "alert-flood": "TOO_MANY_WARN_ALERTS",
    "empty-record-flood": "RECORD_TOO_SMALL",
    "change-cipher-spec-flood": "UNEXPECTED_MESSAGE",
    "certificate-flood": "EXCESSIVE_MESSAGE_SIZE",
    "megabyte-certificate": "EXCESSIVE_MESSAGE_SIZE",
    "no-certificate": "LENGTH_MISMATCH",
    "empty-certificate": "[SSL] ASN1 lib",
    "byte-flood": "WRONG_VERSION_NUMBER",
    "byte-drip": "timeout",
    "http-flood": "WRONG_VERSION_NUMBER",
    "header-drip": "answer: timeout",
    "body-drip": OK,
    "never-closes": OK,
    "endless-body": OK,
    "endless-chunks": OK,
    "endless-header-lines": OK,
    "endless-header-value": OK,
    "five-megabyte-header": OK,
    "interim-flood": "answer: HTTP/1.1 103 Early Hints",
    "gzip-bomb": OK,
    "thousand-cookies": OK,
    "http-0-9": "answer: <!DOCTYPE HTML>",
    "bad-status-line": "answer: HTTP/1.1 abc what",
    "status-out-of-range": "answer: HTTP/1.1 9999 Strange",
    "conflicting-lengths": OK,
    "short-body": OK,
    "closes": "answer: ",
    "resets": "answer: ",
    "nasty-location": MOVED,
    "long-location": MOVED,
    "credentials-in-location": MOVED,
    "h2-hangs": "answer: timeout",
    "h2-rubbish": "answer: \xff\xff",
    "h2-ping-flood": "answer: \0\0\0\4",
    "h2-settings-flood": "answer: \0\0\0\4",
    # What these do, they do on port 80.
    "plain-header-drip": OK,
    "plain-endless-body": OK,
    "plain-interim-flood": OK,
    "plain-hangs": OK,
    "plain-resets": OK,
    "plain-rubbish": OK,
    "chain-of-100": "verify 22",
    "names-4000": OK,
    "names-10000": "EXCESSIVE_MESSAGE_SIZE",
    "nasty-names": "verify 62",
    "damaged-date": "verify 7",
    "damaged-key-usage": "verify 20",
    "damaged-version": "verify 7",
    "answer-of-4000-records": "connect: ConnectionRefusedError 111",
    "truncated-without-tcp": "NoNameservers",
    "dns-short-garbage": "LifetimeTimeout",
    "rebinding": OK,
    "mixed-addresses": f"{OK} | connect: ConnectionRefusedError 111",
    "hundred-aliases": "NoNameservers",
}


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab() as lab:
        yield lab


def test_every_attack_has_a_name_of_its_own_and_is_looked_at() -> None:
    assert len({attack.name for attack in HOSTILE}) == len(HOSTILE)
    assert {attack.name for attack in HOSTILE} == set(SEEN)


@pytest.mark.parametrize("attack", HOSTILE, ids=lambda attack: attack.name)
def test_an_attack_looks_as_its_name_says(attack: Case, lab: Lab) -> None:
    if missing := unmet(attack, lab=lab):
        pytest.skip("needs " + " and ".join(missing))
    expected = SEEN[attack.name]
    seconds = IMPATIENCE if "timeout" in expected else PATIENCE
    dns_seconds = IMPATIENCE if "LifetimeTimeout" in expected else PATIENCE
    assert look(attack.start(lab), seconds=seconds, dns_seconds=dns_seconds).startswith(expected)


def test_a_flood_is_endless_for_whoever_reads_it(lab: Lab) -> None:
    """Four megabytes are read of it: more than anybody should."""
    server = tcp.Server(http.endless_body)
    address = lab.put(server, port=OPEN_HTTPS_PORT)
    with socket.create_connection((address, OPEN_HTTPS_PORT), timeout=PATIENCE) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n\r\n")
        read = 0
        while read < 4 << 20:
            data = connection.recv(1 << 16)
            assert data
            read += len(data)
