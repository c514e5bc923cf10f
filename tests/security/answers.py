"""What a stranger's DNS may answer, and what Padlock has to make of it."""

from collections.abc import Mapping
from dataclasses import dataclass

_REFUSED, _WARNED, _FINE = "target.forbidden", "target.forbidden", "works"


@dataclass(frozen=True, slots=True)
class DnsAnswer:
    """The records of a name (`{name}` stands for it) and of others, and the cause that is told."""

    title: str
    records: Mapping[str, tuple[str, ...]]
    cause: str
    forbidden: tuple[str, ...] = ()

    def zone(self, name: str) -> dict[str, tuple[str, ...]]:
        """The records, with the name in its place."""
        return {
            owner.format(name=name): tuple(record.format(name=name) for record in records)
            for owner, records in self.records.items()
        }


def _one(ip: str) -> DnsAnswer:
    kind = "AAAA" if ":" in ip else "A"
    return DnsAnswer(f"the address {ip}", {"{name}": (f"{kind} {ip}",)}, _REFUSED, (ip,))


ANSWERS: tuple[DnsAnswer, ...] = (
    *(
        _one(ip)
        for ip in (
            "0.0.0.0", "10.0.0.1", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.255.255.254", "168.63.129.16",
            "169.254.169.254", "169.254.170.2", "172.16.0.1", "172.31.255.255", "192.0.0.192", "192.0.2.1",
            "192.31.196.1", "192.52.193.1", "192.88.99.1", "192.168.0.1", "192.175.48.6", "198.18.0.1", "198.51.100.1",
            "203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "::", "::1", "::7f00:1",
            "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "::ffff:0:7f00:1", "64:ff9b::7f00:1",
            "64:ff9b::a9fe:a9fe", "64:ff9b::808:808", "64:ff9b:1::7f00:1", "100::1", "1fff::1", "2001::1",
            "2001:0:7f00:1::", "2001:db8::1", "2001:20::1", "2002:7f00:1::1", "2002:808:808::1", "2620:4f:8000::1",
            "3fff::1", "4000::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fd20:ce::254", "fe80::1", "fec0::1",
            "ff02::1", "2606:4700::5efe:a00:1",
        )
    ),
    DnsAnswer("two private addresses", {"{name}": ("A 10.0.0.1", "A 192.168.0.1")}, _REFUSED, ("10.0.0.1",)),
    DnsAnswer("one private address of each family", {"{name}": ("A 10.0.0.1", "AAAA fd00::1")}, _REFUSED, ("fd00::1",)),
    DnsAnswer(
        "an alias of a name with a private address",
        {"{name}": ("CNAME inner.{name}.",), "inner.{name}": ("A 10.0.0.1",)},
        _REFUSED,
        ("10.0.0.1",),
    ),
    DnsAnswer(
        "three aliases to loopback",
        {
            "{name}": ("CNAME a.{name}.",),
            "a.{name}": ("CNAME b.{name}.",),
            "b.{name}": ("CNAME c.{name}.",),
            "c.{name}": ("A 127.0.0.1",),
        },
        _REFUSED,
        ("127.0.0.1",),
    ),
    DnsAnswer(
        "an alias of localhost, which DNS has an address for",
        {"{name}": ("CNAME localhost.",), "localhost": ("A 127.0.0.1",)},
        _REFUSED,
        ("127.0.0.1",),
    ),
    DnsAnswer(
        "an alias of a metadata service",
        {"{name}": ("CNAME metadata.google.internal.",), "metadata.google.internal": ("A 169.254.169.254",)},
        _REFUSED,
        ("169.254.169.254",),
    ),
    DnsAnswer("a public and a private address", {"{name}": ("A 8.8.8.8", "A 10.0.0.1")}, _WARNED, ("10.0.0.1",)),
    DnsAnswer("a private and a public address", {"{name}": ("A 10.0.0.1", "A 8.8.8.8")}, _WARNED, ("10.0.0.1",)),
    DnsAnswer(
        "a public IPv4 and a private IPv6 address", {"{name}": ("A 8.8.8.8", "AAAA fd00::1")}, _WARNED, ("fd00::1",)
    ),
    DnsAnswer(
        "a public IPv4 and a mapped loopback", {"{name}": ("A 8.8.8.8", "AAAA ::ffff:127.0.0.1")}, _WARNED
    ),
    DnsAnswer("a public address", {"{name}": ("A 8.8.8.8",)}, _FINE),
    DnsAnswer("a public address of each family", {"{name}": ("A 8.8.8.8", "AAAA 2606:4700::1111")}, _FINE),
    DnsAnswer(
        "an alias of a name with a public address",
        {"{name}": ("CNAME inner.{name}.",), "inner.{name}": ("A 8.8.8.8",)},
        _FINE,
    ),
)  # fmt: skip
