"""What was seen of one target at one moment; a failed probe is a value, not a gap.

Most of the classes compare by identity (`eq=False`): nothing asks whether two looks saw the same, and making their
comparisons costs every start of the program some milliseconds.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from diagnostics.catalogue import CheckName
from diagnostics.finding import Finding


class DnsStatus(StrEnum):
    """How the look-up of a name ended."""

    ANSWERED = "answered"
    LITERAL = "literal"  # the target is an address; nothing was looked up
    NXDOMAIN = "nxdomain"
    NO_ADDRESS = "no_address"
    DANGLING_ALIAS = "dangling_alias"
    ALIAS_LOOP = "alias_loop"
    SERVER_FAILURE = "server_failure"
    TIMEOUT = "timeout"
    NO_NETWORK = "no_network"


class DnsSilence(StrEnum):
    """How a question to a DNS server stayed without an answer."""

    NO_ANSWER = "no answer"
    NO_TCP_ANSWER = "truncated, and no answer over TCP"  # the answer is too large for a datagram (RFC 7766 §5)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ServerAnswer:
    """What one DNS server answered: a response code such as SERVFAIL, or one of DnsSilence."""

    nameserver: str
    rdtype: str
    rcode: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Resolution:
    """What DNS says of a host; `addresses` are canonical, in the order tried, the guard not asked yet."""

    status: DnsStatus
    addresses: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    answers: tuple[ServerAnswer, ...] = ()
    silent_families: tuple[str, ...] = ()  # record types that got no answer while the other did
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Caa:
    """Who may issue for a host, by the CAA records at `name`; an empty text in a list admits nobody (RFC 8659)."""

    name: str
    issue: tuple[str, ...] = ()
    issue_wild: tuple[str, ...] = ()


class ConnectStatus(StrEnum):
    """How an attempt to open a TCP connection ended."""

    CONNECTED = "connected"
    REFUSED = "refused"
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    NO_ROUTE = "no_route"  # Padlock's own machine has no route for this address family
    NOT_TRIED = "not_tried"  # the time was up


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Connect:
    """One attempt to open a TCP connection."""

    status: ConnectStatus
    seconds: float = 0.0
    error: str | None = None  # the system's name for it, such as ECONNREFUSED


class Hello(StrEnum):
    """Which greeting (ClientHello) a handshake was tried with."""

    MODERN = "modern"  # what browsers send: TLS 1.2 and 1.3, a post-quantum key share; older accepted, judged later
    EVERY_SUITE = "every_suite"  # everything OpenSSL knows, to learn what a server would take
    STRICT = "strict"  # only what browsers accept
    SMALL = "small"  # fits one packet: no post-quantum key share
    NO_NAME = "no_name"  # without the host's name (SNI)
    HTTP1 = "http1"  # the modern one, without HTTP/2


class HandshakeStatus(StrEnum):
    """How a TLS handshake ended."""

    COMPLETED = "completed"
    ALERT = "alert"
    CLOSED = "closed"  # FIN, without an alert
    RESET = "reset"  # RST
    TIMEOUT = "timeout"
    PLAINTEXT_HTTP = "plaintext_http"  # the bytes that came are HTTP's
    NOT_TLS = "not_tls"  # the bytes that came are no TLS record
    MALFORMED = "malformed"  # TLS records came that make no sense, or too many of them
    NOT_TRIED = "not_tried"


@dataclass(frozen=True, slots=True)
class Alert:
    """A TLS alert the server sent: its level (1 warning, 2 fatal) and number (RFC 8446 §6)."""

    level: int
    number: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Handshake:
    """One attempt at a TLS handshake; `chain` is what the server sent, DER, leaf first, trusted or not."""

    status: HandshakeStatus
    hello: Hello = Hello.MODERN
    seconds: float = 0.0
    tls_version: str | None = None
    cipher: str | None = None
    alpn: str | None = None
    chain: tuple[bytes, ...] = ()
    staple: bytes | None = None
    alerts: tuple[Alert, ...] = ()
    client_certificate_requested: bool = False
    client_ca_names: tuple[str, ...] = ()
    first_bytes: bytes = b""
    error: str | None = None  # OpenSSL's own words

    @property
    def completed(self) -> bool:
        return self.status is HandshakeStatus.COMPLETED

    @property
    def fatal_alert(self) -> int | None:
        """The number of the last alert that is no close_notify, if any."""
        numbers = [alert.number for alert in self.alerts if alert.number != 0]
        return numbers[-1] if numbers else None


class HttpOutcome(StrEnum):
    """How an HTTP request ended."""

    ANSWERED = "answered"
    TIMEOUT = "timeout"
    CLOSED = "closed"  # the connection ended before an answer
    INVALID = "invalid"  # what came is not HTTP
    ALERT = "alert"  # TLS ended with an alert in place of an answer
    NOT_TRIED = "not_tried"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HttpAnswer:
    """The answer to one GET request; names of headers are lower case; `body` is the beginning as it was sent."""

    outcome: HttpOutcome
    url: str
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    alert: int | None = None
    error: str | None = None
    seconds: float = 0.0

    def header(self, name: str) -> str | None:
        """The first header of that lower-case name."""
        return next((value for key, value in self.headers if key == name), None)

    def all_headers(self, name: str) -> tuple[str, ...]:
        """Every header of that lower-case name, in order."""
        return tuple(value for key, value in self.headers if key == name)

    @property
    def redirects(self) -> bool:
        """Whether the status asks a browser to go elsewhere (Fetch standard, "redirect status")."""
        return self.status in (301, 302, 303, 307, 308)


@dataclass(frozen=True, slots=True)
class CertificateSummary:
    """What a report says about the certificate that a server sent, and the names of the others it sent with it."""

    subject: str
    issuer: str
    dns_names: tuple[str, ...]
    ip_addresses: tuple[str, ...]
    not_before: datetime
    not_after: datetime
    sha256: str
    serial: str
    key: str
    signature: str
    must_staple: bool
    issuer_urls: tuple[str, ...]
    ocsp_urls: tuple[str, ...]
    crl_urls: tuple[str, ...]
    chain: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PlainAnswer:
    """What port 80 of one address did."""

    connect: Connect
    http: HttpAnswer | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AddressFacts:
    """Everything seen on one address of the host; what was not looked at is None."""

    ip: str
    connect: Connect
    handshake: Handshake | None = None
    second_looks: tuple[Handshake, ...] = ()
    old_suite: str | None = None  # a cipher suite, gone from TLS libraries, that the server would take
    clear_text: HttpAnswer | None = None  # the answer to HTTP without TLS on the HTTPS port
    certificate: CertificateSummary | None = None  # what this address serves, if it can be read
    faults: tuple[Finding, ...] = ()  # what is wrong with it
    http: HttpAnswer | None = None  # the answer to GET / over TLS
    plain: PlainAnswer | None = None  # the same on port 80

    def second_look(self, hello: Hello) -> Handshake | None:
        """The second look with that greeting, if it was taken."""
        return next((look for look in self.second_looks if look.hello is hello), None)

    @property
    def shook_hands(self) -> bool:
        return self.handshake is not None and self.handshake.completed

    @property
    def certificate_accepted(self) -> bool:
        """Whether a browser would accept the certificate this address serves."""
        return self.shook_hands and not any(fault.severity == "error" for fault in self.faults)


class Refusal(StrEnum):
    """Why nothing was sent to the target."""

    INVALID = "invalid"
    PORT = "port"
    NAME = "name"
    ADDRESS = "address"


class TraceEnd(StrEnum):
    """Why following the redirects ended."""

    ANSWER = "answer"  # an answer that is no redirect
    LOOP = "loop"
    TOO_MANY = "too_many"
    INVALID_LOCATION = "invalid_location"
    FORBIDDEN_TARGET = "forbidden_target"
    BROKEN_TARGET = "broken_target"  # another host whose HTTPS is broken
    FAILED = "failed"  # no answer on the way
    STOPPED = "stopped"  # not followed: the certificate is bad, or the time was up


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Hop:
    """One URL on the way and what it answered; `location` is the header as it came."""

    url: str
    status: int | None
    location: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Trace:
    """The redirects from one URL of one address of the host, hop by hop."""

    start: str
    ip: str
    hops: tuple[Hop, ...]
    end: TraceEnd
    last_url: str  # where it ended, or where it would have gone
    loop_start: str | None = None  # the URL that came up again
    cookies: bool = False  # whether a cookie was set on the way
    other_host: str | None = None
    other_cause: str | None = None
    hurried: bool = False  # whether the other host had less time to answer than it would usually get
    refusal: Refusal | None = None  # why the last URL was not contacted
    answer: HttpAnswer | None = None  # what the last hop answered


class IssuerStatus(StrEnum):
    """How fetching a missing issuer ended."""

    FETCHED = "fetched"
    FORBIDDEN = "forbidden"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class IssuerFetch:
    """One look at the address where a certificate says its issuer can be had (RFC 5280 §4.2.2.1)."""

    url: str
    status: IssuerStatus
    certificates: tuple[bytes, ...] = ()
    issuer_urls: tuple[str, ...] = ()  # where their issuers can be had in turn


class RevocationStatus(StrEnum):
    """What the issuer says of the certificate."""

    GOOD = "good"
    REVOKED = "revoked"
    UNKNOWN = "unknown"
    NOT_OFFERED = "not_offered"  # the certificate names no place to ask


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Revocation:
    """Whether one certificate is revoked, and by which proof (`staple`, `ocsp`, `crl`)."""

    certificate_sha256: str
    status: RevocationStatus
    source: str | None = None
    revoked_at: datetime | None = None
    reason: str | None = None
    detail: str | None = None  # why it is unknown


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Vantage:
    """Where Padlock looked from."""

    nameservers: tuple[str, ...] = ()
    families: tuple[str, ...] = ()
    roots: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CheckTime:
    """How long one check took, in seconds, over all addresses."""

    name: CheckName
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Facts:
    """All that was seen of one target; what was not looked at is empty."""

    text: str  # the target as it was typed, without credentials
    host: str | None
    port: int | None
    started_at: datetime
    wanted: frozenset[CheckName] = frozenset(CheckName)
    refusal: Refusal | None = None
    refusal_reason: str | None = None  # one sentence for people
    resolution: Resolution | None = None
    forbidden_addresses: int = 0
    omitted_addresses: int = 0
    addresses: tuple[AddressFacts, ...] = ()
    traces: tuple[Trace, ...] = ()
    issuer_fetches: tuple[IssuerFetch, ...] = ()
    revocations: tuple[Revocation, ...] = ()
    certificate: CertificateSummary | None = None
    caa: Caa | None = None  # asked for only where a certificate was not renewed
    has_route: bool = True  # whether Padlock's machine has any route to the outside
    vantage: Vantage = field(default_factory=Vantage)
    times: tuple[CheckTime, ...] = ()
    seconds: float = 0.0

    @property
    def tried(self) -> tuple[AddressFacts, ...]:
        """The addresses to which a connection was tried."""
        untried = (ConnectStatus.NO_ROUTE, ConnectStatus.NOT_TRIED)
        return tuple(address for address in self.addresses if address.connect.status not in untried)

    @property
    def reached(self) -> tuple[AddressFacts, ...]:
        """The addresses that opened a connection."""
        return tuple(a for a in self.addresses if a.connect.status is ConnectStatus.CONNECTED)

    @property
    def shook_hands(self) -> tuple[AddressFacts, ...]:
        """The addresses on which the TLS handshake completed."""
        return tuple(address for address in self.addresses if address.shook_hands)


def ips(addresses: Sequence[AddressFacts]) -> list[str]:
    """The addresses as text, for evidence."""
    return [address.ip for address in addresses]
