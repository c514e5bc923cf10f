"""Would a browser accept the certificate?

What is wrong with one certificate is found by diagnostics.chain; here it is put together over all of the host's
addresses.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from diagnostics.catalogue import CATALOGUE, finding
from diagnostics.causes.tls import malformed as unreadable
from diagnostics.facts import AddressFacts, Facts, HandshakeStatus, RevocationStatus, ips
from diagnostics.finding import Finding
from diagnostics.providers import chain_steps, edge_sentence, provider_of, renewal_steps
from diagnostics.words import day, listing

if TYPE_CHECKING:
    from diagnostics.authorities import Barrier

# What is mended by a new certificate, and what by sending the right intermediates with it.
_RENEWED = ("certificate.expired", "certificate.expires_soon")
_DATED = ("certificate.expired", "certificate.not_yet_valid")
_CLOCKS_DIFFER = timedelta(days=1)
_CHAINS = ("certificate.incomplete_chain", "certificate.chain_expired", "certificate.chain_order")


def _with_fault(facts: Facts, code: str) -> list[tuple[AddressFacts, Finding]]:
    """The addresses whose certificate has that fault, with the fault."""
    return [(address, fault) for address in facts.addresses for fault in address.faults if fault.code == code]


def of_chain(facts: Facts, *, code: str) -> Finding | None:
    """Does any address serve a certificate with this fault?"""
    seen = _with_fault(facts, code)
    if not seen:
        return None
    fault = seen[0][1]
    evidence = {**fault.evidence, "addresses": ips([address for address, _ in seen])}
    edge, fix = _at_provider(facts, fault)
    barred = _barred(facts, seen[0][0], fault)
    if barred is not None:
        evidence |= {"caa": barred.evidence}
        fix = (*filter(None, (barred.step,)), *fix)
    default = _is_default(seen[0][0], fault)
    if default:
        fix = _set_up(facts.host)
    clock = _clock(facts, seen[0][0], fault)
    if clock is not None:
        evidence |= {"server_date": clock.strftime("%Y-%m-%dT%H:%M:%SZ")}
    return finding(
        code,
        summary=fault.summary,
        explanation=fault.explanation
        + (_DEFAULT_CERTIFICATE if default else "")
        + _where(facts, [address for address, _ in seen])
        + (barred.sentence if barred is not None else "")
        + (_other_clock(facts, clock) if clock is not None else "")
        + edge
        + _no_way_past(facts, fault),
        fix=fix,
        evidence=evidence,
        confidence=fault.confidence,
        severity=fault.severity,
    )


def _at_provider(facts: Facts, fault: Finding) -> tuple[str, tuple[str, ...]]:
    """What a known provider changes: whose certificate it is, and where it is mended."""
    provider = provider_of(facts) if fault.code in (*_RENEWED, *_CHAINS) else None
    if provider is None:
        return "", fault.fix
    fix = renewal_steps(provider, facts.host) if fault.code in _RENEWED else (*chain_steps(provider), *fault.fix)
    return f" {edge_sentence(provider)}", fix


# What Kubernetes' ingress, Plesk, Traefik, routers and new installations of web servers have in common.
_DEFAULT_CERTIFICATE = (
    " A certificate that is signed by itself and does not name the host is what servers, control panels and routers "
    "make for themselves when they are installed: most likely none is set up for this host, and the built-in default "
    "one is sent in its place."
)


def _is_default(address: AddressFacts, fault: Finding) -> bool:
    """Whether the server seems to answer with its own default certificate."""
    marks = {"certificate.name_mismatch", "certificate.self_signed"}
    return fault.code in marks and marks <= {each.code for each in address.faults}


def _set_up(host: str | None) -> tuple[str, ...]:
    return (
        f"Set up a certificate for {host} on the server, control panel or load balancer that DNS points to; if there "
        "is none yet, have one issued by a public certificate authority, such as Let's Encrypt, which is free.",
        f"If one is set up, check that it is assigned to the name {host} and can be loaded: the server's log says why "
        "the default is sent instead.",
        f"Check that DNS leads to the right machine: a router or another server may be what answers for {host}.",
    )


def _barred(facts: Facts, address: AddressFacts, fault: Finding) -> "Barrier | None":
    """What the host's CAA records say of the issuer, where its certificate was not renewed."""
    certificate = address.certificate
    if fault.code not in _RENEWED or facts.caa is None or certificate is None:
        return None
    from diagnostics.authorities import barrier  # late: most certificates are renewed in time

    return barrier(facts.caa, certificate=certificate)


def _clock(facts: Facts, address: AddressFacts, fault: Finding) -> datetime | None:
    """The server's own time, where it is another day and the certificate would be valid then (RFC 9110 §6.6.1)."""
    certificate = address.certificate
    if fault.code not in _DATED or certificate is None:
        return None
    from email.utils import parsedate_to_datetime  # late: most certificates are valid

    answers = (address.http, address.plain.http if address.plain is not None else None)
    for answer in answers:
        try:
            clock = parsedate_to_datetime((answer.header("date") if answer is not None else None) or "")
            clock = clock.replace(tzinfo=clock.tzinfo or UTC).astimezone(UTC)
        except (ValueError, OverflowError):
            continue
        if abs(clock - facts.started_at) > _CLOCKS_DIFFER and certificate.not_before <= clock <= certificate.not_after:
            return clock
    return None


def _other_clock(facts: Facts, clock: datetime) -> str:
    # Told and no more: who of the two is right cannot be seen from here, and a host must not be able to hide a fault.
    return (
        f" The server's own clock says {day(clock)}, Padlock's {day(facts.started_at)}. If the server's is "
        "wrong, set it: the renewal may fail for it. If Padlock's were wrong, the certificate would be good."
    )


def _where(facts: Facts, addresses: list[AddressFacts]) -> str:
    """Which addresses, where it is not all of them."""
    if len(addresses) == len(facts.shook_hands):
        return ""
    return f" It was seen on {listing(ips(addresses))} only."


_MAYBE_ANOTHER_SITE = (
    "certificate.self_signed", "certificate.name_mismatch", "certificate.no_san", "certificate.www_mismatch",
    "certificate.wildcard_depth",
)  # fmt: skip


def _no_way_past(facts: Facts, fault: Finding) -> str:
    """On an HSTS host browsers offer no way past a certificate error (RFC 6797 §12.1).

    They learn it over valid connections only (§8.1), so the header of somebody else's default site says nothing.
    """
    other_site = any(each.code in _MAYBE_ANOTHER_SITE for address in facts.shook_hands for each in address.faults)
    if fault.severity != "error" or other_site:
        return ""
    hsts = any(a.http is not None and a.http.header("strict-transport-security") for a in facts.shook_hands)
    if not hsts:
        return ""
    return (
        " The host demands HTTPS (HSTS), so browsers that were there while its certificate was good will not let "
        "visitors click past the warning."
    )


def malformed(facts: Facts) -> Finding | None:
    """Can the certificate be read at all?"""
    from_chain = of_chain(facts, code="certificate.malformed")
    if from_chain is not None:
        return from_chain
    unread = [
        address
        for address in facts.reached
        if address.handshake is not None
        and address.handshake.status is HandshakeStatus.MALFORMED
        and unreadable(address.handshake) == "certificate.malformed"
    ]
    if not unread or facts.shook_hands:
        return None
    error = unread[0].handshake.error if unread[0].handshake is not None else None
    too_large = error is not None and ("excessive" in error or "too many" in error)
    return finding(
        "certificate.malformed",
        summary=f"The certificate that {facts.host} sends "
        + ("is far too large to be accepted." if too_large else "cannot be read."),
        explanation=(
            f"{listing(ips(unread))} sent a certificate message that "
            + ("is larger than TLS libraries accept (100 kB)." if too_large else "is no well-formed certificate.")
            + f" The TLS library says: {error}. It is broken for everyone."
        ),
        fix=(
            "Install the certificate again, from the files the issuer gave you: the server's own certificate first, "
            "then the intermediates, nothing else.",
        ),
        evidence={"addresses": ips(unread), "field": "size" if too_large else "certificate", "error": error},
    )


def revoked(facts: Facts) -> Finding | None:
    """Has the issuer revoked the certificate?"""
    proofs = [proof for proof in facts.revocations if proof.status is RevocationStatus.REVOKED]
    if not proofs:
        return None
    proof = proofs[0]
    addresses = _serving(facts, {proof.certificate_sha256 for proof in proofs})
    when = f" on {day(proof.revoked_at)}" if proof.revoked_at is not None else ""
    return finding(
        "certificate.revoked",
        summary=f"The certificate for {facts.host} was revoked by its issuer{when}.",
        explanation=(
            f"The issuer's own answer ({_proof_name(proof.source)}) says that the certificate is revoked"
            + (f", reason: {proof.reason}." if proof.reason else ".")
            + " Browsers that check revocation refuse it; others may still let visitors in."
        ),
        fix=(
            "Get a new certificate with a new key, and install it on every server and CDN that uses the old one.",
            "Ask the issuer why it was revoked; if the key was stolen, treat everything that used it as exposed.",
        ),
        evidence={
            "addresses": ips(addresses),
            "source": proof.source,
            "revoked_at": proof.revoked_at.strftime("%Y-%m-%dT%H:%M:%SZ") if proof.revoked_at else None,
            "reason": proof.reason,
        },
    )


def _serving(facts: Facts, sha256s: set[str]) -> list[AddressFacts]:
    return [a for a in facts.addresses if a.certificate is not None and a.certificate.sha256 in sha256s]


def _proof_name(source: str | None) -> str:
    names = {"staple": "stapled OCSP", "ocsp": "OCSP", "crl": "its revocation list (CRL)"}
    return names.get(source or "", "revocation status")


def must_staple_unmet(facts: Facts) -> Finding | None:
    """Does the certificate demand a stapled OCSP answer that the server does not send (RFC 7633)?"""
    unmet = [
        address
        for address in facts.shook_hands
        if address.certificate is not None
        and address.certificate.must_staple
        and address.handshake is not None
        and address.handshake.staple is None
    ]
    if not unmet:
        return None
    return finding(
        "certificate.must_staple_unmet",
        summary=f"The certificate for {facts.host} demands a stapled OCSP answer, and the server sends none.",
        explanation=(
            f"The certificate has the must-staple mark, and {listing(ips(unmet))} sent no OCSP answer with the "
            "handshake. Clients that honour the mark (Firefox did for years) refuse the connection."
        ),
        fix=(
            "Switch OCSP stapling on in the server (nginx: ssl_stapling on; Apache: SSLUseStapling on).",
            "If its issuer no longer gives OCSP answers, as most do not, have a certificate issued without the "
            "must-staple mark.",
        ),
        evidence={"addresses": ips(unmet)},
    )


def revocation_unknown(facts: Facts) -> Finding | None:
    """Could it be found out whether the certificate is revoked?"""
    unknown = [proof for proof in facts.revocations if proof.status is RevocationStatus.UNKNOWN]
    if not unknown:
        return None
    return finding(
        "certificate.revocation_unknown",
        summary="Whether the certificate has been revoked could not be found out.",
        explanation=(
            "The issuer's revocation service gave no answer that can be relied on: "
            f"{unknown[0].detail or 'no answer'}. Browsers go on without one, so nobody is affected."
        ),
        fix=("Nothing needs to be done. If it stays so, ask the issuer whether its OCSP or CRL service works.",),
        evidence={
            "addresses": ips(_serving(facts, {proof.certificate_sha256 for proof in unknown})),
            "detail": unknown[0].detail,
        },
    )


_OWN: dict[str, Callable[[Facts], Finding | None]] = {
    "certificate.malformed": malformed,
    "certificate.revoked": revoked,
    "certificate.must_staple_unmet": must_staple_unmet,
    "certificate.revocation_unknown": revocation_unknown,
}
# A key file is only there for `padlock cert`.
_FILES_ONLY = ("certificate.key_mismatch",)


def _codes() -> Iterable[str]:
    return (c.code for c in CATALOGUE if c.code.startswith("certificate.") and c.code not in _FILES_ONLY)


CAUSES: dict[str, Callable[[Facts], Finding | None]] = {
    code: _OWN.get(code) or partial(of_chain, code=code) for code in _codes()
}
