"""Runs the probes on one target, in parallel where they do not need each other, and collects what they see."""

import asyncio
import dataclasses
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from functools import partial

import httpx

from diagnostics import limits
from diagnostics.catalogue import CheckName
from diagnostics.chain import Examination, examine_chain
from diagnostics.facts import (
    AddressFacts,
    CertificateSummary,
    CheckTime,
    Connect,
    ConnectStatus,
    DnsStatus,
    Facts,
    Handshake,
    HandshakeStatus,
    Hello,
    HttpAnswer,
    HttpOutcome,
    PlainAnswer,
    Refusal,
    Resolution,
    Vantage,
)
from diagnostics.instruments import Instruments
from diagnostics.probes.connect import TcpStream, dial, has_route
from diagnostics.probes.fetch import HttpConnection
from diagnostics.probes.guard import CheckedAddress, is_forbidden_name
from diagnostics.probes.handshake import TlsStream, shake_hands
from diagnostics.suites import BROWSER_SUITES, BROWSER_TLS13_SUITES
from diagnostics.target import Target

HTTP_PORT, HTTPS_PORT = 80, 443
# Addresses far outside (of a.root-servers.net): only whether the system knows a way there counts; nothing is sent.
_SOMEWHERE = {"IPv4": "198.41.0.4", "IPv6": "2001:503:ba3e::2:30"}
_NEEDS = {
    CheckName.DNS: {CheckName.DNS},
    CheckName.TCP: {CheckName.DNS, CheckName.TCP},
    CheckName.HANDSHAKE: {CheckName.DNS, CheckName.TCP, CheckName.HANDSHAKE},
    CheckName.CERTIFICATE: {CheckName.DNS, CheckName.TCP, CheckName.HANDSHAKE, CheckName.CERTIFICATE},
    CheckName.REDIRECT: set(CheckName),
}

_BROWSER_SUITES = frozenset((*BROWSER_SUITES, *BROWSER_TLS13_SUITES))
# Failures that no other greeting could explain.
_TELLS_ALL = (
    HandshakeStatus.PLAINTEXT_HTTP,
    HandshakeStatus.NOT_TLS,
    HandshakeStatus.MALFORMED,
    HandshakeStatus.NOT_TRIED,
)

_NOT_RENEWED = frozenset(("certificate.expired", "certificate.expires_soon"))
# A certificate with one of these was not issued for the host by an authority that heeds its CAA records.
_NOT_THE_HOSTS = frozenset(
    ("certificate.self_signed", "certificate.untrusted_root", "certificate.name_mismatch", "certificate.no_san",
     "certificate.www_mismatch", "certificate.wildcard_depth")
)  # fmt: skip

Stage = Callable[[CheckName], None]


def with_needs(checks: frozenset[CheckName]) -> frozenset[CheckName]:
    """The checks and those they need."""
    return frozenset(needed for check in checks for needed in _NEEDS[check])


class Observation:
    """One look at one target.

    It can be asked for its facts at any moment: what has not been looked at yet is not in them. `deadline` is a
    moment of the running loop's clock; every probe ends by it.
    """

    def __init__(
        self,
        target: Target,
        *,
        instruments: Instruments,
        wanted: frozenset[CheckName],
        deadline: float,
        now: datetime,
        most_addresses: int = limits.ADDRESSES,
    ) -> None:
        self.target = target
        self.wanted = with_needs(wanted)
        self.deadline = deadline
        self.instruments = instruments
        self.on_stage: Stage | None = None  # called with each check as it ends
        # Called with the deadline as it is put off, and with None while it is not known until when.
        self.on_wait: Callable[[float | None], None] | None = None
        self.connections: dict[tuple[str, str], HttpConnection] = {}  # open ones, by scheme and address
        self.checked: dict[str, CheckedAddress] = {}  # the addresses that may be contacted, on the target's port
        self.without_http2: set[str] = set()  # the addresses that chose HTTP/2 and then asked for HTTP/1.1
        self._now = now
        self._most_addresses = most_addresses
        self._facts = Facts(text=target.text, host=target.host, port=target.port, started_at=now, wanted=self.wanted)
        self._addresses: dict[str, AddressFacts] = {}
        self._examinations: dict[tuple[bytes, ...], Examination] = {}
        self._urls: dict[str, httpx.URL] = {}
        self._dialled: Counter[str] = Counter()  # further connections to the addresses
        self._started = time.monotonic()
        self._waited = 0.0  # for the addresses' turns, in seconds
        self._waiting = 0  # addresses whose turn has not come
        self._moments: dict[CheckName, float] = {}

    @property
    def facts(self) -> Facts:
        """What has been seen so far."""
        if self._facts.refusal is not None:
            return self._facts  # how long a look-up took would tell something about the inside
        return dataclasses.replace(
            self._facts,
            addresses=tuple(self._addresses.values()),
            times=tuple(CheckTime(name=name, seconds=seconds) for name, seconds in self._moments.items()),
            seconds=time.monotonic() - self._started,
        )

    async def run(self) -> Facts:
        """Look, and say what was seen."""
        refusal = self.instruments.guard.refuses(self.target)
        if refusal is not None:
            return self._refuse(refusal.reason, refusal.sentence)
        try:
            await self._look()
        finally:
            for connection in self.connections.values():
                connection.close()
        return self.facts

    def note(self, **seen: object) -> None:
        """Add to the facts."""
        self._facts = dataclasses.replace(self._facts, **seen)  # type: ignore[arg-type]

    async def _look(self) -> None:
        resolution = await self._resolve()
        self._end(CheckName.DNS, resolution.seconds)
        if resolution.status not in (DnsStatus.ANSWERED, DnsStatus.LITERAL):
            if is_forbidden_name(self.target.host):
                sentence = (
                    f"{self.target.host} is a name for use inside a network, and in none that Padlock may contact."
                )
                self._refuse(Refusal.NAME, sentence)
            return
        self._admit(resolution)
        if not self.checked:
            sentence = f"{self.target.host} leads to addresses that are not public, so nothing was sent to it."
            self._refuse(Refusal.ADDRESS, sentence)
            return
        if CheckName.TCP not in self.wanted:
            return
        async with asyncio.TaskGroup() as group:
            for address in self.checked.values():
                group.create_task(self._look_at(address))
        for name in (CheckName.TCP, CheckName.HANDSHAKE):
            self._end(name, self._longest(name))
        if CheckName.CERTIFICATE in self.wanted:
            await self._look_at_certificates()
        if CheckName.REDIRECT in self.wanted:
            from diagnostics.follow import follow_redirects

            started = time.monotonic()
            self.note(traces=await follow_redirects(self))
            self._end(CheckName.REDIRECT, time.monotonic() - started + self._longest(CheckName.REDIRECT))

    async def _resolve(self) -> Resolution:
        if self.target.is_address:
            resolution = Resolution(status=DnsStatus.LITERAL, addresses=(self.target.host,))
            nameservers: tuple[str, ...] = ()
        else:
            resolver = self.instruments.resolver
            resolution = await resolver.resolve(self.target.host, deadline=self.deadline)
            nameservers = tuple(str(server) for server in resolver.nameservers)
        families = tuple(family for family, ip in _SOMEWHERE.items() if has_route(ip))
        self.note(
            resolution=resolution,
            has_route=bool(families),
            vantage=Vantage(nameservers=nameservers, families=families, roots=self.instruments.roots_name),
        )
        return resolution

    def _admit(self, resolution: Resolution) -> None:
        """Ask the guard about every address; keep those that may be contacted, at most so many."""
        guard, port = self.instruments.guard, self.target.port
        forbidden = 0
        for ip in resolution.addresses:
            checked = guard.admit(ip, host=self.target.host, port=port)
            if checked is None:
                forbidden += 1
            elif len(self.checked) < self._most_addresses:
                self.checked[ip] = checked
        self.note(
            # What the guard refuses is not even told of.
            resolution=dataclasses.replace(resolution, addresses=tuple(self.checked)),
            forbidden_addresses=forbidden,
            omitted_addresses=len(resolution.addresses) - forbidden - len(self.checked),
        )

    def _refuse(self, reason: Refusal, sentence: str) -> Facts:
        """Nothing was sent, and nothing is told of what was looked up."""
        self._facts = Facts(
            text=self.target.text,
            host=self.target.host,
            port=self.target.port,
            started_at=self._now,
            wanted=self.wanted,
            refusal=reason,
            refusal_reason=sentence,
        )
        self._addresses.clear()
        self._moments.clear()
        self.checked.clear()
        return self._facts

    def _end(self, name: CheckName, seconds: float) -> None:
        if name in self.wanted:
            self._moments[name] = seconds
            if self.on_stage is not None:
                self.on_stage(name)

    def _longest(self, name: CheckName) -> float:
        """How long the slowest address took for one check, in seconds."""
        seconds = [0.0]
        for address in self._addresses.values():
            if name is CheckName.TCP:
                seconds.append(address.connect.seconds)
            elif name is CheckName.HANDSHAKE and address.handshake is not None:
                seconds.append(address.handshake.seconds + sum(look.seconds for look in address.second_looks))
            elif name is CheckName.REDIRECT:
                seconds.append(address.http.seconds if address.http else 0.0)
        return max(seconds)

    def _see(self, ip: str, **seen: object) -> AddressFacts:
        facts = dataclasses.replace(self._addresses[ip], **seen)  # type: ignore[arg-type]
        self._addresses[ip] = facts
        return facts

    async def _look_at(self, address: CheckedAddress) -> None:
        """Both ports of one address."""
        if ":" in address.ip and not (has_route(address.ip) or has_route(_SOMEWHERE["IPv6"])):
            self._addresses[address.ip] = AddressFacts(ip=address.ip, connect=Connect(status=ConnectStatus.NO_ROUTE))
            return
        self._addresses[address.ip] = AddressFacts(ip=address.ip, connect=Connect(status=ConnectStatus.NOT_TRIED))
        plain = self.target.port == HTTPS_PORT and CheckName.REDIRECT in self.wanted
        await self._wait_for_turn(address.ip, connections=2 if plain else 1)
        async with asyncio.TaskGroup() as group:
            group.create_task(self._look_at_https(address))
            if plain:
                group.create_task(self._look_at_plain(address.ip))

    async def _wait_for_turn(self, ip: str, *, connections: int) -> None:
        """Wait until the address may be connected to; the time that takes is not the host's, and put on top."""
        if self.on_wait is None:
            await self.instruments.pace.turn(ip, connections=connections)
            return
        self._waiting += 1
        self.on_wait(None)
        try:
            seconds = await self.instruments.pace.turn(ip, connections=connections)
        finally:
            self._waiting -= 1
        more = max(seconds - self._waited, 0.0)
        self._waited, self._started, self.deadline = self._waited + more, self._started + more, self.deadline + more
        if not self._waiting:
            self.on_wait(self.deadline)

    async def dial_again(self, address: CheckedAddress) -> tuple[Connect, TcpStream | None]:
        """A further connection to an address whose turn it was."""
        self.instruments.pace.count(address.ip)
        self._dialled[address.ip] += 1
        return await dial(address, deadline=self.deadline)

    async def _look_at_plain(self, ip: str) -> None:
        """GET / on port 80."""
        checked = self.instruments.guard.admit(ip, host=self.target.host, port=HTTP_PORT)
        if checked is None or not self.instruments.guard.allows_port(HTTP_PORT):
            return
        connect, stream = await dial(checked, deadline=self.deadline)
        answer = None
        if stream is not None:
            connection = self.keep(stream, "http", ip)
            answer = await connection.get(self.url("http"), seconds=limits.HTTP_SECONDS, deadline=self.deadline)
        self._see(ip, plain=PlainAnswer(connect=connect, http=answer))

    async def _look_at_https(self, address: CheckedAddress) -> None:
        """TCP, TLS, the certificate, and GET / over the same connection."""
        connect, stream = await dial(address, deadline=self.deadline)
        self._see(address.ip, connect=connect)
        if connect.status is not ConnectStatus.CONNECTED:
            return
        if CheckName.HANDSHAKE not in self.wanted:
            if stream is not None:
                stream.close()
            return
        if stream is None:
            handshake, tls = Handshake(status=HandshakeStatus.RESET, error=connect.error), None
        else:
            left = self.deadline - asyncio.get_running_loop().time()
            seconds = min(limits.HANDSHAKE_SECONDS, limits.HANDSHAKE_SHARE * left)
            handshake, tls = await self.shake_hands(stream, Hello.MODERN, seconds)
        self._see(address.ip, handshake=handshake)
        if tls is None:
            if stream is not None:
                stream.close()
            await self._look_again(address, handshake)
            handshake, tls = await self._look_once_more(address, handshake)
        if tls is None:
            return
        if CheckName.CERTIFICATE in self.wanted and asyncio.get_running_loop().time() < self.deadline:
            examination = self._examine(handshake.chain)
            self._see(address.ip, certificate=examination.summary, faults=examination.findings)
        # A server that wants a client certificate says so only when it is asked for something (RFC 8446 §4.4.2.4).
        if CheckName.REDIRECT in self.wanted or handshake.client_certificate_requested:
            connection = self.keep(tls, "https", address.ip, http2=handshake.alpn == "h2")
            answer = await connection.get(self.url("https"), seconds=limits.HTTP_SECONDS, deadline=self.deadline)
            self._see(address.ip, http=answer)
            if connection.client_certificate_requested and not handshake.client_certificate_requested:
                self._see(address.ip, handshake=dataclasses.replace(handshake, client_certificate_requested=True))
        else:
            tls.close()

    async def shake_hands(self, stream: TcpStream, hello: Hello, seconds: float) -> tuple[Handshake, TlsStream | None]:
        """A handshake with the target on an open connection."""
        return await shake_hands(
            stream,
            contexts=self.instruments.contexts,
            host=None if self.target.is_address else self.target.host,
            hello=hello,
            seconds=seconds,
            deadline=self.deadline,
        )

    def keep(self, stream: TcpStream | TlsStream, scheme: str, ip: str, *, http2: bool = False) -> HttpConnection:
        """Make an open connection one for HTTP, which redirects to the same host may use again."""
        connection = HttpConnection(stream, http2=http2, over_http1=partial(self.open_http1, ip))
        earlier = self.connections.get((scheme, ip))
        if earlier is not None:
            earlier.close()
        self.connections[scheme, ip] = connection
        return connection

    async def open_http1(self, ip: str) -> TlsStream | None:
        """Another connection to an address of the target that chose HTTP/2 and asks for HTTP/1.1, or None."""
        if self._dialled[ip] + 1 >= limits.CONNECTIONS or ip in self.without_http2:
            return None
        self.without_http2.add(ip)
        _, stream = await self.dial_again(self.checked[ip])
        if stream is None:
            return None
        tls = None
        try:
            _, tls = await self.shake_hands(stream, Hello.HTTP1, limits.SECOND_LOOK_SECONDS)
        finally:
            if tls is None:
                stream.close()
        return tls

    def url(self, scheme: str) -> httpx.URL:
        """The host's front page."""
        if scheme not in self._urls:
            port = None if scheme == "http" or self.target.port == HTTPS_PORT else self.target.port
            self._urls[scheme] = httpx.URL(scheme=scheme, host=self.target.host, port=port, path="/")
        return self._urls[scheme]

    async def _look_again(self, address: CheckedAddress, first: Handshake) -> None:
        """After a failed handshake: would another greeting work, and does the port speak HTTP without TLS?"""
        if first.status in _TELLS_ALL:
            return
        looks: list[Handshake] = []
        if first.status is HandshakeStatus.TIMEOUT:
            await self._look_again_after_silence(address, first)
            return
        silent = first.status in (HandshakeStatus.CLOSED, HandshakeStatus.RESET)
        if silent:
            clear = await self._clear_text(address, first)
            self._see(address.ip, clear_text=clear)
            if clear is not None and clear.outcome is HttpOutcome.ANSWERED:
                return
        order = (
            (Hello.SMALL, Hello.EVERY_SUITE, Hello.NO_NAME)
            if silent
            else (Hello.EVERY_SUITE, Hello.SMALL, Hello.NO_NAME)
        )
        for hello in order:
            if hello is Hello.NO_NAME and self.target.is_address:
                continue
            looks.append(await self._second_look(address, hello))
            self._see(address.ip, second_looks=tuple(looks))
            if looks[-1].completed:
                return
            if hello is Hello.EVERY_SUITE and looks[-1].status is HandshakeStatus.ALERT and looks[-1].cipher is None:
                old_suite = await self._offer_old_suites(address)
                self._see(address.ip, old_suite=old_suite)
                if old_suite is not None:
                    return

    async def _look_again_after_silence(self, address: CheckedAddress, first: Handshake) -> None:
        """Silence costs time: the two looks that may explain it are taken at once, until one of them does."""
        small = asyncio.ensure_future(self._second_look(address, Hello.SMALL))
        clear = asyncio.ensure_future(self._clear_text(address, first))
        waiting: set[asyncio.Task[Handshake] | asyncio.Task[HttpAnswer | None]] = {small, clear}
        try:
            while waiting:
                done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                if small in done:
                    self._see(address.ip, second_looks=(small.result(),))
                    if small.result().completed:
                        return
                if clear in done:
                    answer = clear.result()
                    self._see(address.ip, clear_text=answer)
                    if answer is not None and answer.outcome is HttpOutcome.ANSWERED:
                        return
        finally:
            for look in (small, clear):
                look.cancel()
            await asyncio.gather(small, clear, return_exceptions=True)

    async def _look_once_more(self, address: CheckedAddress, first: Handshake) -> tuple[Handshake, TlsStream | None]:
        """Where a second look worked though it offered nothing new, the first may have failed by chance: try it again.

        Where only the small greeting works, it is what the rest is looked at with.
        """
        looks = self._addresses[address.ip].second_looks
        small = any(look.completed and look.hello is Hello.SMALL for look in looks)
        if not small and not any(look.completed and look.cipher in _BROWSER_SUITES for look in looks):
            return first, None
        # Silence for so long is no chance, and would be waited for again.
        again_first = () if first.status is HandshakeStatus.TIMEOUT else (Hello.MODERN,)
        for hello in (*again_first, Hello.SMALL) if small else again_first:
            _, stream = await self.dial_again(address)
            if stream is None:
                return first, None
            again, tls = await self.shake_hands(stream, hello, limits.SECOND_LOOK_SECONDS)
            if tls is not None:
                self._see(address.ip, handshake=again, second_looks=() if hello is Hello.MODERN else (first, *looks))
                return again, tls
            stream.close()
        return first, None

    async def _second_look(self, address: CheckedAddress, hello: Hello) -> Handshake:
        connect, stream = await self.dial_again(address)
        if stream is None:
            return Handshake(status=HandshakeStatus.NOT_TRIED, hello=hello, error=connect.error)
        with stream:
            handshake, _ = await self.shake_hands(stream, hello, limits.SECOND_LOOK_SECONDS)
        return handshake

    async def _offer_old_suites(self, address: CheckedAddress) -> str | None:
        """Whether the server would take one of the suites that TLS libraries, ours too, no longer have."""
        _, stream = await self.dial_again(address)
        if stream is None:
            return None
        from diagnostics.probes.old_suites import offer_old_suites  # late: hardly any server is that old

        with stream:
            host = None if self.target.is_address else self.target.host
            return await offer_old_suites(stream, host=host, deadline=self.deadline)

    async def _clear_text(self, address: CheckedAddress, first: Handshake) -> HttpAnswer | None:
        """GET / without TLS on the HTTPS port; not asked of a port that has spoken TLS."""
        if first.first_bytes:
            return None
        _, stream = await self.dial_again(address)
        if stream is None:
            return None
        with stream:
            connection = HttpConnection(stream, http2=False)
            return await connection.get(
                httpx.URL(scheme="http", host=self.target.host, port=self.target.port, path="/"),
                seconds=limits.SECOND_LOOK_SECONDS,
                deadline=self.deadline,
            )

    def _examine(self, chain: tuple[bytes, ...], fetched: tuple[bytes, ...] = ()) -> Examination:
        """Judge a chain, once for all the addresses that serve it."""
        key = (*chain, b"", *fetched)
        known = self._examinations.get(key)
        if known is None:
            known = examine_chain(
                chain, host=self.target.host, store=self.instruments.roots, at=self._now, fetched=fetched
            )
            self._examinations[key] = known
        return known

    async def _look_at_certificates(self) -> None:
        """Fetch missing issuers and judge again; keep a summary for the report."""
        started = time.monotonic()
        chains = {
            address.handshake.chain: None
            for address in self._addresses.values()
            if address.shook_hands and address.handshake is not None
        }
        for chain in chains:
            examination = self._examine(chain)
            if examination.missing_issuer_urls:
                from diagnostics.probes.issuer import fetch_issuers  # late: most servers send their whole chain

                fetches = await fetch_issuers(
                    examination.missing_issuer_urls,
                    guard=self.instruments.guard,
                    resolver=self.instruments.resolver,
                    deadline=self.deadline,
                )
                self.note(issuer_fetches=(*self._facts.issuer_fetches, *fetches))
                fetched = tuple(certificate for fetch in fetches for certificate in fetch.certificates)
                if fetched:
                    examination = self._examine(chain, fetched)
            for address in list(self._addresses.values()):
                if address.shook_hands and address.handshake is not None and address.handshake.chain == chain:
                    self._see(address.ip, faults=examination.findings)
            await self._ask_for_revocation(chain, examination)
        self.note(certificate=self._summary())
        await self._ask_who_may_issue()
        self._end(CheckName.CERTIFICATE, time.monotonic() - started)

    async def _ask_for_revocation(self, chain: tuple[bytes, ...], examination: Examination) -> None:
        """Whether the certificate is revoked, where that is worth knowing: it is trusted, and asked for once."""
        summary = examination.summary
        if summary is None or len(examination.path) < 2 or summary.not_after <= self._now:
            return
        if any(known.certificate_sha256 == summary.sha256 for known in self._facts.revocations):
            return
        staples = [
            address.handshake.staple
            for address in self._addresses.values()
            if address.handshake is not None and address.handshake.chain == chain
        ]
        staple = next((each for each in staples if each is not None), None)
        if staple is None and not summary.ocsp_urls and not summary.crl_urls:
            return
        from diagnostics.probes.revocation import check_revocation  # late: most certificates name no place to ask

        proof = await check_revocation(
            examination.path[0].der,
            examination.path[1].der,
            staple=staple,
            guard=self.instruments.guard,
            resolver=self.instruments.resolver,
            deadline=self.deadline,
            now=self._now,
        )
        self.note(revocations=(*self._facts.revocations, proof))

    async def _ask_who_may_issue(self) -> None:
        """The CAA records, where a certificate was not renewed in time: they may be why."""
        faults = [{fault.code for fault in address.faults} for address in self._addresses.values()]
        late = any(codes & _NOT_RENEWED and not codes & _NOT_THE_HOSTS for codes in faults)
        if not late or self.target.is_address:
            return
        from diagnostics.probes.caa import find_caa  # late: most certificates are renewed in time

        caa = await find_caa(self.target.host, resolver=self.instruments.resolver, deadline=self.deadline)
        self.note(caa=caa)

    def _summary(self) -> CertificateSummary | None:
        """The certificate of the first address that is bad, else of the first: the one the report is about."""
        seen = sorted(self._addresses.values(), key=lambda address: address.certificate_accepted)
        return next((address.certificate for address in seen if address.certificate is not None), None)
