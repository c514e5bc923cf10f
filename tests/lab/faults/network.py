"""Faults before a connection is open: the target, Padlock's own network, DNS and TCP."""

import itertools
from dataclasses import replace

from tests.lab import tcp
from tests.lab.dns import (
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
    slow,
)
from tests.lab.faults.fault import Fault, Need, Start, good, host
from tests.lab.hosts import NOT_ALLOWED, Check, Lab, Node


def _instead(target: str) -> Start:
    """This target, in which HOST stands for a good host."""

    def start(lab: Lab, name: str) -> Check:
        return lab.check(target.replace("HOST", lab.site(name).target))

    return start


def _not_allowed(lab: Lab, name: str) -> Check:
    return replace(good(lab, name), allow_networks=())


def _one_address_not_allowed(lab: Lab, name: str) -> Check:
    check = good(lab, name)
    lab.dns.add(name, f"A {NOT_ALLOWED}")
    return check


def _dead_nameserver(lab: Lab) -> str:
    dead = DnsServer()
    dead.trouble(None, SILENT)
    return lab.serve_dns(dead)


def _no_nameserver_answers(lab: Lab, name: str) -> Check:
    return replace(good(lab, name), nameservers=(_dead_nameserver(lab),))


def _second_nameserver_answers(lab: Lab, name: str) -> Check:
    check = good(lab, name)
    return replace(check, nameservers=(_dead_nameserver(lab), *check.nameservers))


def _unknown(lab: Lab, name: str) -> Check:
    return lab.check(name)


def _records(*records: str) -> Start:
    """A name with just these records, in which HOST stands for the name."""

    def start(lab: Lab, name: str) -> Check:
        lab.dns.add(name, *(record.replace("HOST", name) for record in records))
        return lab.check(name)

    return start


def _alias_of_no_address(lab: Lab, name: str) -> Check:
    lab.dns.add(f"empty.{name}", "TXT unused")
    lab.dns.add(name, f"CNAME empty.{name}.")
    return lab.check(name)


def _through_aliases(lab: Lab, name: str) -> Check:
    site = lab.site(f"edge.{name}", https=lab.ca.leaf(name))
    steps = [name, f"{name}.cdn.dnsv1.com", f"a.{name}", f"edge.{name}"]
    for step, target in itertools.pairwise(steps):
        lab.dns.add(step, f"CNAME {target}.")
    return lab.check(site.target.replace(f"edge.{name}", name))


def _circle(lab: Lab, name: str) -> Check:
    lab.dns.add(name, f"CNAME www.{name}.")
    lab.dns.add(f"www.{name}", f"CNAME {name}.")
    return lab.check(name)


def _circle_seen_as_servfail(lab: Lab, name: str) -> Check:
    server = DnsServer(loops_fail=True)
    server.add(name, f"CNAME www.{name}.")
    server.add(f"www.{name}", f"CNAME {name}.")
    return replace(lab.check(name), nameservers=(lab.serve_dns(server),))


def _troubled(trouble: Trouble, rdtype: str | None = None) -> Start:
    """A good host about which the DNS server answers like this."""

    def start(lab: Lab, name: str) -> Check:
        lab.dns.trouble(name, trouble, rdtype=rdtype)
        return good(lab, name)

    return start


def _first_nameserver(trouble: Trouble) -> Start:
    """A good host, and a first DNS server that answers everything but the control query like this."""

    def start(lab: Lab, name: str) -> Check:
        failing = DnsServer()
        failing.trouble(name, trouble)
        check = good(lab, name)
        return replace(check, nameservers=(lab.serve_dns(failing), *check.nameservers))

    return start


TARGET = (
    Fault(code="target.invalid", name="other-scheme", broken=_instead("ftp://HOST/"), healthy=_instead("http://HOST/")),
    Fault(
        code="target.invalid",
        name="no-port",
        broken=_instead("https://no-port.example:99999/"),
        healthy=_instead("https://HOST/path?query#fragment"),
    ),
    Fault(code="target.forbidden", name="not-public", broken=_not_allowed, healthy=good),
    Fault(code="target.forbidden", name="other-port", broken=_instead("https://other-port.example:22"), healthy=good),
    # Some addresses may be contacted: the warning is the cause where nothing worse was found.
    Fault(code="target.forbidden", name="partly-public", broken=_one_address_not_allowed, healthy=good),
)


def _intercepted(lab: Lab, name: str) -> Check:
    """What a well-known filter puts in place of the host's certificate; its root is not trusted here."""
    root = lab.ca.authority("Zscaler Root CA", issuer=None)
    filter_ = lab.ca.authority("Zscaler Intermediate Root CA (zscalertwo.net)", issuer=root)
    return lab.check(lab.site(name, https=lab.ca.issue(name, issuer=filter_).healthy))


PROBE = (
    Fault(code="probe.intercepted", name="intercepted", broken=_intercepted, healthy=good),
    Fault(code="probe.no_network", name="no-dns", broken=_no_nameserver_answers, healthy=_second_nameserver_answers),
)

DNS = (
    Fault(code="dns.nxdomain", name="unknown", broken=_unknown, healthy=good),
    Fault(code="dns.no_address", name="no-address", broken=_records("MX 10 mail.HOST."), healthy=good),
    # The alias leads to a name that exists and has no address.
    Fault(
        code="dns.no_address",
        name="alias-no-address",
        broken=_alias_of_no_address,
        healthy=_through_aliases,
    ),
    Fault(
        code="dns.dangling_alias",
        name="dangling",
        broken=_records("CNAME HOST.cdn.dnsv1.com."),
        healthy=_through_aliases,
    ),
    Fault(code="dns.alias_loop", name="circle", broken=_circle, healthy=_through_aliases),
    Fault(code="dns.alias_loop", name="circle-servfail", broken=_circle_seen_as_servfail, healthy=_through_aliases),
    Fault(code="dns.server_failure", name="servfail", broken=_troubled(SERVFAIL), healthy=_first_nameserver(SERVFAIL)),
    Fault(code="dns.server_failure", name="dns-refused", broken=_troubled(REFUSED), healthy=_first_nameserver(REFUSED)),
    # The twin: the AAAA query is never answered, which is told and is no fault.
    Fault(code="dns.timeout", name="dns-silent", broken=_troubled(SILENT), healthy=_troubled(SILENT, "AAAA")),
    # Answers that are for another query are no answers; the twins are odd and right.
    Fault(code="dns.timeout", name="dns-other-id", broken=_troubled(WRONG_ID), healthy=_troubled(slow(0.3))),
    Fault(code="dns.timeout", name="dns-other-name", broken=_troubled(WRONG_QUESTION), healthy=_troubled(TRUNCATED)),
    # The answer is too long for UDP, and TCP is closed.
    Fault(
        code="dns.timeout",
        name="dns-no-tcp",
        broken=_troubled(TRUNCATED_NO_TCP),
        healthy=_first_nameserver(TRUNCATED_NO_TCP),
    ),
    Fault(code="dns.timeout", name="dns-garbage", broken=_troubled(GARBAGE), healthy=_first_nameserver(GARBAGE)),
)


def _unreachable(lab: Lab, name: str) -> Check:
    # Linux answers a TCP connection to loopback's broadcast address with ENETUNREACH, as a router without a way does.
    address = "127.255.255.255"
    lab.dns.add(name, f"A {address}")
    check = lab.check(lab.target(name))
    return replace(check, allow_networks=(*check.allow_networks, f"{address}/32"))


def _two_addresses(lab: Lab, name: str) -> Check:
    identity = lab.ca.leaf(name)
    return lab.check(lab.site(name, nodes=[Node(identity), Node(identity)]))


def _one_of_two_refuses(lab: Lab, name: str) -> Check:
    return lab.check(lab.site(name, nodes=[Node(lab.ca.leaf(name)), Node(tcp.Refused(), tcp.Refused())]))


def _one_of_two_is_silent(lab: Lab, name: str) -> Check:
    return lab.check(lab.site(name, nodes=[Node(lab.ca.leaf(name)), Node(tcp.Silent(), tcp.Silent())]))


def _both_families(lab: Lab, name: str) -> Check:
    identity = lab.ca.leaf(name)
    return lab.check(lab.dual_stack_site(name, ipv4=identity, ipv6=identity))


def _ipv6_refuses(lab: Lab, name: str) -> Check:
    return lab.check(lab.dual_stack_site(name, ipv4=lab.ca.leaf(name), ipv6=tcp.Refused()))


TCP = (
    # Port 80 works, which is worth saying.
    Fault(code="tcp.refused", name="refused", broken=host(lambda lab, name: tcp.Refused()), healthy=good),
    Fault(code="tcp.timeout", name="filtered", broken=host(lambda lab, name: tcp.Silent()), healthy=good),
    Fault(code="tcp.unreachable", name="unreachable", broken=_unreachable, healthy=good),
    Fault(code="tcp.some_addresses_fail", name="one-refuses", broken=_one_of_two_refuses, healthy=_two_addresses),
    Fault(code="tcp.some_addresses_fail", name="one-filtered", broken=_one_of_two_is_silent, healthy=_two_addresses),
    Fault(
        code="tcp.ipv6_broken",
        name="ipv6-refuses",
        broken=_ipv6_refuses,
        healthy=_both_families,
        needs=frozenset({Need.IPV6}),
    ),
)
