"""A DNS server whose zone is data and whose troubles can be chosen name by name."""

import asyncio
import contextlib
import itertools
import random
import socket
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import cast

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from tests.lab.tcp import bound_socket, family_of

ALIAS_STEPS = 16  # where the server itself stops following a circle
PLAIN_UDP_BYTES = 512  # what a client without EDNS takes (RFC 1035 §4.2.1)
NEGATIVE_TTL = 60

_SOA = "ns.lab.example. hostmaster.lab.example. 1 7200 900 1209600 60"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """How an answer goes wrong; by itself it is the right answer, late by `delay` seconds."""

    rcode: str = "NOERROR"  # SERVFAIL, REFUSED, ...: this in place of the records
    silent: bool = False
    delay: float = 0.0
    drops_edns: bool = False  # silent where the query has EDNS, as some old firewalls are
    truncated: bool = False  # over UDP: no records and the TC bit, whatever would fit
    tcp_closes: bool = False  # over TCP: the connection ends without an answer
    wrong_id: bool = False
    wrong_question: bool = False
    garbage: bytes | None = None  # these bytes after the query's id


SERVFAIL = Trouble(rcode="SERVFAIL")
REFUSED = Trouble(rcode="REFUSED")
SILENT = Trouble(silent=True)
DROPS_EDNS = Trouble(drops_edns=True)
TRUNCATED = Trouble(truncated=True)
TRUNCATED_NO_TCP = Trouble(truncated=True, tcp_closes=True)
WRONG_ID = Trouble(wrong_id=True)
WRONG_QUESTION = Trouble(wrong_question=True)
GARBAGE = Trouble(garbage=b"\xff" * 40)
GARBAGE_SHORT = Trouble(garbage=b"")


def slow(seconds: float) -> Trouble:
    """The right answer, late."""
    return Trouble(delay=seconds)


@dataclass(frozen=True, slots=True)
class Query:
    """One query the server got."""

    name: str
    rdtype: str
    tcp: bool


@dataclass(slots=True)
class _Entry:
    """What the zone holds for one name; each type's answers take turns."""

    ttl: int = 300
    turns: dict[str, list[tuple[str, ...]]] = field(default_factory=dict)
    asked: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))


class DnsServer:
    """A recursive resolver for an imaginary Internet, over UDP and TCP on one address and port.

    `recursive=False` makes it an authoritative server that answers only the first alias of a chain. `loops_fail`
    says what becomes of aliases that lead in a circle: SERVFAIL, as Unbound answers, or the circle itself.
    `control` says whether the query for the root's name servers, `. NS`, is answered.
    """

    def __init__(
        self, *, recursive: bool = True, loops_fail: bool = False, control: bool = True, tcp: bool = True
    ) -> None:
        self.recursive = recursive
        self.loops_fail = loops_fail
        self.control = control
        self.queries: list[Query] = []
        self.errors: list[Exception] = []
        self._tcp = tcp
        self._entries: dict[str, _Entry] = {}
        self._troubles: dict[tuple[str | None, str | None], Trouble] = {}
        self._where: tuple[str, int] | None = None
        self._transport: asyncio.DatagramTransport | None = None
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def address(self) -> str:
        """Where it listens, as `--nameserver` takes it."""
        assert self._where is not None, "the server has not been started"
        address, port = self._where
        return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"

    def add(self, name: str, *records: str, ttl: int = 300) -> None:
        """Put records such as `A 192.0.2.1` under a name, beside those it has; none makes a name without records."""
        entry = self._entries.setdefault(_key(name), _Entry(ttl=ttl))
        entry.ttl = ttl
        for record in records:
            rdtype, text = record.split(maxsplit=1)
            dns.rdatatype.from_text(rdtype)  # a slip is told here, and not by silence later
            turns = entry.turns.setdefault(rdtype.upper(), [()])
            turns[-1] = (*turns[-1], text)

    def rotate(self, name: str, rdtype: str, *answers: tuple[str, ...], ttl: int = 0) -> None:
        """Give another answer to each query in turn, and the last one from then on, as a rebinding attack does."""
        entry = self._entries.setdefault(_key(name), _Entry(ttl=ttl))
        entry.ttl = ttl
        entry.turns[rdtype.upper()] = list(answers)

    def records(self, name: str, rdtype: str) -> tuple[str, ...]:
        """What the zone holds, at the first query's turn."""
        entry = self._entries.get(_key(name))
        return entry.turns.get(rdtype, [()])[0] if entry else ()

    def trouble(self, name: str | None, trouble: Trouble, *, rdtype: str | None = None) -> None:
        """Let queries for the name (None: all names, `. NS` too) of this type (None: all types) go wrong."""
        self._troubles[(None if name is None else _key(name), rdtype)] = trouble

    def count(self, name: str | None = None, rdtype: str | None = None) -> int:
        """How many queries there were for the name, of the type."""
        return sum(
            1
            for query in self.queries
            if (name is None or query.name == _key(name)) and (rdtype is None or query.rdtype == rdtype)
        )

    async def start(self, address: str, port: int = 0) -> None:
        """Listen; port 0 is any that is free for both UDP and TCP. OSError where they are taken."""
        for _ in range(20):
            over_udp = socket.socket(family_of(address), socket.SOCK_DGRAM)
            try:
                over_udp.bind((address, port))
                number: int = over_udp.getsockname()[1]
                over_tcp = bound_socket(address, number)
                break
            except OSError:
                over_udp.close()
                if port:
                    raise
        else:
            raise OSError(f"no port of {address} is free for both UDP and TCP")
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: _Datagrams(self), sock=over_udp)
        if self._tcp:
            self._server = await asyncio.start_server(self._serve_tcp, sock=over_tcp)
        else:
            over_tcp.close()
        self._where = (address, number)

    async def stop(self) -> None:
        if self._transport is not None:
            self._transport.close()
        if self._server is not None:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def receive(self, wire: bytes, peer: tuple[str, int], transport: asyncio.DatagramTransport) -> None:
        """Answer one datagram, in a task of its own because an answer may be meant to be late."""

        async def reply() -> None:
            answer = await self._answer(wire, tcp=False)
            if answer is not None and not transport.is_closing():
                transport.sendto(answer, peer)

        task = asyncio.get_running_loop().create_task(reply())
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and isinstance(error := task.exception(), Exception):
            self.errors.append(error)

    async def _serve_tcp(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            while True:
                length = int.from_bytes(await reader.readexactly(2), "big")
                answer = await self._answer(await reader.readexactly(length), tcp=True)
                if answer is None:
                    return
                writer.write(len(answer).to_bytes(2, "big") + answer)
                await writer.drain()
        except (OSError, EOFError, asyncio.CancelledError):
            pass  # the client left, or stop() ends us
        except Exception as error:
            self.errors.append(error)
        finally:
            writer.transport.abort()
            self._tasks.discard(task)

    async def _answer(self, wire: bytes, *, tcp: bool) -> bytes | None:
        """The bytes to send back, after any delay; None is silence."""
        try:
            query = dns.message.from_wire(wire)
        except dns.exception.DNSException:
            return None
        if len(query.question) != 1:
            return None
        question = query.question[0]
        name, rdtype = question.name.to_text().lower(), dns.rdatatype.to_text(question.rdtype)
        self.queries.append(Query(name=name, rdtype=rdtype, tcp=tcp))
        trouble = self._trouble_of(name, rdtype)
        if trouble.delay:
            await asyncio.sleep(trouble.delay)
        if trouble.silent or (tcp and trouble.tcp_closes) or (trouble.drops_edns and query.edns >= 0):
            return None
        if trouble.garbage is not None:
            return wire[:2] + trouble.garbage
        response = dns.message.make_response(query, recursion_available=self.recursive)
        if not self.recursive:
            response.flags |= dns.flags.AA
        if trouble.rcode != "NOERROR":
            response.set_rcode(dns.rcode.from_text(trouble.rcode))
        elif not (trouble.truncated and not tcp):
            self._fill(response, name, rdtype)
        if trouble.truncated and not tcp:
            response.flags |= dns.flags.TC
        if trouble.wrong_id:
            response.id = (query.id + 1) % 0x10000
        if trouble.wrong_question:
            response.question[0] = dns.rrset.RRset(
                dns.name.from_text("another.example."), question.rdclass, question.rdtype
            )
        return _to_wire(response, limit=0xFFFF if tcp else max(PLAIN_UDP_BYTES, query.payload))

    def _trouble_of(self, name: str, rdtype: str) -> Trouble:
        for key in ((name, rdtype), (name, None), (None, rdtype), (None, None)):
            if key in self._troubles:
                return self._troubles[key]
        # An alias leads into whatever its target suffers from.
        if self.recursive:
            for target in itertools.islice(self._aliases(name), ALIAS_STEPS):
                for key in ((target, rdtype), (target, None)):
                    if key in self._troubles:
                        return self._troubles[key]
        if (name, rdtype) == (".", "NS") and not self.control:
            return SILENT
        return Trouble()

    def _aliases(self, name: str) -> Iterator[str]:
        """The names that a name leads to, one alias after the other; endless where they lead in a circle."""
        while (entry := self._entries.get(name)) is not None and "CNAME" in entry.turns:
            name = _key(entry.turns["CNAME"][-1][0])
            yield name

    def _fill(self, response: dns.message.Message, name: str, rdtype: str) -> None:
        if (name, rdtype) == (".", "NS"):
            _append(response.answer, ".", 518400, "NS", ("a.root-servers.net.", "b.root-servers.net."))
            return
        for _ in range(ALIAS_STEPS):
            entry = self._entries.get(name)
            if entry is None or "CNAME" not in entry.turns or rdtype in ("CNAME", "ANY"):
                break
            target = self._turn(entry, "CNAME")
            _append(response.answer, name, entry.ttl, "CNAME", target)
            if not self.recursive:
                return
            name = _key(target[0])
        else:
            if self.loops_fail:
                response.answer.clear()
                response.set_rcode(dns.rcode.SERVFAIL)
            return
        records = self._turn(entry, rdtype) if entry is not None and rdtype in entry.turns else ()
        if records and entry is not None:
            _append(response.answer, name, entry.ttl, rdtype, records)
            return
        if not self._exists(name):
            response.set_rcode(dns.rcode.NXDOMAIN)
        zone = name.rstrip(".").rpartition(".")[2] + "."
        _append(response.authority, zone, NEGATIVE_TTL, "SOA", (_SOA,))

    def _exists(self, name: str) -> bool:
        """Whether there are records of, or below, the name (an empty non-terminal exists: RFC 8020)."""
        return name == "." or any(each == name or each.endswith("." + name) for each in self._entries)

    @staticmethod
    def _turn(entry: _Entry, rdtype: str) -> tuple[str, ...]:
        turns = entry.turns[rdtype]
        number = entry.asked[rdtype]
        entry.asked[rdtype] += 1
        return turns[min(number, len(turns) - 1)]


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, server: DnsServer) -> None:
        self._server = server
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)  # asyncio's own is no subclass of it in 3.11

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        assert self._transport is not None
        self._server.receive(data, addr, self._transport)


def _key(name: str) -> str:
    return name.lower().rstrip(".") + "."


def _append(section: list[dns.rrset.RRset], name: str, ttl: int, rdtype: str, records: tuple[str, ...]) -> None:
    kind = dns.rdatatype.from_text(rdtype)
    rrset = dns.rrset.RRset(dns.name.from_text(name), dns.rdataclass.IN, kind)
    for text in records:
        rrset.add(dns.rdata.from_text(dns.rdataclass.IN, kind, text), ttl)
    section.append(rrset)


def _to_wire(response: dns.message.Message, *, limit: int) -> bytes:
    """The message; where it does not fit, its head with the TC bit (RFC 2181 §9)."""
    with contextlib.suppress(dns.exception.TooBig):
        return response.to_wire(max_size=limit)
    response.answer.clear()
    response.authority.clear()
    response.flags |= dns.flags.TC
    return response.to_wire(max_size=limit)


def many_addresses(count: int) -> tuple[str, ...]:
    """That many different A records in 127.64.0.0/10, the same ones each time."""
    numbers = random.Random(count).sample(range(1 << 22), count)
    return tuple(f"A 127.{64 + (n >> 16)}.{(n >> 8) & 255}.{n & 255}" for n in numbers)
