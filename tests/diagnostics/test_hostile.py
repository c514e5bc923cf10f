"""Whatever a hostile server does, the diagnosis ends in the cause that fits, and Padlock itself does not fail."""

import asyncio
import logging
from collections.abc import Iterator

import pytest

from diagnostics.catalogue import BY_CODE
from diagnostics.diagnose import Verdict, diagnose
from tests.lab.faults.fault import Case, unmet
from tests.lab.faults.hostile import HOSTILE
from tests.lab.hosts import Lab

TIMEOUT = 2.0  # seconds; those that never end are cut then

# The cause of each, None where it works: what comes after a good answer's headers harms nobody's HTTPS, and neither
# does what happens on port 80 alone.
CAUSES: dict[str, str | None] = {
    "rubbish-records": "tls.not_tls",
    "cut-record": "tls.closed",
    "alert-flood": "tls.handshake_failure",
    "empty-record-flood": "tls.not_tls",
    "change-cipher-spec-flood": "tls.not_tls",
    "certificate-flood": "certificate.malformed",
    "megabyte-certificate": "certificate.malformed",
    "no-certificate": "tls.handshake_failure",
    "empty-certificate": "certificate.malformed",
    "byte-flood": "tls.not_tls",
    "byte-drip": "tls.timeout",
    "http-flood": "tls.plaintext_http",
    "header-drip": "http.timeout",
    "body-drip": None,
    "never-closes": None,
    "endless-body": None,
    "endless-chunks": None,
    "endless-header-lines": "http.invalid_response",
    "endless-header-value": "http.invalid_response",
    "five-megabyte-header": "http.invalid_response",
    "interim-flood": "http.invalid_response",
    "gzip-bomb": None,
    "thousand-cookies": None,
    "http-0-9": "http.invalid_response",
    "bad-status-line": "http.invalid_response",
    "status-out-of-range": "http.invalid_response",
    "conflicting-lengths": "http.invalid_response",
    "short-body": None,
    "closes": "http.invalid_response",
    "resets": "http.invalid_response",
    "nasty-location": "redirect.invalid_location",
    "long-location": "redirect.broken_target",
    "credentials-in-location": "redirect.broken_target",
    "h2-hangs": "http.timeout",
    "h2-rubbish": "http.invalid_response",
    "h2-ping-flood": "http.invalid_response",
    "h2-settings-flood": "http.invalid_response",
    "plain-header-drip": None,
    "plain-endless-body": "redirect.missing",
    "plain-interim-flood": None,
    "plain-hangs": None,
    "plain-resets": None,
    "plain-rubbish": None,
    "chain-of-100": "certificate.untrusted_root",
    "names-4000": None,
    "names-10000": "certificate.malformed",
    "nasty-names": "certificate.name_mismatch",
    "damaged-date": "certificate.malformed",
    "damaged-key-usage": "certificate.malformed",
    "damaged-version": "certificate.malformed",
    "answer-of-4000-records": "tcp.refused",
    "truncated-without-tcp": "dns.timeout",
    "dns-short-garbage": "dns.timeout",
    "rebinding": None,
    "mixed-addresses": "target.forbidden",
    "hundred-aliases": "dns.alias_loop",
}


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab() as running:
        yield running


@pytest.mark.parametrize("case", HOSTILE, ids=lambda case: case.name)
def test_a_hostile_server_ends_in_its_cause(case: Case, lab: Lab, caplog: pytest.LogCaptureFixture) -> None:
    missing = unmet(case, lab=lab)
    if missing:
        pytest.skip(f"needs {', '.join(missing)}")
    check = case.start(lab)
    with caplog.at_level(logging.ERROR):
        diagnosis = asyncio.run(diagnose(check.target, options=check.options(timeout=TIMEOUT)))
    codes = [finding.code for finding in diagnosis.findings]
    assert diagnosis.cause == CAUSES[case.name], codes
    assert "internal.error" not in codes
    assert set(codes) <= set(BY_CODE)
    assert (diagnosis.verdict is Verdict.WORKS) == (diagnosis.cause is None)
    assert caplog.records == []  # a cause that crashes is logged, even where another one is told


def test_every_hostile_server_has_its_cause() -> None:
    assert set(CAUSES) == {case.name for case in HOSTILE}
