"""Does the web server behind the encryption answer?"""

from collections.abc import Callable, Sequence

from diagnostics import limits
from diagnostics.catalogue import finding
from diagnostics.causes.answers import final, front
from diagnostics.causes.origin import told_by_cdn
from diagnostics.facts import AddressFacts, ConnectStatus, Facts, HttpAnswer, HttpOutcome, ips
from diagnostics.finding import Finding
from diagnostics.hsts import hsts_fault
from diagnostics.page import read_page
from diagnostics.providers import console_of, meaning_of, provider_of
from diagnostics.target import Target
from diagnostics.words import count, listing

_HSTS = "strict-transport-security"
# What web servers say to plain HTTP on a port that expects TLS: nginx (400, within it 497), Apache, Go.
_WRONG_PORT_WORDS = (
    b"plain http request was sent to https port",
    b"speaking plain http to an ssl-enabled server port",
    b"client sent an http request to an https server",
)
_WRONG_PORT_STATUSES = (400, 497)
_MISDIRECTED = 421
# RFC 9110 §15.6.3 and §15.6.5: whoever answers so asked another server, and got nothing usable.
_GATEWAY_STATUSES = (502, 504)
# Less than the whole patience: the diagnosis was over before the server had had its time.
_WHOLE_PATIENCE_SECONDS = limits.HTTP_SECONDS - 0.5


def _ended(facts: Facts, outcome: HttpOutcome) -> list[tuple[AddressFacts, HttpAnswer]]:
    return [
        (address, answer)
        for address, answer in final(facts)
        if answer.outcome is outcome
        # A server that wants a client certificate hangs up for that reason: tls.client_certificate_required.
        and not (address.handshake is not None and address.handshake.client_certificate_requested)
    ]


def _addresses(answers: Sequence[tuple[AddressFacts, HttpAnswer]]) -> list[str]:
    return ips([address for address, _ in answers])


def port_closed(facts: Facts) -> Finding | None:
    """Is plain HTTP closed on every address?"""
    plains = [address.plain for address in facts.addresses if address.plain is not None]
    if not plains or not facts.shook_hands:
        return None
    if any(plain.connect.status is not ConnectStatus.REFUSED for plain in plains):
        return None
    return finding(
        "http.port_closed",
        summary=f"Plain HTTP is closed on {facts.host}: only visitors who type https:// get in.",
        explanation="Port 80 refuses connections. HTTPS is not affected.",
        fix=("If visitors should also reach the site without typing https://, redirect port 80 to HTTPS.",),
        evidence={"addresses": ips([address for address in facts.addresses if address.plain is not None])},
    )


def server_error(facts: Facts) -> Finding | None:
    """Does the server answer with an error of its own (5xx)?"""
    failing = [
        (a, answer)
        for a, answer in final(facts)
        if answer.status is not None and answer.status >= 500 and meaning_of(facts, answer) is None
    ]
    if not failing:
        return None
    statuses = sorted({answer.status or 0 for _, answer in failing})
    shown = listing([str(status) for status in statuses])
    by, who, first = _by_whom(facts, failing[0][1])
    return finding(
        "http.server_error",
        summary=f"HTTPS works on {facts.host}, and the server answers with an error ({shown}).",
        explanation=(
            f"{listing(_addresses(failing))} shook hands properly and answered GET {_path(failing[0][1])} with status "
            f"{shown}. {who} Encryption is not the fault. It is broken for everyone who opens this page."
        ),
        fix=(first, "Then check again."),
        evidence={"addresses": _addresses(failing), "statuses": statuses, "by": by},
    )


def _path(answer: HttpAnswer) -> str:
    path = answer.url.partition("://")[2].partition("/")[2]
    return f"/{path}"[:80]


def _by_whom(facts: Facts, answer: HttpAnswer) -> tuple[str, str, str]:
    """Who made an error: a word, a sentence, and what to do first."""
    provider = provider_of(facts)
    if provider is not None and provider.made_page(answer):
        return (
            "cdn" if provider.is_cdn else "host",
            f"The error page is {provider.name}'s own.",
            f"Look in {console_of(provider)} whether the domain and its origin server are set up and running."
            if provider.is_cdn
            else f"Look in {console_of(provider)} whether the site is running, and read its log.",
        )
    if provider is not None and provider.is_cdn:
        return (
            "unknown",
            f"The answer came through {provider.name}; whether it or the origin server made the error cannot be told "
            "from outside.",
            f"Ask the origin server directly, past {provider.name}. If it gives the same error, read its error log; "
            f"if not, look in {console_of(provider)}.",
        )
    if answer.status in _GATEWAY_STATUSES:
        return (
            "proxy",
            "This status means that a proxy or load balancer got no usable answer from the application behind it.",
            "Check that the application is running, and that the proxy asks it on the right address and port; the "
            "proxy's error log says why it failed.",
        )
    return (
        "server",
        "The fault lies in the website or the application behind it.",
        "Read the error log of the web server or application at the time of this check.",
    )


def origin_tls_error(facts: Facts) -> Finding | None:
    """Does the CDN say that its encrypted connection to the origin failed?"""
    return told_by_cdn(
        facts,
        "http.origin_tls_error",
        what="cannot connect securely to the origin server of",
        fix=(
            "Check the origin server's own HTTPS: that it listens on port 443, offers TLS 1.2 or newer, and has a "
            f"certificate for {facts.host}.",
        ),
    )


def misdirected(facts: Facts) -> Finding | None:
    """Does the request arrive at a server, or a port, that is not meant for it?"""
    over_tls = [(a, answer) for a, answer in final(facts) if _is_misdirected(answer)]
    if over_tls:
        return _misdirected(facts, over_tls, scheme="https")
    plain = [
        (address, address.plain.http)
        for address in facts.addresses
        if address.plain is not None and address.plain.http is not None and _is_misdirected(address.plain.http)
    ]
    return _misdirected(facts, plain, scheme="http") if plain else None


def _is_misdirected(answer: HttpAnswer) -> bool:
    return answer.status == _MISDIRECTED or _expects_tls(answer)


def _expects_tls(answer: HttpAnswer) -> bool:
    body = answer.body.lower()
    return answer.status in _WRONG_PORT_STATUSES and any(words in body for words in _WRONG_PORT_WORDS)


def _misdirected(facts: Facts, answers: list[tuple[AddressFacts, HttpAnswer]], *, scheme: str) -> Finding:
    answer = answers[0][1]
    evidence = {"addresses": _addresses(answers), "status": answer.status, "url": answer.url}
    if not _expects_tls(answer):
        return finding(
            "http.misdirected",
            summary=f"The server says that requests for {facts.host} are not meant for it (status 421).",
            explanation=(
                f"{listing(_addresses(answers))} answered {scheme}:// with status 421, Misdirected Request: the server "
                "has no website under this name on this connection. It is broken for everyone who gets this answer."
            ),
            fix=(
                f"Set up a website for {facts.host} on this server (nginx: server_name; Apache: ServerName or "
                "ServerAlias), with the certificate of the same name.",
                "If a proxy is in front, let it pass on the visitor's host name, in the Host header and in TLS (SNI).",
            ),
            evidence=evidence,
        )
    if scheme == "http":
        return finding(
            "http.misdirected",
            summary=f"Port 80 of {facts.host} is set up for HTTPS, so http:// shows an error.",
            explanation=(
                f"{listing(_addresses(answers))} answered http:// with status {answer.status} and the words that plain "
                "HTTP was sent to an HTTPS port. It is broken for everyone who types the name without https://."
            ),
            fix=(
                "Take TLS off port 80 (nginx: listen 80 without ssl), and let port 80 redirect to https://.",
                "If a proxy or CDN is in front, let it send what came over port 80 to port 80.",
            ),
            evidence=evidence,
        )
    return finding(
        "http.misdirected",
        summary=f"Something in front of {facts.host} takes the encryption off and asks an HTTPS port without it.",
        explanation=(
            f"{listing(_addresses(answers))} shook hands properly and answered with status {answer.status} and the "
            "words that plain HTTP was sent to an HTTPS port. Usually a proxy, load balancer or CDN speaks plain HTTP "
            "to port 443 of the server behind it. It is broken for everyone."
        ),
        fix=(
            "Let the proxy or CDN ask the server behind it over HTTPS (nginx: proxy_pass https://…; a CDN: origin "
            "protocol HTTPS), or let it ask port 80.",
        ),
        evidence=evidence,
    )


def timeout(facts: Facts) -> Finding | None:
    """Does an HTTP answer come at all?"""
    silent = [
        (address, answer)
        for address, answer in _ended(facts, HttpOutcome.TIMEOUT)
        if answer is address.http or answer.seconds >= _WHOLE_PATIENCE_SECONDS
    ]
    if not silent:
        return None
    return finding(
        "http.timeout",
        summary=f"Encryption works on {facts.host}, but no answer to the request comes.",
        explanation=(
            f"{listing(_addresses(silent))} shook hands properly and sent no HTTP answer in time. The website behind "
            "the encryption hangs or is overloaded. It is broken for everyone who gets there."
        ),
        fix=("Check the application or origin server behind this host, and its error log.",),
        evidence={"addresses": _addresses(silent)},
    )


def invalid_response(facts: Facts) -> Finding | None:
    """Is what comes back over TLS HTTP?"""
    strange = [
        one
        for outcome in (HttpOutcome.INVALID, HttpOutcome.CLOSED, HttpOutcome.ALERT)
        for one in _ended(facts, outcome)
    ]
    if not strange:
        return None
    answer = strange[0][1]
    return finding(
        "http.invalid_response",
        summary=f"Encryption works on {facts.host}, but what comes back is not HTTP.",
        explanation=(
            f"{listing(_addresses(strange))} shook hands properly, and then "
            + (
                "closed the connection without an answer."
                if answer.outcome is not HttpOutcome.INVALID
                else "sent something that is no HTTP answer."
            )
            + " Usually another service than a web server listens behind the encryption. It is broken for everyone."
        ),
        fix=("Check what the HTTPS port is connected to: it must be a web server.",),
        evidence={"addresses": _addresses(strange), "error": answer.error},
    )


def _heeded(facts: Facts) -> list[tuple[AddressFacts, HttpAnswer]]:
    """The answers whose HSTS header counts: from a name, under a good certificate (RFC 6797 §8.1)."""
    if facts.host is None or Target(facts.host, facts.host).is_address:
        return []
    return [
        (address, answer)
        for address, answer in front(facts)
        if address.certificate_accepted and answer.outcome is HttpOutcome.ANSWERED
    ]


def hsts_missing(facts: Facts) -> Finding | None:
    """Are browsers told to use HTTPS always (RFC 6797)?"""
    # Error pages often lack the headers of the others.
    answers = [(a, answer) for a, answer in _heeded(facts) if answer.status is not None and answer.status < 500]
    without = [(a, answer) for a, answer in answers if answer.header(_HSTS) is None]
    if not without:
        return None
    only = f" {listing(_addresses(without))} sent none; others did." if len(without) < len(answers) else ""
    return finding(
        "http.hsts_missing",
        summary=f"{facts.host} does not tell browsers to always use HTTPS.",
        explanation=(
            "The answer has no Strict-Transport-Security header (HSTS), so a browser that is sent to http:// goes "
            f"there unprotected first.{only} HTTPS works for everyone."
        ),
        fix=(
            "Once HTTPS works everywhere on the host, send the header Strict-Transport-Security: max-age=31536000 "
            "over HTTPS. Begin with a short max-age, such as 300.",
        ),
        evidence={"addresses": _addresses(without)},
    )


def hsts_invalid(facts: Facts) -> Finding | None:
    """Do browsers understand the Strict-Transport-Security header?"""
    # RFC 6797 §8.1: of several headers the first counts.
    sent = [(address, header) for address, answer in _heeded(facts) if (header := answer.header(_HSTS)) is not None]
    bad = [(address, header, fault) for address, header in sent if (fault := hsts_fault(header)) is not None]
    if not bad:
        return None
    _, header, fault = bad[0]
    return finding(
        "http.hsts_invalid",
        summary=f"Browsers ignore the Strict-Transport-Security header of {facts.host}: it {fault}.",
        explanation=(
            f"The header is “{header[:200]}”: it {fault} (RFC 6797 §6.1), so it is as if it were not sent. HTTPS "
            "works; browsers are not told to always use it."
        ),
        fix=("Send the header in this form: Strict-Transport-Security: max-age=31536000",),
        evidence={"addresses": ips([address for address, _, _ in bad]), "header": header[:500], "fault": fault},
    )


def mixed_content(facts: Facts) -> Finding | None:
    """Does the page load scripts, styles or frames over plain HTTP?"""
    for address, answer in final(facts):
        if not address.certificate_accepted or answer.outcome is not HttpOutcome.ANSWERED:
            continue
        page = read_page(answer)
        if page.insecure and not page.upgrades:
            parts = list(dict.fromkeys(page.insecure))
            return finding(
                "http.mixed_content",
                summary=f"The page of {facts.host} loads {count(len(parts), 'part')} over plain HTTP.",
                explanation=(
                    f"{_path(answer)} names {listing(parts, most=3)}. Browsers do not load scripts, styles and frames "
                    "over plain HTTP into a page that came over HTTPS, so it may look or work wrongly for everyone. "
                    "Only the beginning of this one page was read."
                ),
                fix=(
                    "Change these addresses to https:// in the page, its template or the site's settings.",
                    "For a site with many old addresses, the header Content-Security-Policy: "
                    "upgrade-insecure-requests makes browsers do it.",
                ),
                evidence={"addresses": [address.ip], "url": answer.url, "parts": parts[:10], "count": len(parts)},
            )
    return None


CAUSES: dict[str, Callable[[Facts], Finding | None]] = {
    "http.port_closed": port_closed,
    "http.server_error": server_error,
    "http.origin_tls_error": origin_tls_error,
    "http.misdirected": misdirected,
    "http.timeout": timeout,
    "http.invalid_response": invalid_response,
    "http.hsts_missing": hsts_missing,
    "http.hsts_invalid": hsts_invalid,
    "http.mixed_content": mixed_content,
}
