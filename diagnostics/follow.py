"""Follows a host's redirects, hop by hop, the way a browser does."""

import asyncio
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

import httpx

from diagnostics import limits
from diagnostics.catalogue import CheckName
from diagnostics.causes.answers import expects_tls
from diagnostics.facts import (
    AddressFacts,
    ConnectStatus,
    DnsStatus,
    Hello,
    Hop,
    HttpAnswer,
    HttpOutcome,
    Refusal,
    Trace,
    TraceEnd,
)
from diagnostics.judge import judge
from diagnostics.location import Link, read_location, read_url, shown_location
from diagnostics.probes.fetch import HttpConnection, keep_cookies
from diagnostics.probes.guard import CheckedAddress, is_forbidden_name
from diagnostics.providers import status_of_its_own
from diagnostics.target import Target, without_credentials

if TYPE_CHECKING:
    from diagnostics.observe import Observation

_TO_CERTIFICATE = frozenset({CheckName.CERTIFICATE})


async def follow_redirects(observation: "Observation") -> tuple[Trace, ...]:
    """The redirects from https:// and from http://, once for each different answer of the host's addresses."""
    starts: list[tuple[str, AddressFacts]] = []
    for scheme in ("https", "http"):
        told: set[tuple[int | None, str | None]] = set()
        for address in observation.facts.addresses:
            if scheme == "https" and not address.certificate_accepted:
                continue  # a browser stops at the certificate and never sees where this leads
            answer = _first_answer(address, scheme)
            if answer is None or answer.outcome is not HttpOutcome.ANSWERED:
                continue
            kind = (answer.status if answer.redirects else None, answer.header("location"))
            if kind not in told and len(told) < limits.TRACES:
                told.add(kind)
                starts.append((scheme, address))
    known = _Known()
    for address in observation.facts.addresses:
        for scheme in ("https", "http"):
            answer = _first_answer(address, scheme)
            if answer is not None:
                known.answers[address.ip, str(observation.url(scheme)), ""] = answer
    try:
        return tuple([await _Walk(observation, address, known).follow(scheme) for scheme, address in starts])
    finally:
        for opened in known.others.values():
            if isinstance(opened, HttpConnection):
                opened.close()


@dataclass(frozen=True, slots=True)
class _NotOpened:
    """Why another host was not asked."""

    end: TraceEnd
    cause: str | None = None
    hurried: bool = False
    refusal: Refusal | None = None


@dataclass(slots=True)
class _Known:
    """What the walks of one host share, so that nothing is asked twice.

    `answers` are kept by address, URL and Cookie header, `others` by scheme, host and port, `aliases` by other host.
    """

    answers: dict[tuple[str, str, str], HttpAnswer] = field(default_factory=dict)
    others: dict[tuple[str, str, int], "HttpConnection | _NotOpened"] = field(default_factory=dict)
    aliases: dict[str, tuple[str, ...]] = field(default_factory=dict)


def _first_answer(address: AddressFacts, scheme: str) -> HttpAnswer | None:
    if scheme == "https":
        return address.http
    return address.plain.http if address.plain is not None else None


class _Walk:
    """One walk along the redirects, from one address of the host."""

    def __init__(self, observation: "Observation", address: AddressFacts, known: _Known) -> None:
        self._observation = observation
        self._address = address
        self._known = known
        self._cookies = httpx.Cookies()
        self._hops: list[Hop] = []
        self._answer: HttpAnswer | None = None
        self._start = ""

    async def follow(self, scheme: str) -> Trace:
        """Follow from the host's front page until an answer that is no redirect, or a reason to stop."""
        link = read_url(str(self._observation.url(scheme)))
        answer = _first_answer(self._address, scheme)
        if link is None or answer is None:
            raise ValueError("a walk starts at an answer")
        self._start = link.url
        self._keep_cookies(answer)
        seen = {(link.url, "")}
        while True:
            location = answer.header("location")
            self._answer = answer
            self._hops.append(
                Hop(url=without_credentials(link.url), status=answer.status, location=shown_location(location))
            )
            if not answer.redirects and (cause := self._cause_elsewhere(answer, link)):
                hurried = answer.outcome is HttpOutcome.TIMEOUT and answer.seconds < limits.USUAL_SECONDS
                return self._end(
                    TraceEnd.BROKEN_TARGET,
                    link.url,
                    other_host=link.target.host,
                    other_cause=cause,
                    hurried=hurried,
                )
            if answer.outcome is not HttpOutcome.ANSWERED:
                cut_short = answer.outcome is HttpOutcome.TIMEOUT and answer.seconds < limits.HOP_FAIR_SECONDS
                return self._end(TraceEnd.STOPPED if cut_short else TraceEnd.FAILED, link.url)
            if not answer.redirects:
                return self._end(TraceEnd.ANSWER, link.url)
            # Browsers refuse several Locations that differ, for a proxy may have read another one.
            following = read_location(location, base=link) if len(set(answer.all_headers("location"))) < 2 else None
            if following is None:
                return self._end(TraceEnd.INVALID_LOCATION, link.url)
            came_before = following.url in {url for url, _ in seen}
            link = following
            here = (link.url, self._cookie_header(link))
            if here in seen:
                return self._end(TraceEnd.LOOP, link.url)
            seen.add(here)
            if len(self._hops) > limits.REDIRECTS:
                # With a new cookie each time the circle ends nowhere else.
                return self._end(TraceEnd.LOOP if came_before else TraceEnd.TOO_MANY, link.url)
            next_answer = await self._ask(link)
            if isinstance(next_answer, Trace):
                return next_answer
            answer = next_answer
            self._keep_cookies(answer)

    def _end(
        self,
        end: TraceEnd,
        last_url: str,
        *,
        other_host: str | None = None,
        other_cause: str | None = None,
        hurried: bool = False,
        refusal: Refusal | None = None,
    ) -> Trace:
        last_url = without_credentials(last_url)
        return Trace(
            start=self._start,
            ip=self._address.ip,
            hops=tuple(self._hops),
            end=end,
            last_url=last_url,
            loop_start=last_url if end is TraceEnd.LOOP else None,
            cookies=bool(self._cookies.jar),
            other_host=other_host,
            other_cause=other_cause,
            hurried=hurried,
            refusal=refusal,
            answer=self._answer,
        )

    def _keep_cookies(self, answer: HttpAnswer) -> None:
        set_cookies = [("set-cookie", value) for value in answer.all_headers("set-cookie")]
        if set_cookies:
            request = httpx.Request("GET", answer.url)
            keep_cookies(self._cookies, httpx.Response(200, headers=set_cookies, request=request))

    def _cookie_header(self, link: Link) -> str:
        if not self._cookies.jar:
            return ""
        request = httpx.Request("GET", link.url)
        request.headers.encoding = "utf-8"  # what servers set is not always ASCII
        self._cookies.set_cookie_header(request)
        return str(request.headers.get("cookie", ""))

    async def _ask(self, link: Link) -> HttpAnswer | Trace:
        """The answer of the next URL, or the end of the walk."""
        observation = self._observation
        key = (self._address.ip, link.url, self._cookie_header(link))
        if key in self._known.answers:
            return self._known.answers[key]
        if self._time_is_up():
            return self._end(TraceEnd.STOPPED, link.url)
        if not observation.instruments.guard.allows_port(link.target.port):
            return await self._refused_port(link)
        if link.target.host != observation.target.host or not self._same_service(link):
            return await self._ask_other(link)
        if link.scheme == "https" and not self._address.certificate_accepted:
            return self._end(TraceEnd.STOPPED, link.url)
        connection = await self._connection_to_host(link)
        if connection is None:
            return self._end(TraceEnd.STOPPED if self._time_is_up() else TraceEnd.FAILED, link.url)
        return await self._get(connection, link)

    def _time_is_up(self) -> bool:
        return asyncio.get_running_loop().time() >= self._observation.deadline

    def _same_service(self, link: Link) -> bool:
        """Whether a link to the host is to one of the two ports that are looked at."""
        port = self._observation.target.port
        return link.target.port == (port if link.scheme == "https" else 80)

    def _cause_elsewhere(self, answer: HttpAnswer, link: Link) -> str | None:
        """What is wrong with the answer of another host, or of another port of this one."""
        if link.target.host == self._observation.target.host and self._same_service(link):
            return None
        if link.scheme == "https":
            return self._http_cause(answer, link)
        return "http.misdirected" if expects_tls(answer) else None  # http://…:443

    async def _get(self, connection: HttpConnection, link: Link) -> HttpAnswer:
        key = (self._address.ip, link.url, self._cookie_header(link))
        answer = await connection.get(
            httpx.URL(link.url), seconds=limits.HTTP_SECONDS, deadline=self._observation.deadline, cookies=self._cookies
        )
        self._known.answers[key] = answer
        return answer

    async def _connection_to_host(self, link: Link) -> HttpConnection | None:
        """A connection to the same host and address: an open one where there is one."""
        observation, ip = self._observation, self._address.ip
        connection = observation.connections.get((link.scheme, ip))
        if connection is not None and connection.usable:
            return connection
        checked = observation.instruments.guard.admit(ip, host=link.target.host, port=link.target.port)
        if checked is None:
            return None
        _, stream = await observation.dial_again(checked)
        if stream is None:
            return None
        if link.scheme == "http":
            return observation.keep(stream, "http", ip)
        first = self._address.handshake
        hello = first.hello if first is not None else Hello.MODERN
        if ip in observation.without_http2:
            hello = Hello.HTTP1
        handshake, tls = await observation.shake_hands(stream, hello, limits.HANDSHAKE_SECONDS)
        if tls is None:
            stream.close()
            return None
        return observation.keep(tls, "https", ip, http2=handshake.alpn == "h2")

    async def _ask_other(self, link: Link) -> HttpAnswer | Trace:
        """Ask another host, or another port: under the guard, and only where its own HTTPS works."""
        key = (link.scheme, link.target.host, link.target.port)
        opened = self._known.others.get(key)
        if opened is None or (isinstance(opened, HttpConnection) and not opened.usable):
            opened = await (self._open_https(link) if link.scheme == "https" else self._open_plain(link))
            self._known.others[key] = opened
        if isinstance(opened, HttpConnection):
            return await self._get(opened, link)
        other_host = None if opened.end is TraceEnd.STOPPED else link.target.host
        return self._end(
            opened.end,
            link.url,
            other_host=other_host,
            other_cause=opened.cause,
            hurried=opened.hurried,
            refusal=opened.refusal,
        )

    async def _open_https(self, link: Link) -> HttpConnection | _NotOpened:
        from diagnostics.observe import Observation

        outer = self._observation
        inner = Observation(
            link.target,
            instruments=outer.instruments,
            wanted=_TO_CERTIFICATE,
            deadline=outer.deadline,
            now=outer.facts.started_at,
            most_addresses=limits.OTHER_HOST_ADDRESSES,
        )
        began = asyncio.get_running_loop().time()
        facts = await inner.run()
        self._known.aliases[link.target.host] = facts.resolution.aliases if facts.resolution is not None else ()
        if facts.refusal is not None:
            return _NotOpened(TraceEnd.FORBIDDEN_TARGET, refusal=facts.refusal)
        diagnosis = judge(facts)
        working = [address for address in facts.addresses if address.certificate_accepted]
        if not working or diagnosis.verdict == "broken":
            return self._broken(diagnosis.cause, began=began)
        _, stream = await inner.dial_again(inner.checked[working[0].ip])
        if stream is None:
            return _NotOpened(TraceEnd.STOPPED)
        handshake, tls = await inner.shake_hands(stream, Hello.MODERN, limits.HANDSHAKE_SECONDS)
        if tls is None:
            stream.close()
            return _NotOpened(TraceEnd.STOPPED)
        ip = working[0].ip
        return HttpConnection(tls, http2=handshake.alpn == "h2", over_http1=partial(inner.open_http1, ip))

    async def _open_plain(self, link: Link) -> HttpConnection | _NotOpened:
        began = asyncio.get_running_loop().time()
        admitted = await self._admitted(link.target)
        if isinstance(admitted, str):
            return self._broken(admitted, began=began)
        if not admitted:
            return _NotOpened(TraceEnd.FORBIDDEN_TARGET, refusal=Refusal.ADDRESS)
        cause = None
        for checked in admitted[: limits.OTHER_HOST_ADDRESSES]:
            connect, stream = await self._observation.dial_again(checked)
            if stream is not None:
                return HttpConnection(stream, http2=False)
            cause = cause or _TCP_CAUSES.get(connect.status)
        return self._broken(cause, began=began)

    async def _refused_port(self, link: Link) -> Trace:
        """Padlock keeps to its ports; visitors do not, and a public host on another port may well work for them."""
        began = asyncio.get_running_loop().time()
        admitted = await self._admitted(replace(link.target, port=self._observation.target.port))
        host = link.target.host
        if isinstance(admitted, str):
            broken = self._broken(admitted, began=began)
            return self._end(broken.end, link.url, other_host=host, other_cause=broken.cause, hurried=broken.hurried)
        refusal = Refusal.PORT if admitted else Refusal.ADDRESS
        return self._end(TraceEnd.FORBIDDEN_TARGET, link.url, other_host=host, refusal=refusal)

    async def _admitted(self, target: Target) -> list[CheckedAddress] | str:
        """The addresses of another host that may be contacted, or why it has none at all."""
        instruments = self._observation.instruments
        if instruments.guard.refuses(target) is not None:
            return []
        ips: tuple[str, ...] = (target.host,)
        if not target.is_address:
            resolution = await instruments.resolver.resolve(target.host, deadline=self._observation.deadline)
            if resolution.status is DnsStatus.NO_NETWORK:
                return "probe.no_network"
            if resolution.status is not DnsStatus.ANSWERED:
                return [] if is_forbidden_name(target.host) else f"dns.{resolution.status}"
            ips = resolution.addresses
        admitted = (instruments.guard.admit(ip, host=target.host, port=target.port) for ip in ips)
        return [checked for checked in admitted if checked is not None]

    def _http_cause(self, answer: HttpAnswer, link: Link) -> str | None:
        """What is wrong with the answer of another host whose handshake works."""
        if answer.outcome is HttpOutcome.TIMEOUT:
            return "http.timeout" if answer.seconds >= limits.HOP_FAIR_SECONDS else None
        if answer.outcome in (HttpOutcome.INVALID, HttpOutcome.CLOSED, HttpOutcome.ALERT):
            return "http.invalid_response"
        meaning = status_of_its_own(answer, aliases=self._known.aliases.get(link.target.host, ()))
        if meaning is not None:
            return meaning[1]
        if answer.status == 421 or expects_tls(answer):
            return "http.misdirected"
        return "http.server_error" if answer.status is not None and 500 <= answer.status <= 599 else None

    def _broken(self, cause: str | None, *, began: float) -> _NotOpened:
        """Another host's fault, unless it is Padlock's own, or the host had hardly any time to answer."""
        had = asyncio.get_running_loop().time() - began
        if cause is None or cause.startswith(("probe.", "internal.")):
            return _NotOpened(TraceEnd.STOPPED)
        silent = cause.endswith(".timeout")
        if silent and had < limits.HOP_FAIR_SECONDS:
            return _NotOpened(TraceEnd.STOPPED)
        return _NotOpened(TraceEnd.BROKEN_TARGET, cause=cause, hurried=silent and had < limits.USUAL_SECONDS)


_TCP_CAUSES = {
    ConnectStatus.REFUSED: "tcp.refused",
    ConnectStatus.TIMEOUT: "tcp.timeout",
    ConnectStatus.UNREACHABLE: "tcp.unreachable",
}
