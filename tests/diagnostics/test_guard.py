"""What may be contacted, and that no spelling, embedding or wide network gets past."""

import copy
import csv
import dataclasses
import ipaddress
import socket
from pathlib import Path

import pytest

import diagnostics
from diagnostics.facts import Refusal
from diagnostics.probes.guard import CheckedAddress, Guard, is_forbidden_name, is_own_address
from diagnostics.target import Target, parse_target

DATA = Path(diagnostics.__file__).parent / "data"


def guard(*allow_networks: str) -> Guard:
    """A guard whose machine has no address of the table's."""
    return Guard(allow_networks=allow_networks, own_address=lambda ip: False)


def admits(judge: Guard, ip: str, *, host: str = "shop.example.com", port: int = 443) -> bool:
    return judge.admit(ip, host=host, port=port) is not None


# Judged by hand, so that neither our data nor this Python's ipaddress has a say.
FORBIDDEN = [
    "0.0.0.0",  # this host
    "0.1.2.3",
    "10.0.0.1",  # private
    "10.255.255.255",
    "100.64.0.1",  # carrier-grade NAT
    "100.100.100.200",  # Alibaba's metadata
    "100.127.255.255",
    "127.0.0.1",  # loopback
    "127.255.255.254",
    "168.63.129.16",  # Azure's WireServer
    "169.254.0.23",  # Tencent's metadata
    "169.254.169.254",  # nearly everyone's metadata
    "169.254.170.2",  # AWS ECS credentials
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.0.8",
    "192.0.0.9",  # globally reachable by the registry, and in it
    "192.0.0.10",
    "192.0.0.170",
    "192.0.0.192",  # Oracle's metadata
    "192.0.2.1",
    "192.31.196.1",  # AS112
    "192.52.193.1",  # AMT
    "192.88.99.1",  # 6to4 relays
    "192.168.1.1",
    "192.175.48.6",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",  # multicast
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::2",
    "::127.0.0.1",  # IPv4-compatible
    "::8.8.8.8",
    "::a9fe:a9fe",
    "::ffff:127.0.0.1",  # IPv4-mapped
    "::ffff:10.0.0.1",
    "::ffff:100.64.0.1",
    "::ffff:8.8.8.8",  # a mapped public address is no address of a public host either
    "::ffff:0:127.0.0.1",  # IPv4-translated
    "::ffff:0:8.8.8.8",
    "64:ff9b::127.0.0.1",  # NAT64
    "64:ff9b::10.0.0.1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b::8.8.8.8",
    "64:ff9b:1::1",
    "64:ff9b:1:ffff:ffff:ffff:ffff:ffff",
    "100::1",
    "100:0:0:1::1",
    "1fff:ffff::1",  # below 2000::/3
    "2001::1",  # Teredo
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:1::1",
    "2001:1::2",
    "2001:1::3",
    "2001:2::1",
    "2001:3::1",
    "2001:4:112::1",
    "2001:10::1",
    "2001:20::1",
    "2001:30::1",
    "2001:1ff:ffff::1",
    "2001:db8::1",
    "2002:7f00:1::1",  # 6to4 of 127.0.0.1
    "2002:a00:1::1",
    "2002:a9fe:a9fe::1",
    "2002:808:808::1",  # 6to4 of 8.8.8.8
    "2620:4f:8000::1",
    "3fff::1",
    "3fff:fff:ffff::1",
    "4000::1",  # above 2000::/3
    "5f00::1",
    "8000::1",
    "fc00::1",
    "fd00:ec2::254",  # AWS's metadata
    "fd00:ec2::23",
    "fd20:ce::254",  # Google's
    "fd12:3456:789a::1",
    "fe80::1",
    "fe80::a9fe:a9fe",
    "febf:ffff::1",
    "fec0::1",  # site-local
    "feff::1",
    "ff02::1",
    "ff0e::1",
]
PUBLIC = [
    "1.1.1.1",
    "8.8.8.8",
    "9.255.255.255",
    "11.0.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "126.255.255.255",
    "128.0.0.0",
    "168.63.129.15",
    "168.63.129.17",
    "169.253.255.255",
    "169.255.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "191.255.255.255",
    "192.0.1.0",
    "192.0.3.0",
    "192.167.255.255",
    "192.169.0.0",
    "198.17.255.255",
    "198.20.0.0",
    "203.0.112.255",
    "203.0.114.0",
    "223.255.255.255",
    "2000::",
    "2001:200::1",
    "2001:4860:4860::8888",
    "2001:db7:ffff::1",
    "2001:db9::1",
    "2003::1",
    "2606:4700::1111",
    "2620:4f:7fff::1",
    "2620:4f:8001::1",
    "2a00:1450:4001::1",
    "3ffe:ffff::1",
    "3fff:1000::1",
]


@pytest.mark.parametrize("ip", FORBIDDEN)
def test_an_address_that_is_not_public_is_refused(ip: str) -> None:
    refused = guard().refuses(Target(ip, ip))

    assert not admits(guard(), ip)
    assert refused is not None
    assert refused.reason is Refusal.ADDRESS


@pytest.mark.parametrize("ip", PUBLIC)
def test_a_public_address_is_admitted(ip: str) -> None:
    assert admits(guard(), ip)
    assert guard().refuses(Target(ip, ip)) is None


def registry(name: str) -> list[str]:
    with (DATA / name).open(encoding="utf-8") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    return [block.strip() for row in rows for block in row["Address Block"].split(",")]


BLOCKS = {
    4: [*registry("iana-ipv4-special.csv"), "224.0.0.0/4", "168.63.129.16/32"],
    6: [
        *registry("iana-ipv6-special.csv"),
        "ff00::/8",
        "fec0::/10",
        "::/96",
        "::ffff:0:0:0/96",
        "::/3",
        "4000::/2",
        "8000::/1",
    ],
}
SPANS = {
    version: [(int(net[0]), int(net[-1])) for net in map(ipaddress.ip_network, blocks)]
    for version, blocks in BLOCKS.items()
}


def edges() -> list[tuple[str, bool]]:
    """Both sides of both edges of every block, and whether they are public: in no block at all."""
    found = []
    for version, spans in SPANS.items():
        kind = ipaddress.IPv4Address if version == 4 else ipaddress.IPv6Address
        for first, last in spans:
            for value in (first - 1, first, last, last + 1):
                if 0 <= value < 2 ** (32 if version == 4 else 128):
                    found.append((str(kind(value)), not any(low <= value <= high for low, high in spans)))
    return sorted(set(found))


@pytest.mark.parametrize(("ip", "public"), edges())
def test_each_block_ends_where_its_registry_says(ip: str, public: bool) -> None:
    assert admits(guard(), ip) is public


def test_the_edges_have_both_sides() -> None:
    sides = [public for _, public in edges()]

    assert sides.count(True) > 25
    assert sides.count(False) > 100


@pytest.mark.parametrize(("name", "blocks"), [("iana-ipv4-special.csv", 26), ("iana-ipv6-special.csv", 25)])
def test_the_registries_are_whole_and_dated(name: str, blocks: int) -> None:
    assert len(registry(name)) == blocks
    assert "last updated 20" in (DATA / name).read_text(encoding="utf-8").splitlines()[0]


NOT_PUBLIC_INSIDE = [
    "0.0.0.0",
    "10.0.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "168.63.129.16",
    "169.254.169.254",
    "224.0.0.1",
]


def embeddings(inner: str) -> list[str]:
    value = int(ipaddress.IPv4Address(inner))
    high, low = divmod(value, 2**16)
    inverted = value ^ 0xFFFFFFFF
    places = [
        value,  # compatible
        0xFFFF << 32 | value,  # mapped
        0xFFFF << 48 | value,  # translated
        0x64FF9B << 96 | value,  # NAT64
        0x64FF9B0001 << 80 | value,  # local NAT64, RFC 6052 /96
        0x64FF9B0001 << 80 | high << 64 | low << 40,  # its /48
        0x64FF9B0001 << 80 | value >> 24 << 64 | (value & 0xFFFFFF) << 32,  # its /56
        0x64FF9B0001 << 80 | value << 24,  # its /64
        0x2002 << 112 | value << 80 | 1,  # 6to4
        0x20010000 << 96 | value << 64 | (0x08080808 ^ 0xFFFFFFFF),  # Teredo's server
        0x20010000 << 96 | 0x08080808 << 64 | inverted,  # Teredo's client
    ]
    return [str(ipaddress.IPv6Address(place)) for place in places]


@pytest.mark.parametrize("ip", [ip for inner in (*NOT_PUBLIC_INSIDE, "8.8.8.8") for ip in embeddings(inner)])
def test_an_address_with_another_inside_is_refused(ip: str) -> None:
    assert not admits(guard(), ip)


@pytest.mark.parametrize("ip", [ip for inner in NOT_PUBLIC_INSIDE[1:] for ip in embeddings(inner)])
def test_no_wide_network_admits_what_is_inside(ip: str) -> None:
    assert not admits(guard("::/0"), ip)


@pytest.mark.parametrize("ip", embeddings("8.8.8.8"))
def test_a_network_admits_an_address_with_a_public_one_inside(ip: str) -> None:
    assert admits(guard("::/0"), ip)


def test_what_is_inside_needs_its_own_network() -> None:
    assert not admits(guard("64:ff9b::/96"), "64:ff9b::10.0.0.1")
    assert not admits(guard("10.0.0.0/8"), "64:ff9b::10.0.0.1")
    assert admits(guard("64:ff9b::/96", "10.0.0.0/8"), "64:ff9b::10.0.0.1")


ALLOWED = [
    ("10.1.2.3", "10.0.0.0/8"),
    ("10.1.2.3", "10.1.2.3/32"),
    ("10.1.2.3", "10.1.2.3"),  # one address
    ("10.1.2.3", "0.0.0.0/0"),
    ("203.0.113.7", "203.0.113.0/24"),
    ("fd12::1", "fd00::/8"),
    ("fd12::1", "::/0"),
    ("127.0.0.1", "127.0.0.0/8"),
    ("127.0.0.1", "127.0.0.1/32"),
    ("::1", "::1/128"),
    ("0.0.0.0", "0.0.0.0/32"),
    ("169.254.169.254", "169.254.0.0/16"),
    ("169.254.169.254", "169.254.169.254/32"),
    ("fe80::1", "fe80::/10"),
    ("168.63.129.16", "168.63.129.16/32"),
    ("100.100.100.200", "100.100.100.200/32"),
    ("192.0.0.192", "192.0.0.192/32"),
    ("fd00:ec2::254", "fd00:ec2::254/128"),
    ("100.100.100.199", "100.64.0.0/10"),
    ("fd00:ec2::253", "fd00::/8"),
]
NOT_ALLOWED = [
    ("10.1.2.3", "10.1.2.4/32"),
    ("10.1.2.3", "192.168.0.0/16"),
    ("10.1.2.3", "::/0"),  # the other family
    ("fd12::1", "0.0.0.0/0"),
    ("127.0.0.1", "0.0.0.0/0"),  # too wide to mean loopback
    ("127.0.0.1", "126.0.0.0/7"),
    ("127.0.0.1", "127.0.0.2/32"),
    ("::1", "::/0"),
    ("::1", "::/127"),
    ("0.0.0.0", "0.0.0.0/0"),
    ("::", "::/0"),
    ("169.254.169.254", "0.0.0.0/0"),
    ("169.254.169.254", "169.254.0.0/15"),
    ("fe80::1", "fe80::/9"),
    ("168.63.129.16", "168.63.129.0/24"),
    ("168.63.129.16", "0.0.0.0/0"),
    ("100.100.100.200", "100.64.0.0/10"),
    ("100.100.100.200", "100.100.100.0/24"),
    ("192.0.0.192", "192.0.0.0/24"),
    ("fd00:ec2::254", "fd00::/8"),
    ("fd00:ec2::254", "fc00::/7"),
    ("fd20:ce::254", "fd00::/8"),
    ("::ffff:127.0.0.1", "127.0.0.0/8"),
    ("::ffff:127.0.0.1", "::ffff:0:0/96"),
]


@pytest.mark.parametrize(("ip", "network"), ALLOWED)
def test_a_named_network_lets_its_addresses_through(ip: str, network: str) -> None:
    assert not admits(guard(), ip)
    assert admits(guard(network), ip)
    assert guard(network).refuses(Target(ip, ip)) is None


@pytest.mark.parametrize(("ip", "network"), NOT_ALLOWED)
def test_a_network_that_does_not_mean_an_address_does_not_let_it_through(ip: str, network: str) -> None:
    assert not admits(guard(network), ip)


def test_public_addresses_stay_admitted_beside_allowed_networks() -> None:
    assert admits(guard("10.0.0.0/8"), "8.8.8.8")


MALFORMED = [
    "",
    "intranet",
    "10.0.0.0/33",
    "10.0.0.0/-1",
    "10.0.0.0/8/8",
    "10.0.0/8",
    "300.0.0.0/8",
    "010.0.0.0/8",  # octal to some
    "10.0.0.0/255.0.0.0",
    "10.0.0.0-10.0.0.9",
    "10.*",
    "fd00::/129",
    "fe80::%eth0/64",
    "１０.0.0.0/8",
    "10.1.2.3/8",  # the network or the address: in doubt no door opens
]


@pytest.mark.parametrize("network", MALFORMED)
def test_a_malformed_network_stops_the_start(network: str) -> None:
    with pytest.raises(ValueError, match="Name ") as error:
        guard("192.168.0.0/16", network)

    assert repr(network) in str(error.value)


def test_a_network_with_an_address_in_it_is_told_both_ways_out() -> None:
    with pytest.raises(ValueError, match=r"Name the network, 10\.0\.0\.0/8, or 10\.1\.2\.3/32\."):
        guard("10.1.2.3/8")


def test_spaces_around_a_network_do_not_matter() -> None:
    assert admits(guard(" 10.0.0.0/8 "), "10.1.2.3")


FORBIDDEN_NAMES = [
    "localhost",
    "a.localhost",
    "printer.local",
    "local",
    "wiki.internal",
    "nas.home.arpa",
    "home.arpa",
    "x.onion",
    "x.alt",
    "x.invalid",
    "intranet",  # a single label
    "metadata",
    "metadata.google.internal",
    "metadata.goog",
    "a.metadata.goog",
    "metadata.tencentyun.com",
    "instance-data.ec2.internal",
    "metadata.platformequinix.com",
    "LOCALHOST.",  # not in normal form, and still
    "",
]
OTHER_NAMES = [
    "example.com",
    "localhost.example.com",
    "mylocal.example",
    "notlocalhost.example",
    "example.locals",
    "local.example.com",
    "in-addr.arpa",
    "xhome.arpa",
    "goog.example",
    "tencentyun.com",
    "mymetadata.goog",
]


@pytest.mark.parametrize("name", FORBIDDEN_NAMES)
def test_a_name_for_inside_is_refused_before_it_is_looked_up(name: str) -> None:
    refused = guard().refuses(Target(name, name))

    assert refused is not None
    assert refused.reason is Refusal.NAME
    assert not admits(guard(), "8.8.8.8", host=name)


@pytest.mark.parametrize("name", OTHER_NAMES)
def test_another_name_is_looked_up(name: str) -> None:
    assert not is_forbidden_name(name)
    assert guard().refuses(Target(name, name)) is None
    assert admits(guard(), "8.8.8.8", host=name)


@pytest.mark.parametrize("name", FORBIDDEN_NAMES)
def test_a_name_for_inside_leads_only_to_an_allowed_network(name: str) -> None:
    judge = guard("10.0.0.0/8")

    assert judge.refuses(Target(name, name)) is None
    assert admits(judge, "10.1.2.3", host=name)
    assert not admits(judge, "8.8.8.8", host=name)
    assert not admits(judge, "192.168.0.1", host=name)


def test_a_literal_is_no_single_label() -> None:
    assert admits(guard(), "2606:4700::1111", host="2606:4700::1111")


@pytest.mark.parametrize(
    "ip", ["fe80::1%eth0", "2606:4700::1111%eth0", "example.com", "", "1.1.1", "01.1.1.1", "0x1.1.1.1", "1.1.1.1\n"]
)
def test_what_is_no_plain_address_is_not_admitted(ip: str) -> None:
    assert not admits(guard("0.0.0.0/0", "::/0"), ip)


def test_ports_are_those_of_the_web() -> None:
    judge = guard()

    assert [port for port in (22, 25, 80, 443, 8080, 8443, 65535) if judge.allows_port(port)] == [80, 443, 8443]
    assert admits(judge, "8.8.8.8", port=80)
    assert not admits(judge, "8.8.8.8", port=22)


def test_a_forbidden_port_is_said_with_the_allowed_ones() -> None:
    refused = guard().refuses(Target("example.com:22", "example.com", 22))

    assert refused is not None
    assert refused.reason is Refusal.PORT
    assert refused.sentence == "Port 22 is not one that Padlock may contact (allowed: 80, 443, 8443)."


def test_other_ports_can_be_allowed() -> None:
    judge = Guard(ports=[9443], own_address=lambda ip: False)

    assert admits(judge, "8.8.8.8", port=9443)
    assert not admits(judge, "8.8.8.8", port=443)


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_a_port_that_cannot_be_stops_the_start(port: int) -> None:
    with pytest.raises(ValueError, match="such as 443"):
        Guard(ports=[443, port])


def test_an_address_of_this_machine_is_refused_though_public() -> None:
    judge = Guard(own_address=lambda ip: ip == "8.8.8.8")

    assert not admits(judge, "8.8.8.8")
    assert admits(judge, "8.8.4.4")


def test_an_allowed_network_admits_this_machines_address() -> None:
    assert admits(Guard(allow_networks=["8.8.8.0/24"], own_address=lambda ip: True), "8.8.8.8")


def test_only_an_otherwise_public_address_is_tried_on_the_system() -> None:
    asked: list[str] = []

    def own_address(ip: str) -> bool:
        asked.append(ip)
        return False

    judge = Guard(allow_networks=["10.0.0.0/8"], own_address=own_address)

    for ip in ("127.0.0.1", "10.1.2.3", "169.254.169.254", "fd00::1", "8.8.8.8"):
        judge.admit(ip, host="shop.example.com", port=443)

    assert asked == ["8.8.8.8"]


def test_the_system_tells_its_own_addresses() -> None:
    assert is_own_address("127.0.0.1")
    assert not is_own_address("203.0.113.7")  # kept for documentation; connecting UDP sends nothing


def test_only_the_guard_makes_a_checked_address() -> None:
    checked = guard().admit("8.8.8.8", host="shop.example.com", port=443)

    assert checked is not None
    assert (checked.ip, checked.port, checked.family) == ("8.8.8.8", 443, socket.AF_INET)
    with pytest.raises(TypeError):
        CheckedAddress("127.0.0.1", 443, socket.AF_INET)
    with pytest.raises(TypeError):
        CheckedAddress("127.0.0.1", 443, socket.AF_INET, object())
    with pytest.raises((TypeError, ValueError)):
        dataclasses.replace(checked, ip="127.0.0.1")
    with pytest.raises(dataclasses.FrozenInstanceError):
        copy.copy(checked).ip = "127.0.0.1"  # type: ignore[misc]


def test_a_checked_address_is_in_canonical_form() -> None:
    checked = guard().admit("2606:4700:0:0:0:0:0:1111", host="shop.example.com", port=443)

    assert checked is not None
    assert (checked.ip, checked.family) == ("2606:4700::1111", socket.AF_INET6)


def test_a_refusal_does_not_tell_what_a_name_leads_to() -> None:
    refused = guard().refuses(Target("wiki.internal", "wiki.internal"))

    assert refused is not None
    assert refused.sentence == "wiki.internal is a name for use inside a network, so it was not looked up."


@pytest.mark.parametrize(
    "text",
    [
        "http://2130706433/",
        "https://0x7f.1:443/",
        "0177.0.0.1",
        "①②⑦.⓪.⓪.①",
        "https://example.com@127.0.0.1/",
        "[::ffff:127.0.0.1]",
        "::127.0.0.1",
        "https://[2002:7f00:1::]/",
        "loc\u00adalhost",
        "LOCALHOST.",
        "ｌｏｃａｌｈｏｓｔ",
        "metadata。goog",
        "0",
        "0.0.0.0:80",
    ],
)
def test_a_spelling_of_the_inside_is_refused(text: str) -> None:
    target = parse_target(text)

    assert isinstance(target, Target)
    assert guard().refuses(target) is not None


@pytest.mark.parametrize(
    "text", ["https://1.1.1.1/", "0x08080808", "https://[2606:4700::1111]:8443", "münchen.example.com"]
)
def test_a_spelling_of_the_outside_is_not(text: str) -> None:
    target = parse_target(text)

    assert isinstance(target, Target)
    assert guard().refuses(target) is None
