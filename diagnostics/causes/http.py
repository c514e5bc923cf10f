"""Does the web server behind the encryption answer?"""

from collections.abc import Callable, Sequence

from diagnostics import limits
from diagnostics.catalogue import finding
from diagnostics.causes import page
from diagnostics.causes.answers import expects_tls, final, for_whom, path_of
from diagnostics.causes.origin import told_by_cdn
from diagnostics.facts import AddressFacts, ConnectStatus, Facts, HttpAnswer, HttpOutcome, ips
from diagnostics.finding import Confidence, Finding
from diagnostics.providers import console_of, meaning_of, provider_of
from diagnostics.words import listing

_MISDIRECTED = 421
_ENCRYPTED = "set up the encrypted connection properly"
# RFC 9110 §15.6.3 and §15.6.5: whoever answers so asked another server, and got nothing usable.
_GATEWAY_STATUSES = (502, 504)


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
        if answer.status is not None and 500 <= answer.status <= 599 and meaning_of(facts, answer) is None
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
            f"{listing(_addresses(failing))} {_ENCRYPTED} and answered the request for {path_of(failing[0][1])} with "
            f"status {shown}. {who} Encryption is not the fault. {for_whom(facts, len(failing))}"
        ),
        fix=(first, "Then check again."),
        evidence={"addresses": _addresses(failing), "statuses": statuses, "by": by},
    )


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
    return answer.status == _MISDIRECTED or expects_tls(answer)


def _misdirected(facts: Facts, answers: list[tuple[AddressFacts, HttpAnswer]], *, scheme: str) -> Finding:
    answer = answers[0][1]
    evidence = {"addresses": _addresses(answers), "status": answer.status, "url": answer.url}
    if not expects_tls(answer):
        whom = "It is broken for everyone who types the name without https://."
        if scheme == "https":
            whom = for_whom(facts, len(answers))
        return finding(
            "http.misdirected",
            summary=f"The server says that requests for {facts.host} are not meant for it (status 421).",
            explanation=(
                f"{listing(_addresses(answers))} answered {scheme}:// with status 421, Misdirected Request: the server "
                f"has no website under this name on this connection. {whom}"
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
            f"{listing(_addresses(answers))} {_ENCRYPTED} and answered with status {answer.status} and the words that "
            "plain HTTP was sent to an HTTPS port. Usually a proxy, load balancer or CDN speaks plain HTTP to port 443 "
            f"of the server behind it. {for_whom(facts, len(answers))}"
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
        if answer is address.http or answer.seconds >= limits.HOP_FAIR_SECONDS
    ]
    if not silent:
        return None
    hurried = all(answer.seconds < limits.USUAL_SECONDS for _, answer in silent)
    doubt = " The time of this check was up before it had its usual time, so this is likely and not proven."
    return finding(
        "http.timeout",
        summary=f"Encryption works on {facts.host}, but no answer to the request comes.",
        explanation=(
            f"{listing(_addresses(silent))} {_ENCRYPTED} and sent no answer to the request for "
            f"{path_of(silent[0][1])} in time. The website behind the encryption hangs or is overloaded."
            f"{doubt if hurried else ''} {for_whom(facts, len(silent))}"
        ),
        fix=("Check the application or origin server behind this host, and its error log.",),
        evidence={"addresses": _addresses(silent)},
        confidence=Confidence.LIKELY if hurried else Confidence.PROVEN,
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
            f"{listing(_addresses(strange))} {_ENCRYPTED}, and then "
            + (
                "closed the connection without an answer."
                if answer.outcome is not HttpOutcome.INVALID
                else "sent something that is no HTTP answer."
            )
            + " Usually the web server gives this name no site, or crashes, or it is no web server. "
            + for_whom(facts, len(strange))
        ),
        fix=("Check what the HTTPS port is connected to: it must be a web server.",),
        evidence={"addresses": _addresses(strange), "error": answer.error},
    )


CAUSES: dict[str, Callable[[Facts], Finding | None]] = {
    "http.port_closed": port_closed,
    "http.server_error": server_error,
    "http.origin_tls_error": origin_tls_error,
    "http.misdirected": misdirected,
    "http.timeout": timeout,
    "http.invalid_response": invalid_response,
    **page.CAUSES,
}
