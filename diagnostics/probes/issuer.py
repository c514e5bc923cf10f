"""Fetches the issuer that a certificate names, where a server forgot to send it."""

import asyncio

import httpx

from diagnostics import limits
from diagnostics.facts import DnsStatus, HttpOutcome, IssuerFetch, IssuerStatus
from diagnostics.location import Link, read_url
from diagnostics.probes.connect import dial, has_route
from diagnostics.probes.fetch import HttpConnection
from diagnostics.probes.guard import CheckedAddress, Guard
from diagnostics.probes.resolve import Resolver
from diagnostics.trust import fetched_certificates

_URLS = 3  # a certificate names one or two; more would only cost time
_LEVELS = 3  # issuers of issuers: public chains have one or two intermediates
_CERTIFICATES = 10  # of one file


async def fetch_issuers(
    urls: tuple[str, ...], *, guard: Guard, resolver: Resolver, deadline: float
) -> tuple[IssuerFetch, ...]:
    """Fetch the issuers at these URLs (RFC 5280 §4.2.2.1), and their issuers, under the guard."""
    fetches: list[IssuerFetch] = []
    asked: set[str] = set()
    wanted = list(urls[:_URLS])
    for _ in range(_LEVELS):
        fresh = [url for url in wanted if url not in asked]
        if not fresh:
            break
        asked.update(fresh)
        found = await asyncio.gather(
            *(_fetch_issuer(url, guard=guard, resolver=resolver, deadline=deadline) for url in fresh)
        )
        fetches.extend(found)
        wanted = [url for fetch in found for url in fetch.issuer_urls][:_URLS]
    return tuple(fetches)


async def _fetch_issuer(url: str, *, guard: Guard, resolver: Resolver, deadline: float) -> IssuerFetch:
    link = read_url(url) if len(url) <= limits.LOCATION_CHARACTERS else None
    if link is None or link.scheme != "http":
        return IssuerFetch(url=url, status=IssuerStatus.FAILED)
    deadline = min(deadline, asyncio.get_running_loop().time() + limits.ISSUER_SECONDS)
    address = await find_address(link, guard=guard, resolver=resolver, deadline=deadline)
    if address is None:
        return IssuerFetch(url=url, status=IssuerStatus.FORBIDDEN)
    _, stream = await dial(address, deadline=deadline)
    if stream is None:
        return IssuerFetch(url=url, status=IssuerStatus.FAILED)
    with stream:
        connection = HttpConnection(stream, http2=False)
        answer = await connection.get(httpx.URL(link.url), seconds=limits.ISSUER_SECONDS, deadline=deadline)
    if answer.outcome is not HttpOutcome.ANSWERED or answer.status != 200:
        return IssuerFetch(url=url, status=IssuerStatus.FAILED)
    found = fetched_certificates(answer.body)[:_CERTIFICATES]
    return IssuerFetch(
        url=url,
        status=IssuerStatus.FETCHED if found else IssuerStatus.FAILED,
        certificates=tuple(certificate.der for certificate in found),
        issuer_urls=tuple(url for certificate in found for url in certificate.issuer_urls),
    )


async def find_address(link: Link, *, guard: Guard, resolver: Resolver, deadline: float) -> CheckedAddress | None:
    """An address of a link's host that may be contacted, if there is one."""
    if guard.refuses(link.target) is not None:
        return None
    host, port = link.target.host, link.target.port
    if link.target.is_address:
        return guard.admit(host, host=host, port=port)
    resolution = await resolver.resolve(host, deadline=deadline)
    if resolution.status is not DnsStatus.ANSWERED:
        return None
    admitted = [guard.admit(ip, host=host, port=port) for ip in resolution.addresses]
    addresses = [address for address in admitted if address is not None]
    return next((address for address in addresses if has_route(address.ip)), next(iter(addresses), None))
