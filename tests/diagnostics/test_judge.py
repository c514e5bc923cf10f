"""Of several faults one is the root cause, and a crash in Padlock blames nobody else."""

from datetime import UTC, datetime

import pytest

from diagnostics.catalogue import CATALOGUE, CheckName, finding
from diagnostics.facts import (
    AddressFacts,
    CheckTime,
    Connect,
    ConnectStatus,
    DnsStatus,
    Facts,
    Handshake,
    HandshakeStatus,
    Refusal,
    Resolution,
)
from diagnostics.finding import Finding
from diagnostics.judge import CauseFunction, CheckStatus, Diagnosis, Verdict, judge

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)


def _facts(**more: object) -> Facts:
    return Facts(
        text="shop.example.com",
        host="shop.example.com",
        port=443,
        started_at=NOW,
        resolution=Resolution(status=DnsStatus.ANSWERED, addresses=("203.0.113.7",)),
        times=tuple(CheckTime(name=name, seconds=0.01) for name in CheckName),
        **more,  # type: ignore[arg-type]
    )


def _found(code: str) -> Finding:
    return finding(code, summary=f"{code}.", explanation="Seen.", fix=("Mend it.",))


def _cause(code: str) -> CauseFunction:
    return lambda _: _found(code)


def _judged(*codes: str) -> Diagnosis:
    return judge(_facts(), causes={code: _cause(code) for code in codes})


@pytest.mark.parametrize(
    ("codes", "cause"),
    [
        ((), None),
        (("http.hsts_missing",), None),  # an info is never the cause
        (("redirect.missing", "certificate.expires_soon"), "certificate.expires_soon"),  # first in the catalogue
        (("certificate.expires_soon", "redirect.loop"), "redirect.loop"),  # the gravest before the first
        (("certificate.name_mismatch", "certificate.expired"), "certificate.name_mismatch"),
        (("certificate.name_mismatch", "cdn.certificate_not_deployed"), "cdn.certificate_not_deployed"),
        (("tls.handshake_failure", "cdn.certificate_not_deployed"), "cdn.certificate_not_deployed"),
        (("certificate.expired", "cdn.stale_node"), "cdn.stale_node"),  # the node is to be mended, not the certificate
        (("cdn.nodes_differ", "certificate.expires_soon"), "cdn.nodes_differ"),
        (("redirect.loop", "cdn.redirect_loop"), "cdn.redirect_loop"),
        (("tcp.ipv6_broken", "tcp.some_addresses_fail"), "tcp.ipv6_broken"),
    ],
)
def test_the_root_cause_is_the_one_that_mended_makes_the_others_go_away(
    codes: tuple[str, ...], cause: str | None
) -> None:
    assert _judged(*codes).cause == cause


@pytest.mark.parametrize(
    ("codes", "verdict"),
    [
        ((), Verdict.WORKS),
        (("tls.weak_cipher",), Verdict.WORKS),
        (("redirect.missing",), Verdict.WORKS_WITH_WARNINGS),
        (("certificate.expired",), Verdict.BROKEN),
        (("certificate.expired", "redirect.missing"), Verdict.BROKEN),
        (("probe.no_network",), Verdict.NOT_CHECKED),
        (("internal.error",), Verdict.NOT_CHECKED),
        (("internal.error", "certificate.expired"), Verdict.BROKEN),
    ],
)
def test_the_verdict_is_that_of_the_gravest_finding(codes: tuple[str, ...], verdict: Verdict) -> None:
    assert _judged(*codes).verdict is verdict


def test_every_code_alone_is_its_own_cause_unless_an_info() -> None:
    for row in CATALOGUE:
        diagnosis = _judged(row.code)
        assert diagnosis.cause == (None if row.severity == "info" else row.code)


def test_a_wrong_clock_of_padlocks_own_does_not_blame_the_host() -> None:
    diagnosis = _judged("probe.clock_wrong", "certificate.expired")
    assert [one.code for one in diagnosis.findings] == ["probe.clock_wrong"]
    assert diagnosis.verdict is Verdict.WORKS_WITH_WARNINGS


def test_an_interception_hides_the_trust_of_what_it_signed_and_nothing_else() -> None:
    diagnosis = _judged("probe.intercepted", "certificate.untrusted_root", "certificate.expired")
    assert [one.code for one in diagnosis.findings] == ["certificate.expired", "probe.intercepted"]


def test_the_root_cause_stands_first_and_the_rest_in_the_order_of_the_catalogue() -> None:
    diagnosis = _judged("http.server_error", "dns.timeout", "certificate.expired", "cdn.stale_node")
    codes = [one.code for one in diagnosis.findings]
    assert codes == ["dns.timeout", "cdn.stale_node", "certificate.expired", "http.server_error"]


def test_a_cause_that_crashes_is_an_internal_error_and_the_rest_is_told() -> None:
    def crashes(facts: Facts) -> Finding | None:
        raise RuntimeError("a secret detail")

    diagnosis = judge(
        _facts(), causes={"dns.timeout": crashes, "redirect.missing": lambda _: _found("redirect.missing")}
    )
    assert {one.code for one in diagnosis.findings} == {"internal.error", "redirect.missing"}
    assert "a secret detail" not in str(diagnosis.findings)
    assert diagnosis.cause == "internal.error"


def test_a_refused_target_has_no_checks() -> None:
    facts = Facts(text="x", host="localhost", port=443, started_at=NOW, refusal=Refusal.NAME, refusal_reason="No.")
    diagnosis = judge(facts)
    assert (diagnosis.verdict, diagnosis.cause, diagnosis.checks) == (Verdict.NOT_CHECKED, "target.forbidden", ())


def test_checks_after_a_failed_one_are_skipped() -> None:
    address = AddressFacts(
        ip="203.0.113.7",
        connect=Connect(status=ConnectStatus.CONNECTED),
        handshake=Handshake(status=HandshakeStatus.CLOSED),
    )
    facts = _facts(addresses=(address,))
    statuses = {check.name: check.status for check in judge(facts).checks}
    assert statuses == {
        CheckName.DNS: CheckStatus.PASSED,
        CheckName.TCP: CheckStatus.PASSED,
        CheckName.HANDSHAKE: CheckStatus.FAILED,
        CheckName.CERTIFICATE: CheckStatus.SKIPPED,
        CheckName.REDIRECT: CheckStatus.SKIPPED,
    }
