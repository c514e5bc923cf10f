"""Asks the DNS servers for a host's addresses, and keeps apart the ways in which that can fail."""

import asyncio
import dataclasses
import ipaddress
import os
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from diagnostics import limits
from diagnostics.facts import DnsSilence, DnsStatus, Resolution, ServerAnswer
from diagnostics.probes.dns_message import Message, Name, Rcode, RecordType, name_of, read_message, text_of, write_query

DNS_PORT = 53
_FAMILIES = (RecordType.A, RecordType.AAAA)
# An answer that says something about the name; every other response code speaks of the server.
_ANSWERS = (Rcode.NOERROR, Rcode.NXDOMAIN)
_ROOT: Name = ()
_RESOLV_CONF = Path("/etc/resolv.conf")
_MOST_BYTES = 65535  # of one message: its length has two bytes over TCP
_LATE_SECONDS = 0.02  # for tasks to notice that their time is up


@dataclass(frozen=True, slots=True)
class Nameserver:
    """One DNS server to ask."""

    ip: str
    port: int = DNS_PORT

    @property
    def family(self) -> socket.AddressFamily:
        """The family of its address."""
        return socket.AF_INET6 if ":" in self.ip else socket.AF_INET

    def __str__(self) -> str:
        if self.port == DNS_PORT:
            return self.ip
        return f"[{self.ip}]:{self.port}" if ":" in self.ip else f"{self.ip}:{self.port}"


def parse_nameserver(text: str) -> Nameserver:
    """Read `IP`, `IP:PORT` or `[IPv6]:PORT`; ValueError names what is wrong."""
    wrong = f"{text!r} is no DNS server: give an address such as 192.0.2.53, 192.0.2.53:5353 or [2001:db8::53]:5353"
    host, port = text.strip(), str(DNS_PORT)
    if host.startswith("["):
        host, bracket, rest = host[1:].partition("]")
        if not bracket or (rest and not rest.startswith(":")):
            raise ValueError(wrong)
        port = rest[1:] if rest else port
    elif host.count(":") == 1:
        host, _, port = host.partition(":")
    try:
        ip = ipaddress.ip_address(host)
    except ValueError:
        raise ValueError(wrong) from None
    if not (port.isascii() and port.isdigit() and 1 <= int(port) <= 65535):
        raise ValueError(wrong)
    return Nameserver(str(ip), int(port))


def system_nameservers(configuration: Path = _RESOLV_CONF) -> tuple[Nameserver, ...]:
    """The DNS servers this machine is set up to ask; its own where none is named (resolv.conf(5))."""
    try:
        lines = configuration.read_text("utf-8", "replace").splitlines()
    except OSError:
        lines = []
    named = [words[1] for words in map(str.split, lines) if len(words) > 1 and words[0] == "nameserver"]
    found = []
    for text in named:
        try:
            found.append(Nameserver(str(ipaddress.ip_address(text))))
        except ValueError:
            continue
    return tuple(found) or (Nameserver("127.0.0.1"),)


@dataclass(frozen=True, slots=True)
class _Reply:
    """The best that the servers said to one question, and what each of them said."""

    message: Message | None
    answers: tuple[ServerAnswer, ...]


@dataclass(frozen=True, slots=True)
class _Walk:
    """The end of one record type's alias chain."""

    status: DnsStatus
    addresses: tuple[str, ...]
    aliases: tuple[str, ...]
    answers: tuple[ServerAnswer, ...]


class Resolver:
    """Asks the given DNS servers, in their order, and never the operating system."""

    def __init__(self, nameservers: Sequence[Nameserver]) -> None:
        self.nameservers = tuple(nameservers)

    async def resolve(self, host: str, *, deadline: float) -> Resolution:
        """Look up both families of one host name.

        `host` is in A-labels; `deadline` is a moment of the running loop's clock. Aliases are followed by hand, so
        that a loop and a dangling end are seen for what they are (RFC 1034 §3.6.2, RFC 2181 §10.1).
        """
        started, last = time.monotonic(), deadline
        deadline = _now() + min(limits.DNS_SECONDS, limits.DNS_SHARE * max(0.0, deadline - _now()))
        lag = min(limits.DNS_FAMILY_SECONDS, limits.DNS_FAMILY_SHARE * max(0.0, last - _now()))
        tasks = [asyncio.ensure_future(self._walk(host, rdtype, deadline)) for rdtype in _FAMILIES]
        try:
            done, waiting = await asyncio.wait(
                tasks, timeout=max(0.0, deadline - _now()), return_when=asyncio.FIRST_COMPLETED
            )
            if waiting and any(task.result().status is DnsStatus.ANSWERED for task in done):
                await asyncio.wait(waiting, timeout=min(lag, max(0.0, deadline - _now())))
            elif waiting:
                await asyncio.wait(waiting, timeout=max(0.0, deadline - _now()) + 2 * _LATE_SECONDS)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        walks = [
            task.result() if not task.cancelled() else _Walk(DnsStatus.TIMEOUT, (), (), _silence(rdtype, self))
            for task, rdtype in zip(tasks, _FAMILIES, strict=True)
        ]
        resolution = _join(walks)
        if resolution.status is DnsStatus.TIMEOUT and not await self._anybody_there(last):
            resolution = dataclasses.replace(resolution, status=DnsStatus.NO_NETWORK)
        return dataclasses.replace(resolution, seconds=time.monotonic() - started)

    async def authorities(self, name: str, *, deadline: float) -> tuple[tuple[str, str], ...] | None:
        """The tags and values of a name's CAA records, aliases followed; None where no server answers."""
        asked = name_of(name)
        reply = await self._ask(asked, RecordType.CAA, deadline)
        if reply.message is None:
            return None
        owner, _ = _follow(reply.message, asked, [asked])
        return tuple(each.caa for each in reply.message.records if each.caa is not None and each.name == owner)

    async def _walk(self, host: str, rdtype: RecordType, deadline: float) -> _Walk:
        """Follow one record type through the aliases to its end."""
        name = name_of(host)
        visited = [name]
        answers: list[ServerAnswer] = []
        while True:
            reply = await self._ask(name, rdtype, deadline)
            answers.extend(reply.answers)
            if reply.message is None:
                status = _failure(reply.answers)
                if status is DnsStatus.SERVER_FAILURE and len(visited) == 1:
                    # Resolvers answer SERVFAIL where the aliases lead in a circle: look at them one by one.
                    return await self._walk_aliases(host, tuple(answers), deadline)
                return _Walk(status, (), _texts(visited[1:]), tuple(answers))
            asked = name
            name, looped = _follow(reply.message, name, visited)
            if looped:
                return _Walk(DnsStatus.ALIAS_LOOP, (), _texts(visited[1:]), tuple(answers))
            addresses = _addresses(reply.message, name, rdtype)
            aliases = _texts(visited[1:])
            if addresses:
                return _Walk(DnsStatus.ANSWERED, addresses, aliases, tuple(answers))
            if reply.message.rcode == Rcode.NXDOMAIN:
                status = DnsStatus.DANGLING_ALIAS if aliases else DnsStatus.NXDOMAIN
                return _Walk(status, (), aliases, tuple(answers))
            if name == asked:
                return _Walk(DnsStatus.NO_ADDRESS, (), aliases, tuple(answers))
            # A server that gives the alias alone leaves its end to the asker.

    async def _walk_aliases(self, host: str, answers: tuple[ServerAnswer, ...], deadline: float) -> _Walk:
        """Ask for the aliases alone, one by one, to learn whether they lead in a circle or where they break."""
        name = name_of(host)
        visited = [name]
        while len(visited) <= limits.ALIASES:
            reply = await self._ask(name, RecordType.CNAME, deadline)
            if reply.message is None:
                break
            target = _alias(reply.message, name)
            if target is None:
                if reply.message.rcode == Rcode.NXDOMAIN and len(visited) > 1:
                    return _Walk(DnsStatus.DANGLING_ALIAS, (), _texts(visited[1:]), answers)
                break
            if target in visited:
                return _Walk(DnsStatus.ALIAS_LOOP, (), _texts([*visited[1:], target]), answers)
            visited.append(target)
            name = target
        if len(visited) > limits.ALIASES:
            return _Walk(DnsStatus.ALIAS_LOOP, (), _texts(visited[1:]), answers)
        return _Walk(DnsStatus.SERVER_FAILURE, (), _texts(visited[1:]), answers)

    async def _ask(self, name: Name, rdtype: RecordType, deadline: float) -> _Reply:
        """Ask the servers in turn, twice round, until one says something about the name.

        A server that is slow is still listened to while the next is asked: its answer counts whenever it comes.
        """
        said: dict[Nameserver, ServerAnswer] = {}
        asked: dict[asyncio.Task[Message | DnsSilence], Nameserver] = {}
        tries = [*self.nameservers, *self.nameservers]
        try:
            for place, server in enumerate(tries):
                first_round = place < len(self.nameservers)
                left = deadline - _now()
                earlier = said.get(server)
                if left <= 0 or (earlier is not None and earlier.rcode not in _WORTH_ASKING_AGAIN):
                    continue  # what else a server has answered, it would say again
                # Some old firewalls drop what has EDNS in it, so who was silent is asked without.
                edns = earlier is None or earlier.rcode != DnsSilence.NO_ANSWER
                query = asyncio.ensure_future(_query(server, name, rdtype, left, edns=edns))
                asked[query] = server
                # What is left is for slow servers, shared among them.
                patience = min(limits.DNS_QUERY_SECONDS, left) if first_round else left / (len(tries) - place)
                until = _now() + patience
                while not query.done() and (seconds := until - _now()) > 0:
                    await asyncio.wait(asked, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
                    if message := _take(asked, said, rdtype):
                        return _Reply(message, tuple(said.values()))
                if message := _take(asked, said, rdtype):
                    return _Reply(message, tuple(said.values()))
                said.setdefault(server, _said(server, rdtype, DnsSilence.NO_ANSWER.value))
            if asked:
                await asyncio.wait(asked, timeout=_LATE_SECONDS)  # those that end by the deadline say how
            return _Reply(_take(asked, said, rdtype), tuple(said.values()))
        finally:
            for query in asked:
                query.cancel()
            await asyncio.gather(*asked, return_exceptions=True)

    async def _anybody_there(self, deadline: float) -> bool:
        """Whether any server answers a question that every resolver can answer (`. NS`), be it with REFUSED."""
        seconds = min(limits.CONTROL_QUERY_SECONDS, limits.CONTROL_QUERY_SHARE * max(0.0, deadline - _now()))
        questions = [_query(server, _ROOT, RecordType.NS, seconds) for server in self.nameservers]
        return any(answer is not DnsSilence.NO_ANSWER for answer in await asyncio.gather(*questions))


_SILENCES = frozenset(DnsSilence)
_WORTH_ASKING_AGAIN = (DnsSilence.NO_ANSWER.value, Rcode.SERVFAIL.name)


def _said(server: Nameserver, rdtype: RecordType, rcode: str) -> ServerAnswer:
    return ServerAnswer(nameserver=str(server), rdtype=rdtype.name, rcode=rcode)


def _take(
    asked: dict["asyncio.Task[Message | DnsSilence]", Nameserver],
    said: dict[Nameserver, ServerAnswer],
    rdtype: RecordType,
) -> Message | None:
    """Note what the questions that are over have brought; the answer, where one says something about the name."""
    answer: Message | None = None
    for query in [query for query in asked if query.done()]:
        server, reply = asked.pop(query), query.result()
        if isinstance(reply, Message):
            said[server] = _said(server, rdtype, reply.rcode_name)
            answer = reply if answer is None and reply.rcode in _ANSWERS else answer
        elif reply is DnsSilence.NO_TCP_ANSWER or server not in said:
            said[server] = _said(server, rdtype, reply.value)
    return answer


async def _query(
    server: Nameserver, name: Name, rdtype: RecordType, seconds: float, *, edns: bool = True
) -> Message | DnsSilence:
    """Put one question to one server. What is truncated is asked for over TCP."""
    silence = DnsSilence.NO_ANSWER
    try:
        async with asyncio.timeout(seconds):
            message = await _over_udp(server, name, rdtype, edns=edns)
            if edns and message.rcode in (Rcode.FORMERR, Rcode.NOTIMP, Rcode.BADVERS):
                # Old servers do not know EDNS (RFC 6891 §7).
                message = await _over_udp(server, name, rdtype, edns=False)
            if not message.truncated:
                return message
            silence = DnsSilence.NO_TCP_ANSWER
            return await _over_tcp(server, name, rdtype) or silence
    except (OSError, EOFError):  # a TimeoutError is an OSError
        return silence


async def _over_udp(server: Nameserver, name: Name, rdtype: RecordType, *, edns: bool) -> Message:
    """One datagram there, and the answer to it; anything else that arrives is passed over (RFC 5452 §9.1)."""
    loop = asyncio.get_running_loop()
    query_id = int.from_bytes(os.urandom(2))
    with socket.socket(server.family, socket.SOCK_DGRAM) as connection:
        connection.setblocking(False)
        # From a port of the system's choice, and only this server is heard.
        connection.connect((server.ip, server.port))
        await loop.sock_sendall(connection, write_query(name, rdtype, query_id=query_id, edns=edns))
        while True:
            data = await loop.sock_recv(connection, _MOST_BYTES)
            message = read_message(data, name=name, rdtype=rdtype, query_id=query_id)
            if message is not None:
                return message


async def _over_tcp(server: Nameserver, name: Name, rdtype: RecordType) -> Message | None:
    """The same over TCP, each message behind its length (RFC 7766 §8)."""
    loop = asyncio.get_running_loop()
    query_id = int.from_bytes(os.urandom(2))
    query = write_query(name, rdtype, query_id=query_id)
    with socket.socket(server.family, socket.SOCK_STREAM) as connection:
        connection.setblocking(False)
        await loop.sock_connect(connection, (server.ip, server.port))
        await loop.sock_sendall(connection, len(query).to_bytes(2) + query)
        length = int.from_bytes(await _exactly(connection, 2))
        data = await _exactly(connection, length)
    return read_message(data, name=name, rdtype=rdtype, query_id=query_id)


async def _exactly(connection: socket.socket, count: int) -> bytes:
    """So many bytes; EOFError where the connection ends before."""
    loop = asyncio.get_running_loop()
    data = bytearray()
    while len(data) < count:
        more = await loop.sock_recv(connection, count - len(data))
        if not more:
            raise EOFError
        data += more
    return bytes(data)


def _now() -> float:
    return asyncio.get_running_loop().time()


def _silence(rdtype: RecordType, resolver: Resolver) -> tuple[ServerAnswer, ...]:
    kind = rdtype.name
    return tuple(
        ServerAnswer(nameserver=str(s), rdtype=kind, rcode=DnsSilence.NO_ANSWER.value) for s in resolver.nameservers
    )


def _failure(answers: Sequence[ServerAnswer]) -> DnsStatus:
    """Whether nobody answered, or somebody did and could not help."""
    answered = any(answer.rcode not in _SILENCES for answer in answers)
    return DnsStatus.SERVER_FAILURE if answered else DnsStatus.TIMEOUT


def _alias(message: Message, name: Name) -> Name | None:
    """Where the answer says that this name is an alias of another, that other name."""
    return next((record.alias for record in message.records if record.alias is not None and record.name == name), None)


def _follow(message: Message, name: Name, visited: list[Name]) -> tuple[Name, bool]:
    """Follow the aliases in one answer, adding each to `visited`; the last name, and whether they loop."""
    while (target := _alias(message, name)) is not None:
        looped = target in visited
        visited.append(target)
        if looped or len(visited) > limits.ALIASES + 1:
            return target, True
        name = target
    return name, False


def _addresses(message: Message, name: Name, rdtype: RecordType) -> tuple[str, ...]:
    """The addresses of that family which the answer gives for this name, each once."""
    found = (
        record.address
        for record in message.records
        if record.address is not None and record.name == name and (":" in record.address) == (rdtype is RecordType.AAAA)
    )
    return tuple(dict.fromkeys(found))


def _texts(names: Sequence[Name]) -> tuple[str, ...]:
    return tuple(map(text_of, names))


# Which end of two says more about a name that has no address: one that names the fault before one that does not.
_TELLING = (
    DnsStatus.ALIAS_LOOP,
    DnsStatus.DANGLING_ALIAS,
    DnsStatus.NO_ADDRESS,  # one family knows the name, so it exists, whatever the other says
    DnsStatus.NXDOMAIN,
    DnsStatus.SERVER_FAILURE,
    DnsStatus.TIMEOUT,
)


def _join(walks: Sequence[_Walk]) -> Resolution:
    """What the two families say together."""
    answered = [walk for walk in walks if walk.status is DnsStatus.ANSWERED]
    answers = tuple(answer for walk in walks for answer in walk.answers)
    silent = tuple(
        rdtype.name
        for walk, rdtype in zip(walks, _FAMILIES, strict=True)
        if walk.status in (DnsStatus.TIMEOUT, DnsStatus.SERVER_FAILURE)
    )
    if answered:
        addresses = tuple(address for walk in answered for address in walk.addresses)
        return Resolution(
            status=DnsStatus.ANSWERED,
            addresses=addresses,
            aliases=answered[0].aliases,
            answers=answers,
            silent_families=silent,
        )
    failed = [walk for walk in walks if walk.status in (DnsStatus.SERVER_FAILURE, DnsStatus.TIMEOUT)]
    # One family without records and the other without an answer: only the failure can be the reason.
    telling = failed if failed and any(w.status is DnsStatus.NO_ADDRESS for w in walks) else walks
    walk = min(telling, key=lambda one: _TELLING.index(one.status))
    return Resolution(status=walk.status, aliases=walk.aliases, answers=answers)
