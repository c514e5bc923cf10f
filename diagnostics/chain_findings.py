"""The findings about certificates, in words: each function is one cause, the facts its arguments."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from diagnostics.catalogue import finding
from diagnostics.certificate_facts import Certificate, FieldFault, Gravity, common_name
from diagnostics.chain_order import Disorder
from diagnostics.finding import Confidence, EvidenceValue, Finding, Severity
from diagnostics.path import PathFault, PathFaultKind

# Names and texts in evidence and sentences; a certificate may hold thousands of names, each as long as it likes.
_MAX_NAMES = 20
_MAX_TEXT = 80

_REFUSED = "Browsers refuse the connection with a warning page, and programs with an error."


@dataclass(frozen=True, slots=True)
class At:
    """The moment that certificates are judged for, and whether that is now."""

    time: datetime
    is_now: bool = True


def label(certificate: Certificate) -> str:
    """What a person would call the certificate."""
    first = certificate.dns_names[0] if certificate.dns_names else ""
    return _short(certificate.common_name or first or certificate.subject or "without a name")


def issuer_label(certificate: Certificate) -> str:
    """What a person would call its issuer."""
    return _short(common_name(certificate.issuer_name) or certificate.issuer or "an issuer without a name")


def _why(detail: str) -> str:
    """The detail in brackets, unless it is a parser's own, which tells a person nothing; the evidence has it."""
    return "" if "ParseError" in detail else f" ({detail})"


def malformed(fault: FieldFault, *, whose: str, certificate: Certificate | None = None) -> Finding:
    """Is there a field of the certificate that cannot be read, or that must not be as it is? (RFC 5280 §4)"""
    evidence: dict[str, EvidenceValue] = {"field": fault.field, "detail": _short(fault.detail, 200)}
    if certificate is not None:
        evidence |= _identity(certificate)
    name, detail = fault.field.replace("_", " "), _short(fault.detail, 200)
    whole = fault.field in ("certificate", "roots")
    if fault.gravity is Gravity.REFUSED:
        return finding(
            "certificate.malformed",
            summary=f"{_upper(whose)} cannot be read." if whole else f"{_upper(whose)} has an unusable {name}.",
            explanation=f"Reading it fails{'' if whole else f' at the field {name}'}{_why(detail)}. {_REFUSED}",
            fix=(
                "Install the certificate file again exactly as its issuer delivered it.",
                "If it still cannot be read, have the certificate issued again.",
                "Reload the server.",
            ),
            evidence=evidence,
        )
    lenient = finding(
        "certificate.malformed",
        severity=Severity.WARNING,
        summary=f"{_upper(whose)} has an odd {name}, which only strict programs mind.",
        explanation=(
            f"The field {name} cannot be read: {detail}. Browsers pass over that; programs that "
            "check to the letter of RFC 5280, such as those in Python 3.13 and later, refuse the certificate."
        ),
        fix=("When the certificate is next renewed, have it issued with this field as RFC 5280 demands.",),
        evidence=evidence,
    )
    return replace(lenient, title="A field of the certificate is not as the standard demands")


def no_san(leaf: Certificate, *, host: str) -> Finding:
    """Does the certificate name the host in its common name only? (RFC 9525 §6.1)"""
    return finding(
        "certificate.no_san",
        summary=f"The certificate names {host} only in its common name, which browsers ignore.",
        explanation=(
            "Browsers look for the host in the certificate's list of names (its subject alternative names, SAN), and "
            + (f"that holds only {_listed(_names(leaf))}." if _names(leaf) else "this certificate has none.")
            + f" {_REFUSED}"
        ),
        fix=(f"Have the certificate issued again with {host} in its list of names (SAN).", *_INSTALL),
        evidence=_name_evidence(leaf, host) | {"common_name": _short(leaf.common_name or "")},
    )


def wildcard_depth(leaf: Certificate, *, host: str, wildcard: str) -> Finding:
    """Would a wildcard match, were the host one level up or down? (RFC 9525 §6.3)"""
    return finding(
        "certificate.wildcard_depth",
        summary=f"The certificate is for {_short(wildcard)}, and that does not cover {host}.",
        explanation=(
            f"A * stands for exactly one part of a name: {_short(wildcard)} covers names such as "
            f"www{_short(wildcard)[1:]}, and neither the name after the * itself nor anything deeper. {_REFUSED}"
        ),
        fix=(f"Have a certificate issued that names {host} as well.", *_INSTALL),
        evidence=_name_evidence(leaf, host) | {"wildcard": _short(wildcard, 255)},
    )


def www_mismatch(leaf: Certificate, *, host: str, twin: str) -> Finding:
    """Does the certificate cover the host's twin with or without www, and not the host?"""
    return finding(
        "certificate.www_mismatch",
        summary=f"The certificate covers {twin} and not {host}.",
        explanation=f"For browsers these are two different names, and a certificate has to hold both. {_REFUSED}",
        fix=(f"Have a certificate issued for both {host} and {twin}.", *_INSTALL),
        evidence=_name_evidence(leaf, host) | {"covers": twin},
    )


def name_mismatch(leaf: Certificate, *, host: str) -> Finding:
    """Does the certificate cover the host? (RFC 9525 §6)"""
    names = _names(leaf)
    common = leaf.common_name
    if host in names:
        return finding(
            "certificate.name_mismatch",
            summary=f"The certificate has the address {host} in the place for host names, where it does not count.",
            explanation=f"An address counts only where the certificate lists it as an IP address. {_REFUSED}",
            fix=(f"Have the certificate issued again with {host} as an IP address in its list of names (SAN).",),
            evidence=_name_evidence(leaf, host),
        )
    carried = _listed(names) if names else _short(common) if common else "no host at all"
    return finding(
        "certificate.name_mismatch",
        summary=f"The certificate is for {carried}, not for {host}.",
        explanation=f"None of the names in the certificate is {host}, nor a wildcard that covers it. {_REFUSED}",
        fix=(
            f"Install the certificate that was issued for {host}; if there is none, have one issued.",
            "If it is installed already, check that the server picks it for this name and not its default.",
        ),
        evidence=_name_evidence(leaf, host) | ({} if names or not common else {"common_name": _short(common)}),
    )


def expired(leaf: Certificate, *, whose: str, at: At) -> Finding:
    """Is the certificate past its end date?"""
    was, ago = ("was", f"expired {_span(at.time - leaf.not_after)} ago")
    if not at.is_now:
        was, ago = "is", f"is past its end on {_moment(at.time)}"
    return finding(
        "certificate.expired",
        summary=f"{_upper(whose)} {ago}, so browsers refuse the connection.",
        explanation=f"It {was} valid until {_moment(leaf.not_after)}{_judged(at)}. "
        "Browsers show a warning page, and programs refuse.",
        fix=(
            "Renew the certificate and install the new one.",
            "Reload the server: until then it goes on serving the old file.",
            "Find out why it was not renewed in time, and have it renewed automatically.",
        ),
        evidence=_identity(leaf) | _dates(leaf),
    )


def not_yet_valid(certificate: Certificate, *, whose: str, at: At) -> Finding:
    """Does the certificate begin in the future?"""
    span = _span(certificate.not_before - at.time)
    yet = f"yet: it begins in {span}" if at.is_now else f"yet on {_moment(at.time)}: it begins {span} later"
    return finding(
        "certificate.not_yet_valid",
        summary=f"{_upper(whose)} is not valid {yet}.",
        explanation=f"It is valid from {_moment(certificate.not_before)}{_judged(at)}. {_REFUSED}",
        fix=(
            "Install the certificate that is valid today until the new one begins.",
            "If the dates look wrong, check the clock of the machine that issued it and have it issued again.",
        ),
        evidence=_identity(certificate) | _dates(certificate),
    )


def self_signed(leaf: Certificate, *, whose: str) -> Finding:
    """Did the certificate sign itself?"""
    return finding(
        "certificate.self_signed",
        summary=f"{_upper(whose)} is signed by itself, so nobody trusts it.",
        explanation=f"Its key made its signature, and it is not among the trusted roots. {_REFUSED}",
        fix=(
            "Have a certificate issued by a public certificate authority, such as Let's Encrypt, which is free.",
            *_INSTALL,
        ),
        evidence=_identity(leaf),
    )


def incomplete_chain(
    lacking: Certificate,
    *,
    leaf: Certificate,
    whose: str,
    sent: int,
    proven_by: Certificate | None,
    stray_root: Certificate | None = None,
) -> Finding:
    """Is an intermediate certificate missing from what was sent? (RFC 8446 §4.4.2)

    `lacking` is the last certificate whose issuer was not sent; `proven_by` is the issuer that was fetched and makes
    the chain complete; `stray_root` is a root among those sent that nobody trusts.
    """
    name = issuer_label(lacking)
    evidence = _identity(leaf) | {
        "missing_issuer": _short(lacking.issuer, 200),
        "missing_issuer_of": _short(lacking.subject, 200),
        "issuer_urls": [_short(url, 255) for url in lacking.issuer_urls[:5]],
        "certificates_sent": sent,
    }
    if proven_by is not None:
        evidence["fetched_sha256"] = proven_by.sha256
        how = (
            "Fetched from the address that the certificate names, the missing one makes the chain complete and trusted."
        )
    else:
        how = "None of the certificates sent is the issuer's, and it is no trusted root."
    own = proven_by is None and not lacking.issuer_urls
    if own:
        how += (
            " Public authorities write into a certificate where their own can be fetched, and this one does not say: "
            "it may come from an organisation's own authority, which browsers do not trust."
        )
    if stray_root is not None:
        how += f" The root {label(stray_root)}, which is sent along, is not among the trusted ones."
        evidence["untrusted_root_sent"] = _short(stray_root.subject, 200)
    return finding(
        "certificate.incomplete_chain",
        summary=f"The intermediate certificate {name} is missing from what is sent with {whose}.",
        explanation=(
            f"{how} Some browsers find the missing certificate themselves, so it may work on one device and not on "
            "another; most programs and apps, such as curl, fail."
        ),
        fix=(
            "Install the full chain: the server's certificate followed by the intermediate ones (often called "
            "fullchain.pem or the CA bundle).",
            *_FROM_OWN_AUTHORITY[: own or stray_root is not None],
            "Reload the server.",
        ),
        evidence=evidence,
        confidence=Confidence.PROVEN if proven_by is not None else Confidence.LIKELY,
    )


_FROM_OWN_AUTHORITY = (
    "If it comes from an organisation's own authority, have one issued by a public certificate authority instead, or "
    "install that authority's root on every device that visits the site.",
)


def untrusted_root(top: Certificate, *, leaf: Certificate, whose: str, seen: bool) -> Finding:
    """Does the chain end at a root that nobody trusts?

    `top` is the last certificate of the chain: where `seen`, the root itself, else one whose issuer must be the root.
    """
    name = label(top) if seen else issuer_label(top)
    return finding(
        "certificate.untrusted_root",
        summary=f"{_upper(whose)} leads up to {name}, which nobody trusts.",
        explanation=(
            f"The chain ends at {name}, and that is not among the trusted roots. Only devices on which this "
            f"root was installed accept it. {_REFUSED}"
        ),
        fix=(
            "For a public site, have a certificate issued by a public certificate authority.",
            "For use inside an organisation, install its root on every device that visits the site.",
        ),
        evidence=_identity(leaf) | {"root": _short(top.issuer, 200), "top_sha256": top.sha256},
        confidence=Confidence.PROVEN if seen else Confidence.LIKELY,
    )


def chain_expired(fault: PathFault, *, whose: str, at: At) -> Finding:
    """Is an intermediate certificate past its end date?"""
    certificate = fault.certificate
    was, ago = "was", f"expired {_span(at.time - certificate.not_after)} ago"
    if not at.is_now:
        was, ago = "is", f"is past its end on {_moment(at.time)}"
    return finding(
        "certificate.chain_expired",
        summary=f"The certificate {label(certificate)}, which vouches for {whose}, {ago}.",
        explanation=(
            f"It {was} valid until {_moment(certificate.not_after)}, and no other way leads to a trusted root. "
            f"{_REFUSED}"
        ),
        fix=(
            "Install the current chain of the certificate's issuer in place of the expired certificate.",
            "If the issuer offers none, renew the certificate: it comes with the current chain.",
            "Reload the server.",
        ),
        evidence=_identity(certificate) | _dates(certificate),
    )


_INVALID = {
    PathFaultKind.BAD_SIGNATURE: (
        "The signature on {certificate} was not made by its issuer {issuer}.",
        "The key of the issuer does not fit the signature: the certificate was changed after it was signed, or the "
        "certificate of another issuer of the same name is installed.",
    ),
    PathFaultKind.NOT_A_CA: (
        "The certificate {certificate} has issued another one, which it may not.",
        "Only the certificates of certificate authorities may issue others; this one is not marked as such.",
    ),
    PathFaultKind.PATH_LENGTH: (
        "The certificate {certificate} may have {detail} intermediates below it, and there are more.",
        "Its path length limits how many intermediate certificates may follow, and the chain is longer.",
    ),
    PathFaultKind.NAME_CONSTRAINTS: (
        "The issuer {certificate} may not issue a certificate for {detail}.",
        "Its name constraints say for which names it may issue, and this one lies outside.",
    ),
}


def invalid_chain(fault: PathFault, *, whose: str, confidence: Confidence = Confidence.PROVEN) -> Finding:
    """May an issuer not issue what it has issued? (RFC 5280 §6.1)"""
    certificate = fault.certificate
    summary, why = _INVALID[fault.kind]
    return finding(
        "certificate.invalid_chain",
        summary=summary.format(
            certificate=label(certificate), issuer=issuer_label(certificate), detail=_short(fault.detail)
        ),
        explanation=f"This breaks the chain of {whose}. {why} {_REFUSED}",
        fix=(
            "Install the certificate and the chain again exactly as the issuer delivered them.",
            "If that changes nothing, have the certificate issued again by an issuer that may do so.",
        ),
        evidence=_identity(certificate) | {"kind": fault.kind.value, "detail": _short(fault.detail, 200)},
        confidence=confidence,
    )


def wrong_usage(fault: PathFault, *, whose: str) -> Finding:
    """Does its extended key usage, or its key usage, allow a server? (RFC 5280 §4.2.1.12)"""
    certificate = fault.certificate
    return finding(
        "certificate.wrong_usage",
        summary=f"{_upper(whose)} is not meant for a website: {_short(fault.detail)}.",
        explanation=(
            f"What the certificate {label(certificate)} may be used for is written in it, and serving a website is "
            f"not among it. {_REFUSED}"
        ),
        fix=("Have a certificate for a web server issued (usage: server authentication).", *_INSTALL),
        evidence=_identity(certificate)
        | {
            "extended_key_usage": sorted(certificate.extended_key_usage)
            if certificate.extended_key_usage is not None
            else None,
            "detail": _short(fault.detail, 200),
        },
    )


def weak_key(fault: PathFault, *, whose: str, severity: Severity = Severity.ERROR) -> Finding:
    """Is a key too short, or of a kind that browsers do not accept?"""
    certificate = fault.certificate
    key = fault.detail
    if severity is Severity.WARNING:
        summary = f"{_upper(whose)} has a key ({key}) that Chrome and its relatives do not accept."
        explanation = "Chrome offers no signatures on this curve for servers; Firefox does."
    else:
        summary = f"{_upper(whose)} rests on a key that browsers reject: {key}."
        explanation = f"The key belongs to {label(certificate)}. {_REFUSED}"
    return finding(
        "certificate.weak_key",
        severity=severity,
        summary=summary,
        explanation=f"{explanation} Browsers accept RSA keys of 2048 bits and more, and the curves P-256 and P-384.",
        fix=(
            "Make a new key (RSA of at least 2048 bits, or EC P-256) and have a certificate issued for it.",
            *_INSTALL,
        ),
        evidence=_identity(certificate) | {"key": certificate.key_name},
        confidence=Confidence.LIKELY if severity is Severity.WARNING else Confidence.PROVEN,
    )


def weak_signature(fault: PathFault, *, whose: str) -> Finding:
    """Is it signed with SHA-1, MD5, or another method that browsers do not accept?"""
    certificate = fault.certificate
    return finding(
        "certificate.weak_signature",
        summary=f"{_upper(whose)} rests on a signature that browsers reject: {fault.detail}.",
        explanation=(
            f"The certificate {label(certificate)} is signed that way. Browsers accept SHA-256, SHA-384 and SHA-512; "
            f"signatures with SHA-1 and MD5 can be forged. {_REFUSED}"
        ),
        fix=("Have the certificate issued again with a SHA-256 signature, together with its current chain.", *_INSTALL),
        evidence=_identity(certificate) | {"signature": certificate.signature},
    )


def chain_order(disorder: Disorder, *, whose: str) -> Finding:
    """Is the chain sent in order, and nothing but the chain? (RFC 5246 §7.4.2)"""
    if disorder.needless:
        what = "holds a certificate that is not needed"
    elif disorder.stale:
        what = "holds an expired certificate"
    else:
        what = "is out of order"
    odd = (*disorder.needless, *disorder.stale, *disorder.disordered)
    return finding(
        "certificate.chain_order",
        summary=f"The chain sent with {whose} {what}.",
        explanation=(
            f"This concerns {_listed([label(certificate) for certificate in odd])}. Browsers sort it out; older "
            "programs and some devices fail on it."
        ),
        fix=(
            "Install the chain in this order: the server's certificate, the one that issued it, the one that issued "
            "that, and nothing else.",
            "Reload the server.",
        ),
        evidence={
            "out_of_order": [_short(each.subject) for each in disorder.disordered[:_MAX_NAMES]],
            "not_needed": [_short(each.subject) for each in disorder.needless[:_MAX_NAMES]],
            "expired": [_short(each.subject) for each in disorder.stale[:_MAX_NAMES]],
        },
    )


def root_included(root: Certificate, *, whose: str) -> Finding:
    """Does the chain include its root?"""
    return finding(
        "certificate.root_included",
        summary=f"The root {label(root)} is sent along with {whose}, which is needless.",
        explanation="Browsers trust their own copy of a root and ignore the one that is sent. It only costs bytes.",
        fix=(f"Remove the root {label(root)} from the chain file.",),
        evidence=_identity(root),
    )


def expires_soon(leaf: Certificate, *, whose: str, at: At) -> Finding:
    """Does the certificate end in less than 14 days?"""
    span = _span(leaf.not_after - at.time)
    return finding(
        "certificate.expires_soon",
        summary=f"{_upper(whose)} expires {f'in {span}' if at.is_now else f'{span} after {_moment(at.time)}'}.",
        explanation=f"It is valid until {_moment(leaf.not_after)}; after that, browsers refuse the connection.",
        fix=(
            "Renew the certificate now and install the new one.",
            "If it is renewed automatically, check that the renewal works and that the server was reloaded.",
        ),
        evidence=_identity(leaf) | _dates(leaf),
    )


_INSTALL = ("Install the new certificate with its chain, and reload the server.",)


def _names(leaf: Certificate) -> list[str]:
    return [*leaf.dns_names, *map(str, leaf.ip_addresses)]


def _name_evidence(leaf: Certificate, host: str) -> dict[str, EvidenceValue]:
    return {"host": host, **_identity(leaf)}


def _identity(certificate: Certificate) -> dict[str, EvidenceValue]:
    names = _names(certificate)
    evidence: dict[str, EvidenceValue] = {
        "subject": _short(certificate.subject, 200),
        "issuer": _short(certificate.issuer, 200),
        "serial": f"{certificate.serial:x}"[:64],
        "sha256": certificate.sha256,
    }
    if names:
        evidence |= {"dns_names": [_short(name, 255) for name in names[:_MAX_NAMES]], "dns_names_count": len(names)}
    return evidence


def _dates(certificate: Certificate) -> dict[str, EvidenceValue]:
    return {"not_before": _iso(certificate.not_before), "not_after": _iso(certificate.not_after)}


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _moment(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M UTC")


def _judged(at: At) -> str:
    return f", and it is now {_moment(at.time)}" if at.is_now else f"; this was judged for {_moment(at.time)}"


def _span(span: timedelta) -> str:
    """The span, rounded down, in the largest unit of which there are two: half of a day or year is too much to lose."""
    seconds = int(span.total_seconds())
    for unit, size, least in (("year", 31_557_600, 2), ("day", 86_400, 2), ("hour", 3_600, 2), ("minute", 60, 1)):
        count = seconds // size
        if count >= least:
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return "less than a minute"


def _listed(names: Sequence[str]) -> str:
    shown = [_short(name) for name in names[:3]]
    more = len(names) - len(shown)
    if more:
        return f"{', '.join(shown)} and {more} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else "".join(shown)


def _short(text: str, limit: int = _MAX_TEXT) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
