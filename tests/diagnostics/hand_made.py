"""Facts made by hand, for causes that need no network."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from diagnostics.catalogue import finding
from diagnostics.facts import (
    AddressFacts,
    Alert,
    CertificateSummary,
    Connect,
    ConnectStatus,
    DnsStatus,
    Facts,
    Handshake,
    HandshakeStatus,
    Hop,
    HttpAnswer,
    HttpOutcome,
    PlainAnswer,
    Resolution,
    Trace,
    TraceEnd,
)
from diagnostics.finding import Finding

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
HOST = "shop.example.com"
IP = "203.0.113.7"
CONNECTED = Connect(status=ConnectStatus.CONNECTED)
SHAKEN = Handshake(status=HandshakeStatus.COMPLETED, tls_version="TLSv1.3", chain=(b"leaf",))

Headers = Sequence[tuple[str, str]]


def certificate(*names: str) -> CertificateSummary:
    """A certificate for these names."""
    return CertificateSummary(
        subject=f"CN={names[0]}",
        issuer="CN=Lab",
        dns_names=names,
        ip_addresses=(),
        not_before=NOW - timedelta(days=10),
        not_after=NOW + timedelta(days=80),
        sha256="00",
        serial="1",
        key="ECDSA P-256",
        signature="ecdsa-with-SHA256",
        must_staple=False,
        issuer_urls=(),
        ocsp_urls=(),
        crl_urls=(),
        chain=(),
    )


def fault(code: str) -> Finding:
    """What is wrong with a certificate."""
    return finding(code, summary="Wrong.", explanation="It is wrong.", fix=("Mend it.",))


def answer(
    status: int | None = 200,
    *,
    headers: Headers = (),
    body: str | bytes = "",
    url: str = f"https://{HOST}/",
    outcome: HttpOutcome = HttpOutcome.ANSWERED,
    seconds: float = 0.1,
) -> HttpAnswer:
    """An HTTP answer; names of headers in any case."""
    return HttpAnswer(
        outcome=outcome,
        url=url,
        status=status,
        headers=tuple((name.lower(), value) for name, value in headers),
        body=body if isinstance(body, bytes) else body.encode(),
        seconds=seconds,
    )


def address(
    http: HttpAnswer | None = None,
    *,
    ip: str = IP,
    plain: HttpAnswer | None = None,
    names: Sequence[str] = (HOST,),
    faults: Sequence[str] = (),
) -> AddressFacts:
    """An address that shakes hands."""
    return AddressFacts(
        ip=ip,
        connect=CONNECTED,
        handshake=SHAKEN,
        certificate=certificate(*names),
        faults=tuple(map(fault, faults)),
        http=http,
        plain=PlainAnswer(connect=CONNECTED, http=plain) if plain is not None else None,
    )


def refusing(*, alert: int | None = 40, ip: str = IP, plain: HttpAnswer | None = None) -> AddressFacts:
    """An address that refuses the handshake: with an alert, or by closing the connection where that is None."""
    handshake = (
        Handshake(status=HandshakeStatus.CLOSED)
        if alert is None
        else Handshake(status=HandshakeStatus.ALERT, alerts=(Alert(2, alert),))
    )
    return AddressFacts(
        ip=ip,
        connect=CONNECTED,
        handshake=handshake,
        plain=PlainAnswer(connect=CONNECTED, http=plain) if plain is not None else None,
    )


def trace(
    *urls: str,
    end: TraceEnd = TraceEnd.ANSWER,
    statuses: Sequence[int] = (),
    last: HttpAnswer | None = None,
    **more: object,
) -> Trace:
    """The way through these URLs; of a loop, and of a way that was not gone to its end, the last one was not asked."""
    asked = urls if end in (TraceEnd.ANSWER, TraceEnd.FAILED, TraceEnd.INVALID_LOCATION) else urls[:-1]
    codes = statuses or [301] * (len(asked) - 1) + [200 if end is TraceEnd.ANSWER else 301]
    following = (*urls[1:], None)
    return Trace(
        start=urls[0],
        ip=IP,
        hops=tuple(
            Hop(url=url, status=code, location=to) for url, code, to in zip(asked, codes, following, strict=False)
        ),
        end=end,
        last_url=urls[-1],
        loop_start=urls[-1] if end is TraceEnd.LOOP else None,
        answer=last,
        **more,  # type: ignore[arg-type]
    )


def facts(
    *addresses: AddressFacts,
    host: str = HOST,
    aliases: Sequence[str] = (),
    traces: Sequence[Trace] = (),
    port: int = 443,
) -> Facts:
    """What was seen of a host."""
    return Facts(
        text=host,
        host=host,
        port=port,
        started_at=NOW,
        resolution=Resolution(
            status=DnsStatus.ANSWERED, addresses=tuple(one.ip for one in addresses), aliases=tuple(aliases)
        ),
        addresses=addresses,
        traces=tuple(traces),
    )
