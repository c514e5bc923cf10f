"""What is wrong with a chain of certificates for a name at a time: used live and by `padlock cert`."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from diagnostics import chain_findings as say
from diagnostics.catalogue import ORDER
from diagnostics.certificate_facts import (
    SERVER_USAGE,
    Certificate,
    FieldFault,
    Gravity,
    common_name,
    summarise,
)
from diagnostics.certificate_reader import quiet
from diagnostics.chain_order import find_disorder
from diagnostics.facts import CertificateSummary
from diagnostics.finding import Confidence, Finding, Severity
from diagnostics.names import matches, normal_name, wildcard_base
from diagnostics.path import (
    End,
    Path,
    PathFault,
    PathFaultKind,
    best_path,
    key_weakness,
    signature_weakness,
    validity_faults,
)
from diagnostics.trust import TrustStore, certificates, fetched_certificates

__all__ = ["Examination", "TrustStore", "examine", "examine_chain"]

# The point from which automatic renewals (a third of the lifetime left, mostly 30 days) are plainly late.
_SOON = timedelta(days=14)
# Certificates of one chain that are looked at: a server may send hundreds to keep a checker busy.
_MAX_CERTIFICATES = 110

# Addresses of one issuer that are worth a try; real certificates name one.
_MAX_ISSUER_URLS = 3


@dataclass(frozen=True, slots=True)
class Examination:
    """What was found out about a chain.

    `path` is the way to a trusted root, leaf first, over fetched certificates too; empty where there is none.
    `missing_issuer_urls` are where the issuer that is missing says it can be fetched.
    """

    findings: tuple[Finding, ...]
    leaf: Certificate | None = None
    path: tuple[Certificate, ...] = ()
    sent: tuple[Certificate, ...] = ()
    missing_issuer_urls: tuple[str, ...] = ()

    @property
    def summary(self) -> CertificateSummary | None:
        """The leaf for the report, None where it could not be read."""
        return None if self.leaf is None else summarise(self.leaf, sent=self.sent)

    @property
    def accepted(self) -> bool:
        """Whether no finding is an error."""
        return not any(finding.severity is Severity.ERROR for finding in self.findings)


def examine(chain: Sequence[bytes], *, host: str | None, roots: Sequence[bytes], at: datetime) -> tuple[Finding, ...]:
    """What is wrong with certificates for a host under these roots at this time, in the catalogue's order.

    `chain` holds PEM or DER bytes, the server's certificate first and the rest in any order; without a host no name
    is checked. `roots` (PEM or DER bytes, an item may hold several) are the only trust there is. `at` is aware. A
    chain is accepted where no finding is an error. Nothing is fetched, and bytes that cannot be read are a finding.
    """
    store = TrustStore.from_pem(*roots)
    findings = examine_chain(chain, host=host, store=store, at=at).findings
    faults = tuple(say.malformed(fault, whose="the trusted roots") for fault in store.undecodable[:1])
    return _in_order((*findings, *faults))


def examine_chain(
    chain: Sequence[bytes],
    *,
    host: str | None,
    store: TrustStore,
    at: datetime,
    is_now: bool = True,
    fetched: Sequence[bytes] = (),
) -> Examination:
    """The same with a store that is loaded already; `fetched` are issuers that the chain lacked and named.

    `is_now` is for the words only: whether `at` is the present, or another moment that was asked about.
    Where the chain as sent fails for a missing issuer and succeeds with the fetched ones, that is the proof.
    """
    with quiet():
        read = [each for data in chain for each in certificates(data, field="certificate")][:_MAX_CERTIFICATES]
        if not read:
            read.append(FieldFault("certificate", "is missing: the chain is empty", Gravity.REFUSED))
        unreadable = [each for each in read if isinstance(each, FieldFault)]
        leaf = read[0]
        if isinstance(leaf, FieldFault):
            return Examination((say.malformed(leaf, whose=_whose(host)),))
        sent = tuple(each for each in read if isinstance(each, Certificate))
        return _Examiner(leaf, sent, host, store, say.At(at, is_now)).examine(unreadable, fetched)


def _whose(host: str | None, leaf: Certificate | None = None) -> str:
    if host is not None:
        return f"the certificate for {host}"
    return f"the certificate {say.label(leaf)}" if leaf is not None else "the certificate"


def _in_order(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda finding: ORDER[finding.code]))


def _one_each(findings: Sequence[Finding]) -> list[Finding]:
    """The first finding of each cause, the gravest first."""
    kept: dict[str, Finding] = {}
    for finding in sorted(findings, key=lambda finding: list(Severity).index(finding.severity)):
        kept.setdefault(finding.code, finding)
    return list(kept.values())


class _Examiner:
    """One examination: the facts that all of its questions share."""

    def __init__(
        self, leaf: Certificate, sent: tuple[Certificate, ...], host: str | None, store: TrustStore, at: say.At
    ) -> None:
        self._leaf, self._sent, self._host, self._store, self._at = leaf, sent, host, store, at.time
        self._said = at
        self._whose = _whose(host, leaf)

    def examine(self, unreadable: Sequence[FieldFault], fetched: Sequence[bytes]) -> Examination:
        path, helpers = self._path(fetched)
        findings = [say.malformed(fault, whose="the chain of " + self._whose) for fault in unreadable[:1]]
        findings += self._names()
        findings += self._leaf_findings(path)
        findings += self._end_findings(path, helpers)
        findings += self._path_findings(path)
        findings += self._order_findings(path)
        wanting = path.end is End.ISSUER_MISSING and not self._store.holds(path.top)
        return Examination(
            findings=_in_order(_one_each(findings)),
            leaf=self._leaf,
            path=path.certificates if path.accepted else (),
            sent=self._sent,
            missing_issuer_urls=_web_addresses(path.top.issuer_urls) if wanting else (),
        )

    def _path(self, fetched: Sequence[bytes]) -> tuple[Path, dict[str, Certificate]]:
        """The best path, and those of the fetched certificates that it needs, by digest."""
        path = best_path(self._leaf, others=self._sent[1:], store=self._store, at=self._at)
        if path.end is not End.ISSUER_MISSING or not fetched:
            return path, {}
        sent = {certificate.sha256 for certificate in self._sent}
        helpers = {
            certificate.sha256: certificate
            for data in fetched
            for certificate in fetched_certificates(data)
            if certificate.sha256 not in sent
        }
        helped = best_path(self._leaf, others=(*self._sent[1:], *helpers.values()), store=self._store, at=self._at)
        used = {each.sha256: each for each in helped.certificates if each.sha256 in helpers}
        return (helped, used) if used else (path, {})

    def _names(self) -> Iterator[Finding]:
        """Why the certificate does not cover the host: the first reason that fits."""
        host, leaf = self._host, self._leaf
        addresses = tuple(map(str, leaf.ip_addresses))
        if host is None or matches(host, dns_names=leaf.dns_names, ip_addresses=addresses):
            return
        if any(fault.field == "subject_alternative_name" for fault in leaf.faults) and not (
            leaf.dns_names or addresses
        ):
            return  # the names cannot be read, and that is what to mend
        common = leaf.common_name
        name = normal_name(host)
        if common is not None and matches(host, dns_names=(common,), ip_addresses=(common,)):
            yield say.no_san(leaf, host=host)
        elif name is not None and (wildcard := _near_wildcard(name, leaf.dns_names)):
            yield say.wildcard_depth(leaf, host=host, wildcard=wildcard)
        elif name is not None and matches(_twin(name), dns_names=leaf.dns_names, ip_addresses=()):
            yield say.www_mismatch(leaf, host=host, twin=_twin(name))
        else:
            yield say.name_mismatch(leaf, host=host)

    def _leaf_findings(self, path: Path) -> Iterator[Finding]:
        leaf, whose = self._leaf, self._whose
        trusted = len(path.certificates) == 1 and path.end is End.TRUSTED
        for fault in validity_faults(leaf, at=self._at):
            if fault.kind is PathFaultKind.EXPIRED:
                yield say.expired(leaf, whose=whose, at=self._said)
            else:
                yield say.not_yet_valid(leaf, whose=whose, at=self._said)
        if timedelta(0) <= leaf.not_after - self._at < _SOON:
            yield say.expires_soon(leaf, whose=whose, at=self._said)
        # What only the strictest programs mind is nobody's trouble.
        faults = [fault for fault in leaf.faults if fault.gravity is not Gravity.STRICT]
        if faults:
            # One of them is enough to mend: whoever issues the certificate again has the whole list from elsewhere.
            gravest = min(faults, key=lambda fault: list(Gravity).index(fault.gravity))
            yield say.malformed(gravest, whose=whose, certificate=leaf)
        if detail := _misuse(leaf, trusted=trusted):
            yield say.wrong_usage(PathFault(PathFaultKind.WRONG_USAGE, leaf, detail), whose=whose)
        if weakness := key_weakness(leaf):
            yield say.weak_key(PathFault(PathFaultKind.WEAK_KEY, leaf, weakness), whose=whose)
        elif leaf.key_name == "EC P-521":
            # BoringSSL does not offer it for servers (kVerifySignatureAlgorithms); Firefox does.
            fault = PathFault(PathFaultKind.WEAK_KEY, leaf, leaf.key_name)
            yield say.weak_key(fault, whose=whose, severity=Severity.WARNING)
        if not trusted and (weakness := signature_weakness(leaf)):
            yield say.weak_signature(PathFault(PathFaultKind.WEAK_SIGNATURE, leaf, weakness), whose=whose)

    def _end_findings(self, path: Path, helpers: dict[str, Certificate]) -> Iterator[Finding]:
        """Why the path does not lead to a trusted root."""
        leaf, whose, top = self._leaf, self._whose, path.top
        if helpers and path.end is End.TRUSTED:
            first = next(place for place, each in enumerate(path.certificates) if each.sha256 in helpers)
            yield say.incomplete_chain(
                path.certificates[first - 1],
                leaf=leaf,
                whose=whose,
                sent=len(self._sent),
                proven_by=path.certificates[first],
            )
        elif path.end is End.UNTRUSTED_ROOT and len(path.certificates) == 1:
            yield say.self_signed(leaf, whose=whose)
        elif path.end is End.UNTRUSTED_ROOT:
            yield say.untrusted_root(top, leaf=leaf, whose=whose, seen=True)
        elif path.end is End.ISSUER_MISSING and _lacks_intermediate(path):
            yield say.incomplete_chain(
                top,
                leaf=leaf,
                whose=whose,
                sent=len(self._sent),
                proven_by=None,
                stray_root=next((each for each in self._sent[1:] if self._is_untrusted_root(each)), None),
            )
        elif path.end in (End.ISSUER_MISSING, End.CIRCLE):
            # Servers leave out the root, and nothing else, as a rule: what the last CA lacks is its root.
            yield say.untrusted_root(top, leaf=leaf, whose=whose, seen=False)

    def _is_untrusted_root(self, certificate: Certificate) -> bool:
        return certificate.self_issued and certificate.is_ca and not self._store.holds(certificate)

    def _path_findings(self, path: Path) -> Iterator[Finding]:
        """What is wrong with the issuers on the path: one finding a cause, for the fault nearest to the leaf."""
        whose = self._whose
        first: dict[PathFaultKind, PathFault] = {}
        for fault in path.faults:
            first.setdefault(fault.kind, fault)
        for kind, fault in first.items():
            named = f"the certificate {say.label(fault.certificate)}, which vouches for {whose},"
            match kind:
                case PathFaultKind.MALFORMED:
                    refused = next(each for each in fault.certificate.faults if each.field == fault.detail)
                    yield say.malformed(refused, whose=named, certificate=fault.certificate)
                case PathFaultKind.EXPIRED:
                    yield say.chain_expired(fault, whose=whose, at=self._said)
                case PathFaultKind.NOT_YET_VALID:
                    yield say.not_yet_valid(fault.certificate, whose=named, at=self._said)
                case PathFaultKind.WRONG_USAGE:
                    yield say.wrong_usage(fault, whose=named)
                case PathFaultKind.WEAK_KEY:
                    yield say.weak_key(fault, whose=whose)
                case PathFaultKind.WEAK_SIGNATURE:
                    yield say.weak_signature(fault, whose=whose)
                case _:
                    pass
        invalid = next((first[kind] for kind in _INVALID_KINDS if kind in first), None)
        if invalid is not None:
            # Without key identifiers, an issuer of the same name may as well be another one.
            sure = invalid.kind is not PathFaultKind.BAD_SIGNATURE or bool(path.top.authority_key_identifier)
            confidence = Confidence.PROVEN if sure else Confidence.LIKELY
            yield say.invalid_chain(invalid, whose=whose, confidence=confidence)

    def _order_findings(self, path: Path) -> Iterator[Finding]:
        """Whether what was sent is the chain, in order, and no more."""
        in_use = path.certificates if path.accepted else None
        disorder = find_disorder(self._sent, in_use=in_use, at=self._at)
        if disorder:
            yield say.chain_order(disorder, whose=self._whose)
        roots = [each for each in self._sent[1:] if each.self_issued and each not in disorder.needless]
        root = next((each for each in roots if self._store.holds(each)), None)
        if root is not None:
            yield say.root_included(root, whose=self._whose)


_INVALID_KINDS = (
    PathFaultKind.BAD_SIGNATURE,
    PathFaultKind.NOT_A_CA,
    PathFaultKind.PATH_LENGTH,
    PathFaultKind.NAME_CONSTRAINTS,
)


_ROOT_WORD = re.compile(r"\broot\b", re.IGNORECASE)


def _lacks_intermediate(path: Path) -> bool:
    """Whether the issuer that was not sent is an intermediate, as far as the structure says; else it is a root.

    A certificate may say who issued its issuer (RFC 5280 §4.2.1.1); most roots say that they are one in their names.
    Failing that: servers leave out the root and nothing else, as a rule, unless they send no more than their own
    certificate, and who names an address for its issuer's certificate means one that has to be fetched.
    """
    top = path.top
    if top.above_issuer is not None:
        return top.above_issuer != top.issuer_key
    if _ROOT_WORD.search(common_name(top.issuer_name) or ""):
        return False
    return len(path.certificates) == 1 or bool(top.issuer_urls)


def _misuse(leaf: Certificate, *, trusted: bool) -> str | None:
    """Why a server may not use the certificate, if so."""
    usages = leaf.extended_key_usage
    if usages is not None and SERVER_USAGE not in usages:
        # "Any usage" does not do: neither OpenSSL nor Firefox takes it for a server's.
        return "its extended key usage does not include server authentication"
    usage = leaf.key_usage
    if usage is not None and not (usage.digital_signature or usage.key_encipherment or usage.key_agreement):
        return "its key usage allows neither signatures nor key exchange"
    if usage is not None and usage.key_cert_sign and not leaf.is_ca:
        # RFC 5280 §4.2.1.9: the two go together.
        return "its key usage is that of a certificate authority, which it is not"
    if leaf.is_ca and not leaf.self_issued and not trusted:
        return "it is the certificate of a certificate authority, which Firefox refuses for a server"
    return None


def _near_wildcard(name: str, dns_names: Sequence[str]) -> str | None:
    """The wildcard that would cover the name, were it one level shallower or deeper."""
    neighbours = (name, name.partition(".")[2].partition(".")[2])
    for presented in dns_names:
        base = wildcard_base(presented) if presented[2:].lower() in neighbours else None
        if base:
            return presented
    return None


def _twin(name: str) -> str:
    return name.removeprefix("www.") if name.startswith("www.") else f"www.{name}"


def _web_addresses(urls: Sequence[str]) -> tuple[str, ...]:
    return tuple(url for url in urls if url.lower().startswith(("http://", "https://")))[:_MAX_ISSUER_URLS]
