"""Asks a certificate's issuer whether it has revoked it: the staple first, then OCSP, then the CRL."""

import asyncio
import base64
import hashlib
import itertools
from datetime import datetime
from urllib.parse import quote

import httpx

from diagnostics import limits
from diagnostics.certificate_facts import Certificate
from diagnostics.certificate_reader import read
from diagnostics.facts import HttpOutcome, Revocation, RevocationStatus
from diagnostics.location import read_url
from diagnostics.probes.connect import dial
from diagnostics.probes.fetch import HttpConnection
from diagnostics.probes.guard import Guard
from diagnostics.probes.issuer import find_address
from diagnostics.probes.resolve import Resolver
from diagnostics.revocation import Statement, crl_urls, ocsp_request, read_crl, read_ocsp, unproven

_URLS = 2  # of each kind; certificates name one
_GET_CHARACTERS = 255  # a longer question goes by POST only (RFC 6960, appendix A.1)
_OCSP_REQUEST = "application/ocsp-request"


async def check_revocation(
    leaf_der: bytes,
    issuer_der: bytes,
    *,
    staple: bytes | None,
    guard: Guard,
    resolver: Resolver,
    deadline: float,
    now: datetime,
) -> Revocation:
    """Find out whether a certificate is revoked; what cannot be found out is unknown, with the reason.

    `staple` is the OCSP response that came with the handshake; where it proves something, nothing else is asked.
    Everything ends within REVOCATION_SECONDS and by `deadline`, a moment of the running loop's clock, and every
    address goes past the guard.
    """
    sha256 = hashlib.sha256(leaf_der).hexdigest()
    leaf, issuer = read(leaf_der), read(issuer_der)
    if not isinstance(leaf, Certificate) or not isinstance(issuer, Certificate):
        return _unknown(sha256, ["the certificate or its issuer's cannot be read"])
    reasons: list[str] = []
    if staple is not None:
        statement = read_ocsp(staple, leaf=leaf, issuer=issuer, now=now)
        if statement.proves:
            return _known(sha256, "staple", statement)
        reasons.append(f"the OCSP answer that the server staples {statement.detail}")
    clock = asyncio.get_running_loop().time()
    deadline = min(deadline, clock + limits.REVOCATION_SECONDS)
    look = _Look(leaf, issuer, guard, resolver, now)
    lists = _web_addresses(crl_urls(leaf))
    # A responder that stays silent must leave time for the list.
    ocsp_deadline = clock + (deadline - clock) / 2 if lists else deadline
    for url in _web_addresses(leaf.ocsp_urls):
        statement = await look.ask_responder(url, deadline=ocsp_deadline)
        if statement.proves:
            return _known(sha256, "ocsp", statement)
        reasons.append(f"the OCSP service at {_host(url)} {statement.detail}")
    for url in lists:
        statement = await look.fetch_list(url, deadline=deadline)
        if statement.proves:
            return _known(sha256, "crl", statement)
        reasons.append(f"the revocation list at {_host(url)} {statement.detail}")
    if reasons:
        return _unknown(sha256, reasons)
    if leaf.ocsp_urls or leaf.crl_urls:
        return _unknown(sha256, ["the certificate names no place that can be asked over plain HTTP"])
    return Revocation(certificate_sha256=sha256, status=RevocationStatus.NOT_OFFERED)


class _Look:
    """One certificate, its issuer, and what is needed to ask about it."""

    def __init__(self, leaf: Certificate, issuer: Certificate, guard: Guard, resolver: Resolver, now: datetime) -> None:
        self._leaf, self._issuer = leaf, issuer
        self._guard, self._resolver = guard, resolver
        self._now = now

    async def ask_responder(self, url: str, *, deadline: float) -> Statement:
        """Ask an OCSP responder: by GET, which caches answer too, then by POST where that proves nothing."""
        request = ocsp_request(self._leaf, issuer=self._issuer)
        if request is None:
            return unproven("cannot be asked: the certificate's serial number fits into no question")
        encoded = base64.b64encode(request).decode()
        ways: list[tuple[str, bytes | None]] = [(url, request)]
        if len(encoded) <= _GET_CHARACTERS:
            ways.insert(0, (f"{url.rstrip('/')}/{quote(encoded, safe='')}", None))
        failure: str | None = None
        for where, body in ways:
            got = await self._fetch(where, body=body, most_bytes=limits.OCSP_BYTES, deadline=deadline)
            if isinstance(got, str):
                failure = failure or got
                continue
            statement = read_ocsp(got, leaf=self._leaf, issuer=self._issuer, now=self._now)
            if statement.proves:
                return statement
            failure = f"gave an answer that {statement.detail}"
        return unproven(failure or "gave no answer")

    async def fetch_list(self, url: str, *, deadline: float) -> Statement:
        """Fetch a revocation list and look the certificate up in it."""
        got = await self._fetch(url, body=None, most_bytes=limits.CRL_BYTES, deadline=deadline)
        if isinstance(got, str):
            return unproven(got)
        urls = crl_urls(self._leaf)
        return read_crl(got, leaf=self._leaf, issuer=self._issuer, urls=urls, now=self._now)

    async def _fetch(self, url: str, *, body: bytes | None, most_bytes: int, deadline: float) -> bytes | str:
        """What is at a URL, with a body what is answered to it; or why there is nothing, a clause for people."""
        link = read_url(url)
        if link is None:
            return "has an address that cannot be read"
        address = await find_address(link, guard=self._guard, resolver=self._resolver, deadline=deadline)
        if address is None:
            return "has no address that may be contacted"
        _, stream = await dial(address, deadline=deadline)
        if stream is None:
            return "could not be reached"
        with stream:
            http = HttpConnection(stream, http2=False)
            where, seconds = httpx.URL(link.url), limits.REVOCATION_SECONDS
            if body is None:
                answer = await http.get(where, seconds=seconds, deadline=deadline, most_bytes=most_bytes)
            else:
                answer = await http.post(
                    where,
                    body=body,
                    content_type=_OCSP_REQUEST,
                    seconds=seconds,
                    deadline=deadline,
                    most_bytes=most_bytes,
                )
        if answer.outcome is HttpOutcome.ANSWERED and answer.status != 200:
            return f"answered with HTTP status {answer.status}"
        if len(answer.body) >= most_bytes:
            return "is larger than Padlock reads"
        if answer.outcome is not HttpOutcome.ANSWERED or answer.error is not None:
            return "did not answer in time" if answer.outcome is HttpOutcome.TIMEOUT else "gave no whole answer"
        return answer.body


def _web_addresses(urls: tuple[str, ...]) -> list[str]:
    """The first few plain HTTP addresses: one over HTTPS would have to be checked in turn, LDAP is for inside."""
    plain = (url for url in urls if url.lower().startswith("http://") and len(url) <= limits.LOCATION_CHARACTERS)
    return list(itertools.islice(plain, _URLS))


def _host(url: str) -> str:
    link = read_url(url)
    return "an odd address" if link is None else link.target.host


def _known(sha256: str, source: str, statement: Statement) -> Revocation:
    return Revocation(
        certificate_sha256=sha256,
        status=statement.status,
        source=source,
        revoked_at=statement.revoked_at,
        reason=statement.reason,
    )


def _unknown(sha256: str, reasons: list[str]) -> Revocation:
    return Revocation(certificate_sha256=sha256, status=RevocationStatus.UNKNOWN, detail="; ".join(reasons))
