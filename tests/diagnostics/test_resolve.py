"""What the resolver makes of slow, odd and silent DNS servers, and how often it asks them."""

import asyncio
from collections.abc import Iterator

import pytest

from diagnostics.facts import Caa, DnsSilence, DnsStatus, Resolution
from diagnostics.probes.caa import find_caa
from diagnostics.probes.resolve import Resolver, parse_nameserver
from tests.lab.dns import (
    DROPS_EDNS,
    REFUSED,
    SERVFAIL,
    SILENT,
    TRUNCATED,
    TRUNCATED_NO_TCP,
    DnsServer,
    Trouble,
    slow,
)
from tests.lab.hosts import Lab

HOST, ADDRESS = "shop.example", "127.64.0.1"


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab() as running:
        yield running


def _server(lab: Lab, trouble: Trouble | None = None, *, tcp: bool = True) -> DnsServer:
    server = DnsServer(tcp=tcp)
    server.add(HOST, f"A {ADDRESS}")
    if trouble is not None:
        server.trouble(HOST, trouble)
    lab.serve_dns(server)
    return server


def _resolver(*servers: DnsServer) -> Resolver:
    return Resolver(tuple(parse_nameserver(server.address) for server in servers))


def _resolve(*servers: DnsServer, timeout: float, host: str = HOST) -> Resolution:
    async def look() -> Resolution:
        deadline = asyncio.get_running_loop().time() + timeout
        return await _resolver(*servers).resolve(host, deadline=deadline)

    return asyncio.run(look())


def test_a_healthy_name_costs_one_question_a_family(lab: Lab) -> None:
    server = _server(lab)
    assert _resolve(server, timeout=5).addresses == (ADDRESS,)
    assert sorted(query.rdtype for query in server.queries) == ["A", "AAAA"]


# How late an answer may come, by the time for the whole diagnosis.
LATE = [
    (0.9, 2.0),
    (2.2, 6.0),  # after the server was asked a second time
    (3.2, 6.0),
    (4.0, 8.0),
]


@pytest.mark.parametrize(("delay", "timeout"), LATE)
def test_an_answer_that_comes_late_counts(lab: Lab, delay: float, timeout: float) -> None:
    found = _resolve(_server(lab, slow(delay)), timeout=timeout)
    assert (found.status, found.addresses) == (DnsStatus.ANSWERED, (ADDRESS,))
    assert found.seconds < delay + 0.5


def test_an_answer_that_comes_too_late_is_a_timeout(lab: Lab) -> None:
    assert _resolve(_server(lab, slow(3.0)), timeout=2).status is DnsStatus.TIMEOUT


def test_a_slow_server_behind_a_silent_one_is_waited_for(lab: Lab) -> None:
    found = _resolve(_server(lab, SILENT), _server(lab, slow(2.0)), timeout=8)
    assert found.addresses == (ADDRESS,)


def test_a_slow_server_before_one_that_refuses_is_waited_for(lab: Lab) -> None:
    found = _resolve(_server(lab, slow(2.2)), _server(lab, REFUSED), timeout=8)
    assert found.addresses == (ADDRESS,)


def test_a_server_that_failed_is_asked_once_more(lab: Lab) -> None:
    server = _server(lab, SERVFAIL)
    assert _resolve(server, timeout=5).status is DnsStatus.SERVER_FAILURE
    assert server.count(HOST, "A") == 2


def test_what_is_silent_to_edns_is_asked_without(lab: Lab) -> None:
    assert _resolve(_server(lab, DROPS_EDNS), timeout=6).addresses == (ADDRESS,)


def test_a_long_answer_comes_over_tcp(lab: Lab) -> None:
    assert _resolve(_server(lab, TRUNCATED), timeout=5).addresses == (ADDRESS,)


@pytest.mark.parametrize(
    ("trouble", "tcp"),
    [
        (TRUNCATED_NO_TCP, True),  # TCP opens and closes
        (TRUNCATED, False),  # nothing listens on TCP
        (Trouble(truncated=True, delay=0.8), True),  # too slow over TCP: only that is without an answer
    ],
)
def test_where_tcp_gives_no_answer_the_answers_say_so(lab: Lab, trouble: Trouble, tcp: bool) -> None:
    found = _resolve(_server(lab, trouble, tcp=tcp), timeout=2)
    assert found.status is DnsStatus.TIMEOUT
    assert {answer.rcode for answer in found.answers if answer.rdtype == "A"} == {DnsSilence.NO_TCP_ANSWER}


def test_a_server_that_answers_only_over_udp_is_no_dead_network(lab: Lab) -> None:
    server = _server(lab)
    server.trouble(None, TRUNCATED_NO_TCP)
    assert _resolve(server, timeout=2).status is DnsStatus.TIMEOUT


def test_where_nobody_answers_the_network_is_dead(lab: Lab) -> None:
    server = _server(lab)
    server.trouble(None, SILENT)
    assert _resolve(server, timeout=2).status is DnsStatus.NO_NETWORK


# Who may issue


def _find(server: DnsServer, host: str, *, timeout: float = 8.0) -> Caa | None:
    async def look() -> Caa | None:
        deadline = asyncio.get_running_loop().time() + timeout
        return await find_caa(host, resolver=_resolver(server), deadline=deadline)

    return asyncio.run(look())


def test_the_caa_records_of_the_name_itself_count_before_its_parents(lab: Lab) -> None:
    server = _server(lab)
    server.add("example.org", 'CAA 0 issue "ca.example"')
    server.add("shop.example.org", 'CAA 0 issue "LetsEncrypt.org; validationmethods=dns-01"', 'CAA 0 issuewild ";"')
    found = _find(server, "shop.example.org")
    assert found is not None
    assert (found.name, found.issue, found.issue_wild) == ("shop.example.org", ("letsencrypt.org",), ("",))
    assert server.count(rdtype="CAA") == 1


def test_without_caa_records_those_of_the_nearest_parent_count(lab: Lab) -> None:
    server = _server(lab)
    server.add("example.org", 'CAA 0 issue "digicert.com"', 'CAA 0 iodef "mailto:a@example.org"')
    server.add("a.b.example.org", f"A {ADDRESS}")
    found = _find(server, "a.b.example.org")
    assert found is not None
    assert (found.name, found.issue) == ("example.org", ("digicert.com",))
    assert [query.name for query in server.queries] == ["a.b.example.org.", "b.example.org.", "example.org."]


def test_the_caa_records_behind_an_alias_are_the_names_own(lab: Lab) -> None:
    server = _server(lab)
    server.add("www.example.org", "CNAME edge.example.net.")
    server.add("edge.example.net", 'CAA 0 issue "sectigo.com"')
    found = _find(server, "www.example.org")
    assert found is not None
    assert (found.name, found.issue) == ("www.example.org", ("sectigo.com",))


def test_without_any_caa_records_the_search_ends(lab: Lab) -> None:
    server = _server(lab)
    server.add("a.b.c.d.e.f.g.h.i.j.example.org", f"A {ADDRESS}")
    assert _find(server, "a.b.c.d.e.f.g.h.i.j.example.org") is None
    assert server.count(rdtype="CAA") == 8


def test_servers_that_do_not_tell_are_not_waited_for(lab: Lab) -> None:
    server = _server(lab)
    server.trouble(None, SILENT, rdtype="CAA")
    assert _find(server, HOST, timeout=1.0) is None
