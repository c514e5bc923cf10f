"""Decides which addresses may be contacted; only an address it has checked can be connected to."""

import csv
import ipaddress
import re
import socket
from collections.abc import Callable, Iterable, Iterator
from dataclasses import InitVar, dataclass
from pathlib import Path

from diagnostics.facts import Refusal
from diagnostics.options import DEFAULT_PORTS
from diagnostics.target import Target, canonical

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_REGISTRIES = Path(__file__).parent.parent / "data"
_SEAL = object()


@dataclass(frozen=True, slots=True)
class CheckedAddress:
    """An address and port that may be contacted; only `Guard.admit` makes one."""

    ip: str
    port: int
    family: socket.AddressFamily
    seal: InitVar[object] = None

    def __post_init__(self, seal: object) -> None:
        if seal is not _SEAL:
            raise TypeError("only the guard makes a CheckedAddress; ask Guard.admit for one")


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a target may not be contacted, and the same as a sentence that tells nothing about the inside."""

    reason: Refusal
    sentence: str


class Guard:
    """The rule which targets and addresses may be contacted.

    `allow_networks` are CIDR blocks let through though they are not public; a malformed one is a ValueError.
    `own_address` tells whether an address is one of this machine's.
    """

    def __init__(
        self,
        *,
        allow_networks: Iterable[str] = (),
        ports: Iterable[int] = DEFAULT_PORTS,
        own_address: Callable[[str], bool] | None = None,
    ) -> None:
        self._ports = frozenset(_port(port) for port in ports)
        self._allowed = tuple(_network(text) for text in allow_networks)
        self._special = (*_registry("iana-ipv4-special.csv"), *_registry("iana-ipv6-special.csv"), *_ALSO_SPECIAL)
        self._own_address = own_address or is_own_address

    def allows_port(self, port: int) -> bool:
        """Whether that port may be contacted at all."""
        return port in self._ports

    def refuses(self, target: Target) -> Refused | None:
        """Judge a target before anything is looked up; None means that its addresses are to be judged.

        A forbidden name passes where networks are allowed: one of them may hold its address.
        """
        if not self.allows_port(target.port):
            allowed = ", ".join(str(port) for port in sorted(self._ports)) or "none"
            return Refused(
                Refusal.PORT, f"Port {target.port} is not one that Padlock may contact (allowed: {allowed})."
            )
        address = _address(target.host)
        if address is not None:
            if self._admits(address):
                return None
            return Refused(Refusal.ADDRESS, f"{target.host} is not a public address, so nothing was sent to it.")
        if is_forbidden_name(target.host) and not self._allowed:
            return Refused(Refusal.NAME, f"{target.host} is a name for use inside a network, so it was not looked up.")
        return None

    def admit(self, ip: str, *, host: str, port: int) -> CheckedAddress | None:
        """Judge one address of a host; None means that it must not be contacted."""
        address = _address(ip)
        if address is None or not self.allows_port(port):
            return None
        if _address(host) is None and is_forbidden_name(host):
            admitted = self._is_allowed(address)
        else:
            admitted = self._admits(address)
        if not admitted:
            return None
        family = socket.AF_INET if address.version == 4 else socket.AF_INET6
        return CheckedAddress(canonical(address), port, family, _SEAL)

    def _admits(self, address: Address) -> bool:
        return self._is_allowed(address) or (
            not any(address in block for block in self._special)
            and (address.version == 4 or address in _GLOBAL_UNICAST)
            and not self._own_address(canonical(address))
            and all(self._admits(inner) for inner in _embedded(address))
        )

    def _is_allowed(self, address: Address) -> bool:
        """Whether the operator's networks let an address through, and every address embedded in it may be contacted."""
        return any(address in network and _reaches_into(network, address) for network in self._allowed) and all(
            self._admits(inner) for inner in _embedded(address)
        )


def is_forbidden_name(host: str) -> bool:
    """Whether a name is one for use inside a network, whatever it resolves to."""
    name = host.lower().rstrip(".")
    return "." not in name or any(name == suffix or name.endswith(f".{suffix}") for suffix in _FORBIDDEN_NAMES)


def is_own_address(ip: str) -> bool:
    """Whether an address is this machine's: then the system would talk to it from itself. Sends nothing."""
    family = socket.AF_INET6 if ":" in ip else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((ip, 9))  # any port does: connecting UDP only chooses a route
            source: str = probe.getsockname()[0]
    except OSError:  # no route, or no such family: then it is not this machine's either
        return False
    return _address(source) == _address(ip)


# Special-use names (RFC 6761, 6762, 7686, 8375, 9476; ICANN's .internal) and the clouds' metadata services, as their
# documentation names them. Those under .internal are covered by it.
_FORBIDDEN_NAMES = (
    "localhost",
    "local",
    "internal",
    "home.arpa",
    "onion",
    "alt",
    "invalid",
    "metadata.goog",
    "metadata.tencentyun.com",
    "metadata.platformequinix.com",
    "metadata.packet.net",
    "api.metadata.cloud.ibm.com",
)

_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")  # all of IPv6 that IANA gives out

# What must not be contacted and is in neither registry; all of it but the first two is outside 2000::/3 as well.
_ALSO_SPECIAL: tuple[Network, ...] = (
    ipaddress.IPv4Network("224.0.0.0/4"),  # multicast
    ipaddress.IPv4Network("168.63.129.16/32"),  # Azure's WireServer: a public address that only Azure's inside answers
    ipaddress.IPv6Network("ff00::/8"),  # multicast
    ipaddress.IPv6Network("fec0::/10"),  # site-local (RFC 3879)
    ipaddress.IPv6Network("::/96"),  # IPv4-compatible (RFC 4291 §2.5.5.1)
    ipaddress.IPv6Network("::ffff:0:0:0/96"),  # IPv4-translated (RFC 2765)
)

# What reaches this machine, this link or the cloud's metadata: a wide allowed network does not mean these.
_PROTECTED: tuple[Network, ...] = (
    ipaddress.IPv4Network("0.0.0.0/8"),  # Linux connects 0.0.0.0 to itself
    ipaddress.IPv4Network("127.0.0.0/8"),
    ipaddress.IPv4Network("169.254.0.0/16"),  # link-local, and nearly every cloud's metadata
    ipaddress.IPv4Network("168.63.129.16/32"),  # Azure
    ipaddress.IPv4Network("100.100.100.200/32"),  # Alibaba
    ipaddress.IPv4Network("192.0.0.192/32"),  # Oracle, classic
    ipaddress.IPv6Network("::/128"),
    ipaddress.IPv6Network("::1/128"),
    ipaddress.IPv6Network("fe80::/10"),
    ipaddress.IPv6Network("fd00:ec2::254/128"),  # AWS
    ipaddress.IPv6Network("fd00:ec2::23/128"),  # AWS, credentials of EKS pods
    ipaddress.IPv6Network("fd20:ce::254/128"),  # Google
    ipaddress.IPv6Network("fd00:c1::a9fe:a9fe/128"),  # Oracle
    ipaddress.IPv6Network("fd00:42::42/128"),  # Scaleway
    ipaddress.IPv6Network("fd00:a9fe:a9fe::1/128"),  # Linode
    ipaddress.IPv6Network("fd00:100::100:200/128"),  # Alibaba
)


def _reaches_into(network: Network, address: Address) -> bool:
    """Whether a network that holds an address also means it: a protected address only from inside its block."""
    return all(
        network.network_address in block and network.broadcast_address in block
        for block in _PROTECTED
        if address in block
    )


def _embedded(address: Address) -> Iterator[ipaddress.IPv4Address]:
    """The IPv4 addresses that an IPv6 address stands for; a tunnel or translator would contact those."""
    if address.version == 4:
        return
    value = int(address)
    if address in _LOCAL_NAT64:
        # RFC 6052 §2.2 puts the address in one of four places, and only the translator knows in which.
        octets = value.to_bytes(16, "big")
        places = (octets[6:8] + octets[9:11], octets[7:8] + octets[9:12], octets[9:13], octets[12:16])
        yield from (ipaddress.IPv4Address(place) for place in places if place[0] != 0)
    elif any(address in block for block in _LAST_32_BITS) and value > 1:  # :: and ::1 are no IPv4 addresses
        yield ipaddress.IPv4Address(value & 0xFFFFFFFF)
    elif address in _6TO4:
        yield ipaddress.IPv4Address(value >> 80 & 0xFFFFFFFF)
    elif address in _TEREDO:
        yield ipaddress.IPv4Address(value >> 64 & 0xFFFFFFFF)  # its server
        yield ipaddress.IPv4Address(~value & 0xFFFFFFFF)  # its client, inverted (RFC 4380 §4)
    if value >> 32 & _ISATAP_BITS == _ISATAP:
        yield ipaddress.IPv4Address(value & 0xFFFFFFFF)


_LAST_32_BITS = tuple(
    ipaddress.IPv6Network(block) for block in ("::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96")
)
_LOCAL_NAT64 = ipaddress.IPv6Network("64:ff9b:1::/48")
_6TO4 = ipaddress.IPv6Network("2002::/16")
_TEREDO = ipaddress.IPv6Network("2001::/32")
_ISATAP, _ISATAP_BITS = 0x00005EFE, 0xFDFFFFFF  # the upper half of an interface's id, but for its u bit (RFC 5214 §6.1)


def _address(text: str) -> Address | None:
    """Read an address; None for what is none, and for a zone (%eth0), which would choose an interface."""
    if "%" in text:
        return None
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _port(port: int) -> int:
    if not 1 <= port <= 65535:
        raise ValueError(f"{port} is not a port. Ports are numbers from 1 to 65535, such as 443.")
    return port


def _network(text: str) -> Network:
    """Read an operator's network; one whose meaning is in doubt is refused, since it opens a door."""
    value = text.strip()
    example = "Name networks such as 10.0.0.0/8 or fd12:3456::/32."
    if not re.fullmatch("[0-9A-Fa-f:.]+(/[0-9]{1,3})?", value):
        raise ValueError(f"{value!r} is not a network. {example}")
    try:
        network = ipaddress.ip_network(value, strict=False)
    except ValueError:
        raise ValueError(f"{value!r} is not a network. {example}") from None
    address = ipaddress.ip_address(value.partition("/")[0])
    if network.network_address != address:
        single = f"{address}/{address.max_prefixlen}"
        raise ValueError(f"{value!r} is an address inside a network. Name the network, {network}, or {single}.")
    return network


def _registry(name: str) -> list[Network]:
    """All blocks of one of IANA's special-purpose registries, whatever their columns say of reachability."""
    with (_REGISTRIES / name).open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(line for line in file if not line.startswith("#"))
        return [ipaddress.ip_network(block.strip()) for row in rows for block in row["Address Block"].split(",")]
