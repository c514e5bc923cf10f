"""Many healthy hosts on loopback for the benchmarks: one nginx with a certificate for each address, and a quick DNS."""

import asyncio
import struct
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from ipaddress import IPv4Address

from tests.benchmarks.measure import BenchmarkError
from tests.lab.hosts import HTTPS_PORT, Check, Lab, random_address
from tests.lab.programs import Nginx, find_nginx
from tests.lab.tls import Identity

# Two listening sockets for each address: this many stay below the usual limit of open files.
MOST_ADDRESSES = 1_000
DNS_PORT = 5353
_CONFIG = """
daemon off; master_process off; pid nginx.pid; error_log stderr error; worker_rlimit_nofile {files};
events {{ worker_connections {files}; }}
http {{
  access_log off; ssl_protocols TLSv1.2 TLSv1.3; ssl_session_cache off; ssl_session_tickets off;
  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi; scgi_temp_path scgi;
{servers}
}}
"""
_SERVER = """  server {{ listen {address}:443 ssl http2; listen {address}:80;
    ssl_certificate {address}.pem; ssl_certificate_key {address}.key;
    if ($scheme = http) {{ return 301 https://$host$request_uri; }}
    location / {{ default_type text/html; return 200 "<title>Shop</title>"; }} }}"""
_CONNECTIONS_BESIDE = 1_024  # what nginx needs over its listening sockets, which it counts as connections too
# A message: id, flags, and the numbers of questions and of the three kinds of records (RFC 1035 §4.1.1).
_HEADER = struct.Struct("!HHHHHH")
_ANSWER = 0x8580  # a response, authoritative, recursion desired and available
_TYPE_A = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Sites:
    """Hosts that are up: the address of each, and how Padlock sees them."""

    addresses: Mapping[str, str]
    check: Check

    @property
    def ca_file(self) -> str:
        return self.check.ca_file


@contextmanager
def many_sites(count: int) -> Iterator[Sites]:
    """Bring up this many hosts, each on an address of its own as far as MOST_ADDRESSES go."""
    with Lab() as lab:
        if not lab.real_ports or find_nginx() is None:
            raise BenchmarkError("many hosts need nginx, and ports 443 and 80")
        where = _addresses(min(count, MOST_ADDRESSES))
        sites = {f"h{number}.example": where[number % len(where)] for number in range(count)}
        names: dict[str, list[str]] = {}
        for name, address in sites.items():
            names.setdefault(address, []).append(name)
        identities = {address: lab.ca.leaf(*each) for address, each in names.items()}
        lab.put(_ManyAddresses(identities), port=HTTPS_PORT, address=where[0])
        nameserver = lab.put(_QuickDns(sites), port=DNS_PORT)
        check = replace(lab.check("h0.example"), nameservers=(f"{nameserver}:{DNS_PORT}",))
        yield Sites(addresses=sites, check=check)


def _addresses(count: int) -> Sequence[str]:
    found: dict[str, None] = {}
    while len(found) < count:
        found[random_address()] = None
    return list(found)


class _ManyAddresses(Nginx):
    """One nginx that presents each identity on its address."""

    def __init__(self, identities: Mapping[str, Identity]) -> None:
        super().__init__("", next(iter(identities.values())))
        self._identities = identities

    async def start(self, address: str, port: int) -> None:
        servers = "\n".join(_SERVER.format(address=each) for each in self._identities)
        config = _CONFIG.format(files=2 * len(self._identities) + _CONNECTIONS_BESIDE, servers=servers)
        files = {"nginx.conf": config.encode()}
        for each, identity in self._identities.items():
            files |= {f"{each}.pem": identity.chain, f"{each}.key": identity.key}
        command = [find_nginx() or "nginx", "-p", ".", "-c", "nginx.conf", "-e", "stderr"]
        await self._launch(files, command, address, port)


class _QuickDns(asyncio.DatagramProtocol):
    """Answers A queries from a table and all others with no records, at a fraction of what the lab's own costs."""

    def __init__(self, sites: Mapping[str, str]) -> None:
        self._addresses = {_wire(name): IPv4Address(address).packed for name, address in sites.items()}
        self._transport: asyncio.DatagramTransport | None = None

    async def start(self, address: str, port: int) -> None:
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(address, port))

    async def stop(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def datagram_received(self, data: bytes, peer: tuple[str, int]) -> None:
        end = data.index(b"\0", _HEADER.size) + 1
        (rdtype,) = struct.unpack_from("!H", data, end)
        address = self._addresses.get(data[_HEADER.size : end].lower()) if rdtype == _TYPE_A else None
        head = _HEADER.pack(int.from_bytes(data[:2], "big"), _ANSWER, 1, int(address is not None), 0, 0)
        # The record's name is a pointer to the question's (RFC 1035 §4.1.4).
        record = struct.pack("!HHHIH", 0xC000 | _HEADER.size, _TYPE_A, 1, 300, 4) + address if address else b""
        assert self._transport is not None
        self._transport.sendto(head + data[_HEADER.size : end + 4] + record, peer)


def _wire(name: str) -> bytes:
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0"
