"""A whole diagnosis: what it costs the host, what it leaves alone, and how it ends."""

import asyncio
import itertools
from collections.abc import Iterator
from dataclasses import replace

import pytest

from diagnostics.catalogue import CheckName
from diagnostics.diagnose import Check as Checked
from diagnostics.diagnose import Diagnosis, Options, Verdict, diagnose
from diagnostics.judge import CheckStatus
from tests.lab import http, tcp, tls
from tests.lab.certificates import DAY
from tests.lab.dns import SILENT, DnsServer, slow
from tests.lab.hosts import Check, Lab, Node, Site

MOST_CONNECTIONS = 6  # to one address of a host, whatever is wrong with it


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab() as running:
        if not running.real_ports:
            pytest.skip("needs ports 443 and 80")
        yield running


def _run(check: Check, *, timeout: float = 8.0, checks: frozenset[CheckName] = frozenset(CheckName)) -> Diagnosis:
    return asyncio.run(diagnose(check.target, options=check.options(timeout=timeout), checks=checks))


def _connections(site: Site) -> list[int]:
    return [server.connections for server in site.servers]


def test_a_healthy_host_costs_one_connection_on_each_port(lab: Lab) -> None:
    site = lab.site("frugal.example")
    assert _run(lab.check(site)).verdict is Verdict.WORKS
    assert _connections(site) == [1, 1]


def test_a_failing_host_is_not_hammered(lab: Lab) -> None:
    site = lab.site("hangs-up.example", https=tcp.hang_up)
    assert _run(lab.check(site)).cause == "tls.closed"
    assert sum(_connections(site)) <= MOST_CONNECTIONS


@pytest.mark.parametrize("goodbye", [False, True])
def test_a_server_that_wants_http_1_costs_one_connection_more(lab: Lab, *, goodbye: bool) -> None:
    name = f"wants-http-1-{goodbye}.example"
    context = tls.context_of(lab.ca.leaf(name), alpn=("h2", "http/1.1"))
    script = http.chain_of_redirects(3, base=f"https://{name}")
    site = lab.site(name, https=tls.tls(context, http.wants_http1(http.http(script), goodbye=goodbye)))
    assert _run(lab.check(site)).verdict is Verdict.WORKS
    assert _connections(site) == [2, 1]


def test_a_server_that_wants_http_1_and_has_none_is_not_asked_for_ever(lab: Lab) -> None:
    context = tls.context_of(lab.ca.leaf("only-http-2.example"), alpn=("h2",))
    site = lab.site("only-http-2.example", https=tls.tls(context, http.wants_http1(tcp.hang_up)))
    assert _run(lab.check(site)).cause == "http.invalid_response"
    assert _connections(site) == [2, 1]


def test_a_server_that_wants_http_1_for_each_page_anew_is_not_offered_http_2_again(lab: Lab) -> None:
    name = "closes-and-wants-http-1.example"
    home = http.redirect("/home").with_headers(("Connection", "close"))
    context = tls.context_of(lab.ca.leaf(name), alpn=("h2", "http/1.1"))
    served = http.wants_http1(http.http({"/": home, "/home": http.page()}))
    site = lab.site(name, https=tls.tls(context, served))
    assert _run(lab.check(site)).verdict is Verdict.WORKS
    assert _connections(site) == [3, 1]


def test_http_1_is_not_tried_beyond_the_connections_that_are_allowed(lab: Lab) -> None:
    name = "moody.example"
    context = tls.context_of(lab.ca.leaf(name), alpn=("h2", "http/1.1"))
    wants_http1 = tls.tls(context, http.wants_http1(http.http()))
    count = itertools.count()

    async def moody(stream: tcp.Stream) -> None:
        await (tcp.hang_up if next(count) < 4 else wants_http1)(stream)

    site = lab.site(name, https=moody)
    assert _run(lab.check(site)).cause == "http.invalid_response"
    assert _connections(site)[0] == MOST_CONNECTIONS


def test_checks_not_asked_for_do_not_connect(lab: Lab) -> None:
    site = lab.site("only-dns.example")
    diagnosis = _run(lab.check(site), checks=frozenset({CheckName.DNS}))
    assert [check.name for check in diagnosis.checks] == [CheckName.DNS]
    assert _connections(site) == [0, 0]


def test_a_check_runs_those_it_needs(lab: Lab) -> None:
    site = lab.site("to-certificate.example")
    diagnosis = _run(lab.check(site), checks=frozenset({CheckName.CERTIFICATE}))
    assert [check.name for check in diagnosis.checks] == list(CheckName)[:4]
    assert _connections(site) == [1, 0]


def test_all_checks_of_a_healthy_host_pass(lab: Lab) -> None:
    diagnosis = _run(lab.check(lab.site("passes.example")))
    assert {check.status for check in diagnosis.checks} == {CheckStatus.PASSED}
    assert diagnosis.cause is None


def test_progress_tells_each_check_once_and_in_order(lab: Lab) -> None:
    check = lab.check(lab.site("progress.example"))
    told: list[Checked] = []
    asyncio.run(diagnose(check.target, options=check.options(timeout=8), progress=told.append))
    assert [one.name for one in told] == list(CheckName)


def test_a_name_that_leads_only_to_forbidden_addresses_tells_nothing_of_them(lab: Lab) -> None:
    check = replace(lab.check(lab.site("inside.example")), allow_networks=("192.0.2.0/24",))
    diagnosis = _run(check)
    assert (diagnosis.verdict, diagnosis.cause) == (Verdict.NOT_CHECKED, "target.forbidden")
    assert (diagnosis.facts.seconds, diagnosis.facts.addresses, diagnosis.checks) == (0.0, (), ())
    assert "127." not in str(diagnosis)


def test_an_internal_name_that_no_allowed_network_holds_is_not_told_apart_from_one_that_is_not_there(lab: Lab) -> None:
    lab.dns.add("here.internal", "A 10.1.2.3")
    for name in ("here.internal", "nowhere.internal", "printer"):
        diagnosis = _run(lab.check(name))
        assert (diagnosis.verdict, diagnosis.cause) == (Verdict.NOT_CHECKED, "target.forbidden")
        assert diagnosis.checks == ()


def test_a_slow_dns_server_is_waited_for(lab: Lab) -> None:
    site = lab.site("slow-dns.example")
    lab.dns.trouble("slow-dns.example", slow(2.5))
    assert _run(lab.check(site)).verdict is Verdict.WORKS


def test_of_mixed_addresses_the_public_ones_are_checked_and_the_others_are_a_warning(lab: Lab) -> None:
    site = lab.site("mixed.example")
    lab.dns.add("mixed.example", "A 10.9.8.7")
    diagnosis = _run(lab.check(site))
    assert (diagnosis.verdict, diagnosis.cause) == (Verdict.WORKS_WITH_WARNINGS, "target.forbidden")
    assert "10.9.8.7" not in str(diagnosis)


def test_at_most_sixteen_addresses_are_tried_and_the_report_says_so(lab: Lab) -> None:
    site = lab.site("many.example", nodes=[Node(lab.ca.leaf("many.example")) for _ in range(18)])
    diagnosis = _run(lab.check(site))
    assert (len(diagnosis.facts.addresses), diagnosis.facts.omitted_addresses) == (16, 2)
    assert "18 addresses, of which 16 were tried" in diagnosis.checks[0].detail


def test_a_stalled_server_is_given_up_by_the_deadline(lab: Lab) -> None:
    site = lab.site("stalls.example", https=tcp.hang)
    diagnosis = _run(lab.check(site), timeout=1.0)
    assert diagnosis.cause == "tls.timeout"
    assert diagnosis.facts.seconds < 1.6  # the deadline and the grace, not a measure of speed


@pytest.mark.parametrize("timeout", [0.001, 0.2, 1.0, 2.0])
def test_what_time_did_not_allow_to_see_is_never_said_to_work(lab: Lab, timeout: float) -> None:
    silent = DnsServer()
    silent.trouble(None, SILENT)
    check = replace(lab.check("nobody-answers.example"), nameservers=(lab.serve_dns(silent),))
    diagnosis = _run(check, timeout=timeout)
    assert diagnosis.cause in ("dns.timeout", "probe.no_network")
    assert CheckStatus.PASSED not in {one.status for one in diagnosis.checks}


@pytest.mark.parametrize("timeout", [0.5, 1.0, 1.5, 2.0])
def test_one_family_without_an_answer_leaves_time_for_the_rest(lab: Lab, timeout: float) -> None:
    site = lab.site("no-aaaa.example", https=lab.ca.issue("no-aaaa.example", begins=-90 * DAY, ends=-2 * DAY).healthy)
    lab.dns.trouble("no-aaaa.example", SILENT, rdtype="AAAA")
    assert _run(lab.check(site), timeout=timeout).cause == "certificate.expired"


def test_a_slow_handshake_is_waited_for(lab: Lab) -> None:
    slow_one = tls.slow_handshake(tls.tls(lab.ca.leaf("slow-tls.example")), seconds=5.5)
    assert _run(lab.check(lab.site("slow-tls.example", https=slow_one)), timeout=15.0).verdict is Verdict.WORKS


@pytest.mark.parametrize("timeout", [3.0, 5.0])
def test_silence_is_explained_with_little_time_too(lab: Lab, timeout: float) -> None:
    name = f"old-box-{timeout:.0f}.example"
    site = lab.site(name, https=tls.drops_large_hello(1000, tls.tls(lab.ca.leaf(name))))
    assert _run(lab.check(site), timeout=timeout).cause == "tls.large_hello_rejected"
    waits = lab.site(f"waits-{timeout:.0f}.example", https=http.http())
    assert _run(lab.check(waits), timeout=timeout).cause == "tls.plaintext_http"
    assert sum(_connections(waits)) <= MOST_CONNECTIONS


def test_behind_a_small_greeting_the_certificate_is_judged_too(lab: Lab) -> None:
    expired = lab.ca.issue("old-box.example", begins=-90 * DAY, ends=-2 * DAY).healthy
    site = lab.site("old-box.example", https=tls.drops_large_hello(1000, tls.tls(expired, http.http(http.page()))))
    diagnosis = _run(lab.check(site), timeout=12.0)
    assert diagnosis.cause == "certificate.expired"
    assert "tls.large_hello_rejected" in [finding.code for finding in diagnosis.findings]


def test_no_text_raises() -> None:
    for text in ("", " ", "\x00", "\ud800", "a" * 100_000, "https://", "::::", "*.example.com", "ftp://example.com"):
        diagnosis = asyncio.run(diagnose(text, options=Options()))
        assert (diagnosis.verdict, diagnosis.cause) == (Verdict.NOT_CHECKED, "target.invalid")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (Options(allow_networks=("10.0.0.0/33",)), "10.0.0.0/33"),
        (Options(nameservers=("localhost",)), "localhost"),
        (Options(ports=(0,)), "0"),
        (Options(timeout=0), "timeout"),
        (Options(ca_file="nowhere.pem"), "nowhere.pem"),
    ],
)
def test_a_wrong_option_says_what_is_wrong(options: Options, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        asyncio.run(diagnose("shop.example.com", options=options))
