"""Judges certificate files: which certificate is the server's, what is wrong with it, and whether the key fits."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from diagnostics import file_findings as say
from diagnostics.catalogue import ORDER
from diagnostics.certificate_facts import Certificate
from diagnostics.chain import Examination, TrustStore, examine_chain
from diagnostics.chain_findings import issuer_label, label
from diagnostics.chain_order import find_disorder
from diagnostics.files import FileContents
from diagnostics.finding import Confidence, Finding, Severity
from diagnostics.keys import PrivateKey
from diagnostics.names import matches
from diagnostics.path import signed_by
from diagnostics.pem import REFUSED_BY_OPENSSL, Oddity

# Automatic renewal begins when a third of the lifetime is left, and nobody needs more than 30 days for it.
_RENEW_AT_MOST = timedelta(days=30)
_NAME_FINDINGS = ("no_san", "wildcard_depth", "www_mismatch", "name_mismatch")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFit:
    """One private key, the file it is in, and whether it belongs to the server's certificate."""

    file: str
    key: PrivateKey
    fits: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What was found out about files: `chain` is what they hold, the server's certificate first."""

    findings: tuple[Finding, ...]
    leaf: Certificate | None = None
    chain: tuple[Certificate, ...] = ()
    examination: Examination | None = None
    keys: tuple[KeyFit, ...] = ()

    @property
    def missing_issuer_urls(self) -> tuple[str, ...]:
        """Where the issuer that is missing can be fetched."""
        return self.examination.missing_issuer_urls if self.examination else ()

    @property
    def renew_from(self) -> datetime | None:
        """When to begin renewing."""
        if self.leaf is None:
            return None
        lifetime = max(self.leaf.not_after - self.leaf.not_before, timedelta(0))
        return self.leaf.not_after - min(lifetime / 3, _RENEW_AT_MOST)


def judge_files(
    files: Sequence[FileContents],
    *,
    key: FileContents | None,
    host: str | None,
    store: TrustStore,
    at: datetime,
    is_now: bool = True,
    fetched: Sequence[bytes] = (),
) -> Judged:
    """What is wrong with the files as one deployment, for a host (or None) at a time; in the catalogue's order.

    `key` is what was given as the private key; keys beside the certificates are looked at too. `fetched` are issuers
    that the files lacked and named; `is_now` is whether `at` is the present.
    """
    held = [(file.name, each) for file in files for each in file.keys]
    held += [(key.name, each) for each in key.keys] if key else []
    leaf = _leaf(files, keys=[each for _, each in held], host=host, at=at)
    findings = [*_file_findings(files), *(_text_findings(key) if key else ())]
    if leaf is None:
        return Judged(findings=_one_each(findings))
    chain, place = _chain(files, leaf)
    examination = examine_chain(
        [each.der for each in chain], host=host, store=store, at=at, is_now=is_now, fetched=fetched
    )
    findings += _for_files(examination, chain, place=place, store=store, at=at)
    keys = tuple(KeyFit(file=name, key=each, fits=each.belongs_to(leaf.key)) for name, each in held)
    findings += _key_findings(leaf, keys, key, chain)
    return Judged(findings=_one_each(findings), leaf=leaf, chain=chain, examination=examination, keys=keys)


def _leaf(
    files: Sequence[FileContents], *, keys: Sequence[PrivateKey], host: str | None, at: datetime
) -> Certificate | None:
    """The server's certificate: the one the key belongs to, that covers the host, that is valid, that comes first."""
    everything = list({each.sha256: each for file in files for each in file.certificates}.values())
    candidates = [each for each in everything if not each.is_ca]
    if not candidates:
        # A self-signed server certificate is often marked as an authority's; a chain without a leaf has one on top.
        issuers = {each.issuer_key for each in everything if not each.self_issued}
        candidates = [each for each in everything if each.subject_key not in issuers] or everything

    def rank(certificate: Certificate) -> tuple[bool, bool, bool]:
        addresses = tuple(map(str, certificate.ip_addresses))
        return (
            not any(key.belongs_to(certificate.key) for key in keys),
            host is not None and not matches(host, dns_names=certificate.dns_names, ip_addresses=addresses),
            not certificate.not_before <= at <= certificate.not_after,
        )

    return min(candidates, key=rank, default=None)


def _chain(files: Sequence[FileContents], leaf: Certificate) -> tuple[tuple[Certificate, ...], int]:
    """Everything in the files, the leaf first and then as it stands there; and the leaf's place in its file.

    Files with one certificate each have no order among them, so these come in the order of the chain.
    """
    home = next(file for file in files if any(each.sha256 == leaf.sha256 for each in file.certificates))
    place = next(place for place, each in enumerate(home.certificates) if each.sha256 == leaf.sha256)
    chain = [leaf, *home.certificates[:place], *home.certificates[place + 1 :]]
    known = {each.sha256 for each in chain}
    loose: list[Certificate] = []
    for file in files:
        # The same certificate in two files is no fault: cert.pem and fullchain.pem are often given together.
        fresh = [each for each in file.certificates if each.sha256 not in known]
        known.update(each.sha256 for each in fresh)
        (loose if len(file.certificates) == 1 else chain).extend(fresh)
    while loose:
        wanted = [each.issuer_key for each in chain]
        following = next((each for each in loose if each.subject_key in wanted), loose[0])
        loose.remove(following)
        chain.append(following)
    return tuple(chain), place


def _file_findings(files: Sequence[FileContents]) -> Iterator[Finding]:
    """What is wrong with the files as files."""
    some = any(file.certificates for file in files)
    for file in files:
        if file.faults and file.useful:
            yield say.unreadable(file, file.faults[0])
        elif not file.certificates and not some:
            yield say.no_certificate(file)
        elif not file.useful:
            yield say.left_out(file) if file.strangers else say.unreadable(file, file.faults[0])
        yield from _text_findings(file)


def _text_findings(file: FileContents) -> Iterator[Finding]:
    """Whether servers can read the text at all."""
    oddities = [each for each in Oddity if each in file.oddities & REFUSED_BY_OPENSSL]
    if oddities and file.useful:
        yield say.written_badly(file, oddities)


def _for_files(
    examination: Examination, chain: Sequence[Certificate], *, place: int, store: TrustStore, at: datetime
) -> Iterator[Finding]:
    """The findings about the chain, in words for files, and what its order in the file adds."""
    leaf = chain[0]
    lonely = _is_only_an_authority(leaf, store)
    if lonely:
        yield say.authorities_only(leaf)
    order: Finding | None = None
    for found in examination.findings:
        match found.code.removeprefix("certificate."):
            case "chain_order":
                order = found
            case "incomplete_chain":
                beginning = str(found.evidence["missing_issuer_of"]).removesuffix("…")
                lacking = next((each for each in chain if each.subject.startswith(beginning)), leaf)
                yield say.incomplete_chain(
                    found, lacking=issuer_label(lacking), proven=found.confidence is Confidence.PROVEN
                )
            case "root_included":
                root = next(each for each in chain if each.sha256 == found.evidence["sha256"])
                yield say.root_included(found, name=label(root))
            case name if lonely and name in (*_NAME_FINDINGS, "wrong_usage"):
                pass  # no authority's certificate is for a host
            case _:
                yield found
    leaves = [each for each in chain[1:] if not each.is_ca]
    if order is not None or place or leaves:
        disorder = find_disorder(chain, in_use=examination.path or None, at=at)
        yield say.chain_order(order, leaf=leaf, place=place, leaves=leaves, disorder=disorder)


def _is_only_an_authority(leaf: Certificate, store: TrustStore) -> bool:
    """Whether it is the certificate of an authority; a server's that signed itself may be marked as one too."""
    if not leaf.is_ca or leaf.dns_names or leaf.ip_addresses:
        return False
    return store.holds(leaf) or not (leaf.self_issued and signed_by(leaf, leaf))


def _key_findings(
    leaf: Certificate, keys: Sequence[KeyFit], key: FileContents | None, chain: Sequence[Certificate]
) -> Iterator[Finding]:
    """Whether a key was given that is another certificate's."""
    if leaf.key is None:
        return  # then the certificate is malformed, and nothing fits it
    if key is not None and not key.keys:
        yield say.no_key(leaf, key)
        return
    given = [each for each in keys if key is None or each.file == key.name]
    if given and not any(each.fits for each in given):
        wrong = given[0]
        owner = next((each for each in chain if wrong.key.belongs_to(each.key)), None)
        yield say.key_mismatch(leaf, wrong.key, where=wrong.file, owner=owner)


def _one_each(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The gravest finding of each cause, in the catalogue's order."""
    kept: dict[str, Finding] = {}
    for found in sorted(findings, key=lambda each: list(Severity).index(each.severity)):
        kept.setdefault(found.code, found)
    return tuple(sorted(kept.values(), key=lambda each: ORDER[each.code]))
