"""What is told beside a certificate that is out of its dates: CAA records and the server's own clock."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from email.utils import format_datetime

import pytest

from diagnostics.diagnose import Diagnosis, diagnose
from diagnostics.finding import Finding
from tests.lab.ca import LabCa
from tests.lab.certificates import DAY
from tests.lab.dns import SILENT
from tests.lab.hosts import Check, Lab, Site, serves
from tests.lab.http import page


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab() as running:
        yield running


def _run(check: Check, *, timeout: float = 8.0) -> Diagnosis:
    return asyncio.run(diagnose(check.target, options=check.options(timeout=timeout)))


def _root(diagnosis: Diagnosis, code: str) -> Finding:
    assert diagnosis.cause == code
    assert diagnosis.root is not None
    return diagnosis.root


def _site(lab: Lab, name: str, *, ends: timedelta) -> Site:
    issuer = lab.ca.authority("Let's Encrypt L9", issuer=lab.ca.root)
    return lab.site(name, https=lab.ca.issue(name, issuer=issuer, begins=-90 * DAY, ends=ends).healthy)


@pytest.mark.parametrize(("ends", "code"), [(-2 * DAY, "expired"), (5 * DAY, "expires_soon")])
def test_a_caa_record_that_keeps_the_issuer_out_is_told(lab: Lab, ends: timedelta, code: str) -> None:
    domain = f"caa-{code.replace('_', '-')}.example"
    site = _site(lab, f"www.{domain}", ends=ends)
    lab.dns.add(domain, 'CAA 0 issue "digicert.com"')
    found = _root(_run(lab.check(site)), f"certificate.{code}")
    assert found.evidence["caa"] == {
        "name": domain,
        "issue": ["digicert.com"],
        "issuewild": [],
        "admits_issuer": False,
    }
    assert "Let's Encrypt most likely could not renew it" in found.explanation
    assert "letsencrypt.org" in found.fix[0]


def test_a_caa_record_that_admits_the_issuer_is_no_reason(lab: Lab) -> None:
    site = _site(lab, "caa-admits.example", ends=-2 * DAY)
    lab.dns.add("caa-admits.example", 'CAA 0 issue "letsencrypt.org"')
    found = _root(_run(lab.check(site)), "certificate.expired")
    assert "CAA" not in found.explanation
    assert "CAA" not in " ".join(found.fix)


def test_caa_records_say_nothing_of_a_certificate_that_is_not_the_hosts(lab: Lab) -> None:
    elsewhere = lab.ca.issue("elsewhere.example", begins=-90 * DAY, ends=-2 * DAY).healthy
    stranger = LabCa(lab.now, name="Another").issue("caa-stranger.example", begins=-90 * DAY, ends=-2 * DAY).healthy
    for name, identity in (("caa-elsewhere.example", elsewhere), ("caa-stranger.example", stranger)):
        lab.dns.add(name, 'CAA 0 issue "digicert.com"')
        diagnosis = _run(lab.check(lab.site(name, https=identity)))
        assert "certificate.expired" in [finding.code for finding in diagnosis.findings]
        assert lab.dns.count(name, "CAA") == 0


def test_without_caa_records_nothing_is_said_of_them(lab: Lab) -> None:
    found = _root(_run(lab.check(_site(lab, "no-caa.example", ends=-2 * DAY))), "certificate.expired")
    assert "caa" not in found.evidence


def test_dns_that_does_not_tell_holds_nothing_up(lab: Lab) -> None:
    site = _site(lab, "caa-silent.example", ends=-2 * DAY)
    lab.dns.trouble("caa-silent.example", SILENT, rdtype="CAA")
    diagnosis = _run(lab.check(site), timeout=2.0)
    assert _root(diagnosis, "certificate.expired")
    assert diagnosis.facts.seconds < 2.0


def test_a_certificate_with_time_left_costs_no_further_question(lab: Lab) -> None:
    site = _site(lab, "caa-healthy.example", ends=20 * DAY)
    lab.dns.add("caa-healthy.example", 'CAA 0 issue "digicert.com"')
    assert _run(lab.check(site)).cause is None
    assert lab.dns.count("caa-healthy.example", "CAA") == 0


def _dated(lab: Lab, name: str, *, begins: timedelta, ends: timedelta, clock: timedelta) -> Diagnosis:
    identity = lab.ca.issue(name, begins=begins, ends=ends).healthy
    date = format_datetime(lab.now + clock, usegmt=True)
    return _run(lab.check(lab.site(name, https=serves(identity, page().with_headers(("Date", date))))))


CLOCKS = [
    # An expired certificate that would be valid by the server's clock, and one that is to come.
    ("behind", "expired", -90 * DAY, -10 * DAY, -30 * DAY, True),
    ("ahead", "not_yet_valid", 10 * DAY, 90 * DAY, 30 * DAY, True),
    ("right", "expired", -90 * DAY, -10 * DAY, 0 * DAY, False),
    # Both clocks call it expired; an hour is a matter of time zones.
    ("behind-expired", "expired", -90 * DAY, -10 * DAY, -5 * DAY, False),
    ("hour", "expired", -90 * DAY, -DAY / 48, -DAY / 24, False),
]


@pytest.mark.parametrize(("name", "code", "begins", "ends", "clock", "told"), CLOCKS)
def test_the_servers_own_clock_is_told_and_hides_nothing(
    lab: Lab, name: str, code: str, begins: timedelta, ends: timedelta, clock: timedelta, told: bool
) -> None:
    found = _root(_dated(lab, f"clock-{name}.example", begins=begins, ends=ends, clock=clock), f"certificate.{code}")
    assert ("server_date" in found.evidence) is told
    assert ("The server's own clock says" in found.explanation) is told


@pytest.mark.parametrize("date", ["yesterday", "", "Thu, 99 Foo 2026 00:00:00 GMT", "Mon, 01 Jan 0001 00:00:00 +1400"])
def test_a_date_that_is_none_does_no_harm(lab: Lab, date: str) -> None:
    name = f"date-{sum(date.encode())}.example"
    identity = lab.ca.issue(name, begins=-90 * DAY, ends=-2 * DAY).healthy
    site = lab.site(name, https=serves(identity, page().with_headers(("Date", date))))
    assert "server_date" not in _root(_run(lab.check(site)), "certificate.expired").evidence
