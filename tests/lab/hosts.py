"""The lab as a whole: a small Internet on loopback with its own DNS server, certificate authority and hosts."""

import asyncio
import random
import tempfile
import threading
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from diagnostics.options import Options
from tests.lab.ca import LabCa
from tests.lab.dns import DnsServer
from tests.lab.http import Script, http, to_https
from tests.lab.tcp import Handler, Listener, Server, bound_socket
from tests.lab.tls import Identity, tls

HTTPS_PORT, HTTP_PORT = 443, 80
OPEN_HTTPS_PORT = 8443  # where the real ports need a privilege; Padlock contacts this one too by default
NETWORK, NETWORK_6 = "127.64.0.0/10", "::1/128"  # where the lab's hosts are, and what Padlock is told to allow
NOT_ALLOWED = "127.0.0.1"  # an address that Padlock must not contact
ANSWER_SECONDS = 30.0  # for the lab's own thread to do something; it needs milliseconds

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What to ask Padlock, and the settings under which it sees the lab."""

    target: str
    nameservers: tuple[str, ...]
    ca_file: str
    allow_networks: tuple[str, ...]
    ports: tuple[int, ...]

    @property
    def arguments(self) -> list[str]:
        """The target and the options of the command line; PADLOCK_PORTS has no option: see `environment`."""
        servers = [argument for each in self.nameservers for argument in ("--nameserver", each)]
        networks = [argument for each in self.allow_networks for argument in ("--allow-network", each)]
        return [self.target, *servers, "--ca-file", self.ca_file, *networks]

    @property
    def environment(self) -> dict[str, str]:
        """What the command needs in its environment."""
        return {"PADLOCK_PORTS": ",".join(map(str, self.ports))}

    def options(self, *, timeout: float) -> Options:
        """The same for `diagnose()`."""
        return Options(
            nameservers=self.nameservers,
            ca_file=self.ca_file,
            allow_networks=self.allow_networks,
            ports=self.ports,
            timeout=timeout,
        )


@dataclass(frozen=True, slots=True)
class Node:
    """One address of a host: what is on its HTTPS port and, where that is 443, on its port 80.

    An identity stands for a healthy web server that presents it, no `http` for a redirect to https.
    """

    https: Handler | Listener | Identity
    http: Handler | Listener | None = None


@dataclass(frozen=True, slots=True)
class Site:
    """A host that is up: its name, port and addresses."""

    name: str
    port: int
    addresses: tuple[str, ...]
    servers: tuple[Server, ...]  # those whose connections can be counted, HTTPS before HTTP for each address

    @property
    def target(self) -> str:
        return self.name if self.port == HTTPS_PORT else f"{self.name}:{self.port}"

    @property
    def url(self) -> str:
        return f"https://{self.target}/"


def may_use_real_ports() -> bool:
    """Whether ports 443 and 80 can be had, which needs root or net.ipv4.ip_unprivileged_port_start."""
    return _can_bind(random_address(), HTTP_PORT)


def has_ipv6() -> bool:
    """Whether there is ::1."""
    return _can_bind("::1", 0)


def _can_bind(address: str, port: int) -> bool:
    try:
        bound_socket(address, port).close()
    except OSError:
        return False
    return True


def random_address() -> str:
    """One of four million of NETWORK, so that labs side by side do not meet."""
    number = random.randrange(1, 1 << 22)
    return f"127.{64 + (number >> 16)}.{(number >> 8) & 255}.{number & 255}"


class Lab:
    """A context in which servers run, in a thread of their own, so that tests and programs may block.

    Leaving it ends every server, and raises what went wrong inside one of them.
    """

    def __init__(self, *, now: datetime | None = None) -> None:
        self.now = now or datetime.now(UTC)
        self.real_ports = may_use_real_ports()
        self.dns = DnsServer()
        self.ca = LabCa(self.now)
        self.allow_networks: tuple[str, ...] = (NETWORK, NETWORK_6)
        self._listeners: list[Listener | DnsServer] = []
        self._ports = {HTTP_PORT, HTTPS_PORT, OPEN_HTTPS_PORT}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="lab", daemon=True)
        self._folder = tempfile.TemporaryDirectory()

    @property
    def https_port(self) -> int:
        """443, or 8443 where that cannot be had."""
        return HTTPS_PORT if self.real_ports else OPEN_HTTPS_PORT

    @property
    def ca_file(self) -> str:
        """The root's file, as `--ca-file` takes it."""
        return str(Path(self._folder.name, "root.pem"))

    def __enter__(self) -> Self:
        self._thread.start()
        try:
            self.serve_dns(self.dns)
            address = self.put(http(self.ca.respond), port=HTTP_PORT if self.real_ports else OPEN_HTTPS_PORT)
            self.dns.add("ca.lab.example", f"A {address}")
            self.ca.base_url = "http://ca.lab.example" + ("" if self.real_ports else f":{OPEN_HTTPS_PORT}")
            Path(self.ca_file).write_bytes(self.ca.root.made.pem)
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
        errors = [each for listener in self._listeners for each in getattr(listener, "errors", ())]
        if errors and error is None:
            raise ExceptionGroup("a lab server failed", errors)

    def close(self) -> None:
        """End every server and the thread."""
        for listener in reversed(self._listeners):
            self._run(listener.stop())
        self._run(self._loop.shutdown_default_executor())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._folder.cleanup()

    def _run(self, coroutine: Coroutine[object, object, _T]) -> _T:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(ANSWER_SECONDS)

    def serve_dns(self, server: DnsServer) -> str:
        """Start a further DNS server on an address of its own; the answer is its `--nameserver`."""
        self._run(server.start(random_address()))
        self._listeners.append(server)
        return server.address

    def put(self, what: Handler | Listener | Identity, *, port: int, address: str | None = None) -> str:
        """Put something on this port of an address, by default a new one, which is the answer."""
        listener = _listener(what)
        for _ in range(20):
            where = address or random_address()
            try:
                self._run(listener.start(where, port))
            except OSError:
                if address is not None:
                    raise
            else:
                self._listeners.append(listener)
                return where
        raise OSError(f"none of twenty addresses has port {port} free")

    def node(self, node: Node, *, port: int | None = None) -> tuple[str, tuple[Server, ...]]:
        """Bring up one address: the answer is the address, and the servers on it."""
        port = self.https_port if port is None else port
        https = _listener(node.https)
        address = self.put(https, port=port)
        listeners = [https]
        if port == HTTPS_PORT:
            plain = _listener(node.http or http(to_https))
            self.put(plain, port=HTTP_PORT, address=address)
            listeners.append(plain)
        return address, tuple(each for each in listeners if isinstance(each, Server))

    def site(
        self,
        name: str,
        *,
        https: Handler | Listener | Identity | None = None,
        http: Handler | Listener | None = None,
        nodes: Sequence[Node] = (),
    ) -> Site:
        """Bring up a host, with its A records.

        `https` is what its HTTPS port does, or the identity of a healthy web server, by default a good one; `http` is
        what port 80 does, by default a redirect to https. For several addresses give `nodes` in place of these.
        """
        up = [self.node(node) for node in nodes or (Node(https or self.ca.leaf(name), http),)]
        self.dns.add(name, *(f"A {address}" for address, _ in up))
        return Site(
            name, self.https_port, tuple(address for address, _ in up), tuple(s for _, each in up for s in each)
        )

    def dual_stack_site(
        self, name: str, *, ipv4: Handler | Listener | Identity, ipv6: Handler | Listener | Identity
    ) -> Site:
        """Bring up a host with an IPv4 address and ::1, on a port of its own because there is only one ::1."""
        port = _free_port_of_ipv6_loopback()
        six, four = _listener(ipv6), _listener(ipv4)
        self.put(six, port=port, address="::1")
        address = self.put(four, port=port)
        self._ports.add(port)
        self.dns.add(name, f"A {address}", "AAAA ::1")
        return Site(name, port, (address, "::1"), tuple(s for s in (four, six) if isinstance(s, Server)))

    def addresses(self, name: str) -> tuple[str, ...]:
        """The IPv4 addresses that the lab's DNS server has for a name."""
        return self.dns.records(name, "A")

    def check(self, target: Site | str) -> Check:
        """How to ask Padlock about a host of this lab."""
        return Check(
            target=target.target if isinstance(target, Site) else target,
            nameservers=(self.dns.address,),
            ca_file=self.ca_file,
            allow_networks=self.allow_networks,
            ports=tuple(sorted(self._ports)),
        )

    def target(self, name: str) -> str:
        """The name with the lab's HTTPS port, where that is not 443."""
        return name if self.real_ports else f"{name}:{self.https_port}"


def serves(identity: Identity, script: Script | None = None) -> Handler:
    """A web server over TLS with this certificate and these answers."""
    return tls(identity, http(script))


def _listener(what: Handler | Listener | Identity) -> Listener:
    if isinstance(what, Identity):
        return Server(tls(what))
    return what if isinstance(what, Listener) else Server(what)


def _free_port_of_ipv6_loopback() -> int:
    probe = bound_socket("::1", 0)
    with probe:
        port: int = probe.getsockname()[1]
    return port
