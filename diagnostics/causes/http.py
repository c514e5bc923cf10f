"""Does the web server behind the encryption answer?"""

from collections.abc import Callable

from diagnostics.catalogue import finding
from diagnostics.facts import AddressFacts, ConnectStatus, Facts, HttpAnswer, HttpOutcome, ips
from diagnostics.finding import Finding
from diagnostics.words import listing


def _answers(facts: Facts) -> list[tuple[AddressFacts, HttpAnswer]]:
    """What each address with a working handshake answered over TLS."""
    return [(address, address.http) for address in facts.shook_hands if address.http is not None]


def _ended(facts: Facts, outcome: HttpOutcome) -> list[AddressFacts]:
    return [
        address
        for address, answer in _answers(facts)
        if answer.outcome is outcome
        # A server that wants a client certificate hangs up for that reason: tls.client_certificate_required.
        and not (address.handshake is not None and address.handshake.client_certificate_requested)
    ]


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
    failing = [(a, answer) for a, answer in _answers(facts) if answer.status is not None and answer.status >= 500]
    if not failing:
        return None
    statuses = sorted({str(answer.status) for _, answer in failing})
    return finding(
        "http.server_error",
        summary=f"HTTPS works on {facts.host}, and the server answers with an error ({listing(statuses)}).",
        explanation=(
            f"{listing(ips([a for a, _ in failing]))} shook hands properly and answered GET / with status "
            f"{listing(statuses)}. The fault lies in the website or what is behind it, not in its encryption."
        ),
        fix=(
            "Read the error log of the web server or application at the time of this check.",
            "If a CDN or proxy is in front, check that it reaches its origin.",
        ),
        evidence={"addresses": ips([a for a, _ in failing]), "statuses": statuses},
    )


def timeout(facts: Facts) -> Finding | None:
    """Does an HTTP answer come at all?"""
    silent = _ended(facts, HttpOutcome.TIMEOUT)
    if not silent:
        return None
    return finding(
        "http.timeout",
        summary=f"Encryption works on {facts.host}, but no answer to the request comes.",
        explanation=(
            f"{listing(ips(silent))} shook hands properly and sent no HTTP answer in time. The website behind the "
            "encryption hangs or is overloaded."
        ),
        fix=("Check the application or origin server behind this host, and its error log.",),
        evidence={"addresses": ips(silent)},
    )


def invalid_response(facts: Facts) -> Finding | None:
    """Is what comes back over TLS HTTP?"""
    strange = _ended(facts, HttpOutcome.INVALID) + _ended(facts, HttpOutcome.CLOSED) + _ended(facts, HttpOutcome.ALERT)
    if not strange:
        return None
    answers = [address.http for address in strange if address.http is not None]
    return finding(
        "http.invalid_response",
        summary=f"Encryption works on {facts.host}, but what comes back is not HTTP.",
        explanation=(
            f"{listing(ips(strange))} shook hands properly, and then "
            + (
                "closed the connection without an answer."
                if answers and answers[0].outcome is not HttpOutcome.INVALID
                else "sent something that is no HTTP answer."
            )
            + " Usually another service than a web server listens behind the encryption."
        ),
        fix=("Check what the HTTPS port is connected to: it must be a web server.",),
        evidence={"addresses": ips(strange), "error": answers[0].error if answers else None},
    )


CAUSES: dict[str, Callable[[Facts], Finding | None]] = {
    "http.port_closed": port_closed,
    "http.server_error": server_error,
    "http.timeout": timeout,
    "http.invalid_response": invalid_response,
}
