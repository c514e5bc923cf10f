"""The lab's DNS server answers as dnspython's client expects, and goes wrong only where it is told to."""

from collections.abc import Callable, Iterator

import dns.exception
import dns.flags
import dns.message
import dns.query
import dns.rcode
import dns.rdatatype
import pytest

from tests.lab.dns import (
    DROPS_EDNS,
    GARBAGE,
    REFUSED,
    SERVFAIL,
    SILENT,
    TRUNCATED,
    TRUNCATED_NO_TCP,
    WRONG_ID,
    WRONG_QUESTION,
    DnsServer,
    Trouble,
    many_addresses,
    slow,
)
from tests.lab.hosts import Lab

PATIENCE = 10.0
IMPATIENCE = 0.3


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab() as lab:
        yield lab


def ask(
    server: DnsServer,
    name: str,
    rdtype: str = "A",
    *,
    tcp: bool = False,
    seconds: float = PATIENCE,
    payload: int | None = None,
) -> dns.message.Message:
    query = dns.message.make_query(name, rdtype, payload=payload, use_edns=payload is not None)
    address, _, port = server.address.rpartition(":")
    send: Callable[..., dns.message.Message] = dns.query.tcp if tcp else dns.query.udp
    return send(query, address, port=int(port), timeout=seconds)


def _texts(answer: dns.message.Message) -> list[str]:
    return [line for rrset in answer.answer for line in rrset.to_text().splitlines()]


def test_what_drops_edns_answers_those_who_ask_without(lab: Lab) -> None:
    lab.dns.add("old-firewall.example", "A 127.64.0.9")
    lab.dns.trouble("old-firewall.example", DROPS_EDNS)
    with pytest.raises(dns.exception.Timeout):
        ask(lab.dns, "old-firewall.example", seconds=IMPATIENCE, payload=1232)
    assert _texts(ask(lab.dns, "old-firewall.example")) != []


def test_a_record_is_answered_with_its_lifetime(lab: Lab) -> None:
    lab.dns.add("a.example", "A 127.64.0.1", ttl=77)
    answer = ask(lab.dns, "a.example")
    assert _texts(answer) == ["a.example. 77 IN A 127.64.0.1"]
    assert answer.flags & dns.flags.RA


def test_names_are_the_same_in_upper_and_lower_case(lab: Lab) -> None:
    lab.dns.add("Mixed.Example", "A 127.64.0.1")
    assert len(_texts(ask(lab.dns, "mIXED.example"))) == 1


# (records, type asked, response code, records answered)
TABLE = [
    # An address, and a type that the name does not have.
    (["A 127.64.0.1"], "A", "NOERROR", 1),
    (["A 127.64.0.1"], "AAAA", "NOERROR", 0),
    # A name without records exists.
    ([], "A", "NOERROR", 0),
    # An alias of nothing: the alias, and NXDOMAIN.
    (["CNAME gone.HOST."], "A", "NXDOMAIN", 1),
    # The alias itself.
    (["CNAME gone.HOST."], "CNAME", "NOERROR", 1),
    # Who may issue certificates.
    (['CAA 0 issue "ca.example"', 'CAA 0 iodef "mailto:a@b.example"'], "CAA", "NOERROR", 2),
]


@pytest.mark.parametrize(("records", "rdtype", "rcode", "count"), TABLE)
def test_the_zone_is_data(records: list[str], rdtype: str, rcode: str, count: int, lab: Lab) -> None:
    name = f"{len(lab.dns.queries)}.table.example"
    lab.dns.add(name, *(record.replace("HOST", name) for record in records))
    answer = ask(lab.dns, name, rdtype)
    assert (dns.rcode.to_text(answer.rcode()), len(_texts(answer))) == (rcode, count)


def test_an_unknown_name_does_not_exist_and_says_for_how_long(lab: Lab) -> None:
    answer = ask(lab.dns, "unknown.example")
    assert answer.rcode() == dns.rcode.NXDOMAIN
    assert [rrset.rdtype for rrset in answer.authority] == [dns.rdatatype.SOA]


def test_a_name_with_names_below_it_exists(lab: Lab) -> None:
    lab.dns.add("a.b.deep.example", "A 127.64.0.1")
    assert ask(lab.dns, "b.deep.example").rcode() == dns.rcode.NOERROR


def test_a_chain_of_aliases_comes_whole_from_a_resolver_and_in_part_from_an_authority(lab: Lab) -> None:
    for server in (resolver := DnsServer(), authority := DnsServer(recursive=False)):
        lab.serve_dns(server)
        server.add("shop.example", "CNAME shop.example.cdn.dnsv1.com.")
        server.add("shop.example.cdn.dnsv1.com", "CNAME edge.example.")
        server.add("edge.example", "A 127.64.0.1")
    assert [len(_texts(ask(server, "shop.example"))) for server in (resolver, authority)] == [3, 1]
    assert ask(authority, "shop.example").flags & dns.flags.AA


@pytest.mark.parametrize(("fails", "rcode"), [(False, "NOERROR"), (True, "SERVFAIL")])
def test_aliases_in_a_circle_are_shown_or_fail(fails: bool, rcode: str, lab: Lab) -> None:
    server = DnsServer(loops_fail=fails)
    lab.serve_dns(server)
    server.add("a.example", "CNAME b.example.")
    server.add("b.example", "CNAME a.example.")
    answer = ask(server, "a.example")
    assert dns.rcode.to_text(answer.rcode()) == rcode
    assert bool(answer.answer) is not fails


@pytest.mark.parametrize(("trouble", "rcode"), [(SERVFAIL, "SERVFAIL"), (REFUSED, "REFUSED")])
def test_an_error_is_answered_for_the_name_and_no_other(trouble: Trouble, rcode: str, lab: Lab) -> None:
    lab.dns.trouble(f"{rcode}.example", trouble)
    lab.dns.add(f"not-{rcode}.example", "A 127.64.0.1")
    assert dns.rcode.to_text(ask(lab.dns, f"{rcode}.example").rcode()) == rcode
    assert ask(lab.dns, f"not-{rcode}.example").rcode() == dns.rcode.NOERROR


def test_one_type_can_be_silent_while_the_other_answers(lab: Lab) -> None:
    lab.dns.add("half.example", "A 127.64.0.1", "AAAA ::1")
    lab.dns.trouble("half.example", SILENT, rdtype="AAAA")
    assert len(_texts(ask(lab.dns, "half.example"))) == 1
    with pytest.raises(dns.exception.Timeout):
        ask(lab.dns, "half.example", "AAAA", seconds=IMPATIENCE)


def test_what_ails_the_target_of_an_alias_ails_the_alias(lab: Lab) -> None:
    lab.dns.add("alias.example", "CNAME ailing.example.")
    lab.dns.trouble("ailing.example", SERVFAIL)
    assert ask(lab.dns, "alias.example").rcode() == dns.rcode.SERVFAIL


def test_a_slow_answer_comes_late_and_right(lab: Lab) -> None:
    lab.dns.add("slow.example", "A 127.64.0.1")
    lab.dns.trouble("slow.example", slow(2 * IMPATIENCE))
    with pytest.raises(dns.exception.Timeout):
        ask(lab.dns, "slow.example", seconds=IMPATIENCE)
    assert len(_texts(ask(lab.dns, "slow.example"))) == 1


def test_a_truncated_answer_is_whole_over_tcp(lab: Lab) -> None:
    lab.dns.add("cut.example", "A 127.64.0.1")
    lab.dns.trouble("cut.example", TRUNCATED)
    over_udp = ask(lab.dns, "cut.example")
    assert (over_udp.flags & dns.flags.TC, over_udp.answer) == (dns.flags.TC, [])
    assert len(_texts(ask(lab.dns, "cut.example", tcp=True))) == 1


def test_tcp_can_end_without_an_answer(lab: Lab) -> None:
    lab.dns.trouble("no-tcp.example", TRUNCATED_NO_TCP)
    with pytest.raises(EOFError):
        ask(lab.dns, "no-tcp.example", tcp=True)


def test_tcp_can_be_refused(lab: Lab) -> None:
    server = DnsServer(tcp=False)
    lab.serve_dns(server)
    with pytest.raises(ConnectionRefusedError):
        ask(server, "a.example", tcp=True)


def test_four_thousand_records_fit_into_tcp_and_not_into_udp(lab: Lab) -> None:
    lab.dns.add("many.example", *many_addresses(4000))
    assert ask(lab.dns, "many.example", payload=4096).flags & dns.flags.TC
    assert len(_texts(ask(lab.dns, "many.example", tcp=True))) == 4000


@pytest.mark.parametrize(("payload", "truncated"), [(None, True), (1232, False)])
def test_how_much_fits_into_udp_is_the_client_s_to_say(payload: int | None, truncated: bool, lab: Lab) -> None:
    lab.dns.add("forty.example", *many_addresses(40))
    assert bool(ask(lab.dns, "forty.example", payload=payload).flags & dns.flags.TC) is truncated


@pytest.mark.parametrize("trouble", [WRONG_ID, WRONG_QUESTION, GARBAGE], ids=["other id", "other question", "garbage"])
def test_an_answer_to_another_query_is_rejected(trouble: Trouble, lab: Lab) -> None:
    name = f"{len(lab.dns.queries)}.odd.example"
    lab.dns.add(name, "A 127.64.0.1")
    assert len(_texts(ask(lab.dns, name))) == 1
    lab.dns.trouble(name, trouble)
    with pytest.raises(dns.exception.DNSException):
        ask(lab.dns, name, seconds=IMPATIENCE)


def test_an_answer_can_change_with_each_query(lab: Lab) -> None:
    lab.dns.rotate("rebinds.example", "A", ("127.64.0.1",), ("127.0.0.1",))
    seen = [_texts(ask(lab.dns, "rebinds.example"))[0].split()[-1] for _ in range(3)]
    assert seen == ["127.64.0.1", "127.0.0.1", "127.0.0.1"]


def test_the_control_query_is_answered_unless_switched_off(lab: Lab) -> None:
    assert len(_texts(ask(lab.dns, ".", "NS"))) == 2
    server = DnsServer(control=False)
    lab.serve_dns(server)
    with pytest.raises(dns.exception.Timeout):
        ask(server, ".", "NS", seconds=IMPATIENCE)


def test_queries_are_counted(lab: Lab) -> None:
    ask(lab.dns, "counted.example")
    ask(lab.dns, "counted.example", "AAAA", tcp=True)
    assert lab.dns.count("counted.example") == 2
    assert lab.dns.count("counted.example", "AAAA") == 1


def test_a_slip_in_the_zone_is_told_at_once(lab: Lab) -> None:
    with pytest.raises(dns.rdatatype.UnknownRdatatype):
        lab.dns.add("a.example", "ADDRESS 127.64.0.1")
