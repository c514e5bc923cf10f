"""What causes say: for whom it is broken, dates in one form, steps that are sentences."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from diagnostics.causes import certificate, dns, tcp, tls
from diagnostics.facts import (
    AddressFacts,
    Connect,
    ConnectStatus,
    DnsStatus,
    Facts,
    Handshake,
    HandshakeStatus,
    Resolution,
    Revocation,
    RevocationStatus,
)
from diagnostics.finding import Finding
from diagnostics.words import day
from tests.diagnostics.hand_made import CONNECTED, HOST, NOW, address, refusing
from tests.diagnostics.hand_made import certificate as certificate_for

FACTS = Facts(text=HOST, host=HOST, port=443, started_at=NOW)
SILENT = AddressFacts(ip="203.0.113.7", connect=CONNECTED, handshake=Handshake(status=HandshakeStatus.TIMEOUT))


def _unconnected(status: ConnectStatus) -> Facts:
    return replace(FACTS, addresses=(AddressFacts(ip="203.0.113.7", connect=Connect(status=status)),))


@pytest.mark.parametrize(
    ("cause", "facts"),
    [
        (dns.timeout, replace(FACTS, resolution=Resolution(status=DnsStatus.TIMEOUT))),
        (tcp.timeout, _unconnected(ConnectStatus.TIMEOUT)),
        (tcp.unreachable, _unconnected(ConnectStatus.UNREACHABLE)),
        (tls.timeout, replace(FACTS, addresses=(SILENT,))),
    ],
)
def test_silence_says_for_whom_it_is_broken(cause: Callable[[Facts], Finding | None], facts: Facts) -> None:
    found = cause(facts)
    assert found is not None
    assert "broken for everyone" in found.explanation


def test_a_day_has_no_zero_before_it_and_says_whose_day_it_is() -> None:
    assert day(datetime(2026, 11, 1, tzinfo=UTC)) == "1 November 2026 (UTC)"


def test_the_day_of_a_revocation_is_told_so() -> None:
    proof = Revocation(
        certificate_sha256="00",
        status=RevocationStatus.REVOKED,
        source="crl",
        revoked_at=NOW.replace(day=1),
    )
    found = certificate.revoked(replace(FACTS, addresses=(address(),), revocations=(proof,)))
    assert found is not None
    assert found.summary.endswith("revoked by its issuer on 1 November 2026 (UTC).")


def test_each_step_about_stapling_is_a_sentence() -> None:
    unstapled = replace(address(), certificate=replace(certificate_for(HOST), must_staple=True))
    found = certificate.must_staple_unmet(replace(FACTS, addresses=(unstapled,)))
    assert found is not None
    assert all(step[0].isupper() and step.endswith(".") for step in found.fix)


@pytest.mark.parametrize(("failing", "words"), [(1, "take this address out"), (2, "take these addresses out")])
def test_one_address_is_not_called_several(failing: int, words: str) -> None:
    nodes = [refusing(ip=f"203.0.113.{number}") for number in range(8, 8 + failing)]
    found = tls.nodes_differ(replace(FACTS, addresses=(address(), *nodes)))
    assert found is not None
    assert words in found.fix[-1]
