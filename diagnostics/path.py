"""The way from a certificate up to a trusted root: every way there is, within bounds, and what is wrong on the best."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, padding, rsa

from diagnostics.certificate_facts import ANY_USAGE, SERVER_USAGE, Certificate, Gravity, NameKey
from diagnostics.name_constraints import NameChecks
from diagnostics.trust import TrustStore

# A path has a leaf, one to three intermediates and a root; browsers stop between 6 (Firefox) and 20.
_MAX_LENGTH = 16
# A signature costs 30 µs (RSA) to 400 µs (P-521). Go's crypto/x509 stops at 100; chains with every cross-signature
# that was ever made need fewer than 40.
_MAX_SIGNATURES = 150
# Certificates visited while a good path is looked for, and while the best bad one is.
_MAX_VISITS = 2_000
_MAX_VISITS_FOR_REASON = 400

# Signatures that are known to be good or bad: of many hosts' chains the upper part is the same.
_KEPT = 128

_BROWSER_CURVES = frozenset(("secp256r1", "secp384r1", "secp521r1"))
# What Chrome and Firefox verify; SHA-1 and MD5 can be forged, SHA-224 is in neither.
_BROWSER_HASHES = frozenset(("sha256", "sha384", "sha512"))
_BROKEN_HASHES = frozenset(("sha1", "md5"))


class End(StrEnum):
    """How a path ends, the best first."""

    TRUSTED = "trusted"
    """At a root of the store."""
    UNTRUSTED_ROOT = "untrusted_root"
    """At a certificate that signed itself and is in no store."""
    BAD_SIGNATURE = "bad_signature"
    """At a certificate whose issuer is there and did not sign it."""
    ISSUER_MISSING = "issuer_missing"
    """At a certificate whose issuer is not there."""
    CIRCLE = "circle"
    """At certificates that signed each other, or past the bounds."""


class PathFaultKind(StrEnum):
    """What can be wrong with a certificate on its path."""

    MALFORMED = "malformed"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    BAD_SIGNATURE = "bad_signature"
    NOT_A_CA = "not_a_ca"
    PATH_LENGTH = "path_length"
    NAME_CONSTRAINTS = "name_constraints"
    WRONG_USAGE = "wrong_usage"
    WEAK_KEY = "weak_key"
    WEAK_SIGNATURE = "weak_signature"


@dataclass(frozen=True, slots=True)
class PathFault:
    """One fault of one certificate on a path; `detail` is a value of the case, such as a field or an algorithm."""

    kind: PathFaultKind
    certificate: Certificate
    detail: str


@dataclass(frozen=True, slots=True)
class Path:
    """A leaf and its issuers, as far up as they lead; `unfit` is the issuer that did not sign the last of them."""

    certificates: tuple[Certificate, ...]
    end: End
    faults: tuple[PathFault, ...] = ()
    unfit: Certificate | None = None

    @property
    def accepted(self) -> bool:
        """Whether it leads to a trusted root and nothing on it is wrong; the leaf's own faults are judged apart."""
        return self.end is End.TRUSTED and not self.faults

    @property
    def top(self) -> Certificate:
        """The certificate it ends at."""
        return self.certificates[-1]


def best_path(leaf: Certificate, *, others: Sequence[Certificate], store: TrustStore, at: datetime) -> Path:
    """A path that is accepted, else the one that comes nearest to it.

    `others` are the intermediates at hand, in any order. The work is bounded whatever they are.
    """
    search = _Search(others, store, at)
    for path in search.paths(leaf, usable=search.faultless):
        if path.end is End.TRUSTED and not search.faults(path):
            return path
    best, best_rank = Path((leaf,), End.CIRCLE), (len(End), 0, 0)
    order = {end: rank for rank, end in enumerate(End)}
    for path in search.paths(leaf, usable=search.any, visits=_MAX_VISITS_FOR_REASON, nearest_first=True):
        faults = search.faults(path)
        rank = (order[path.end], len(faults), -len(path.certificates))
        if rank < best_rank:
            best, best_rank = Path(path.certificates, path.end, faults, path.unfit), rank
    return best


# BoringSSL's limit (rsa.c, kMaxExponentBits): a larger one only makes checking a signature slow.
_EXPONENT_BITS = 33


def key_weakness(certificate: Certificate) -> str | None:
    """Why browsers reject the key, or None: RSA under 2048 bits, or an algorithm or curve that they do not have.

    CA/Browser Forum Baseline Requirements §6.1.5; neither Chrome nor Firefox has Ed25519, Ed448 or DSA.
    """
    key = certificate.key
    if isinstance(key, rsa.RSAPublicKey):
        if key.public_numbers().e.bit_length() > _EXPONENT_BITS:
            return f"{certificate.key_name} with an exponent that is far too large"
        return certificate.key_name if key.key_size < 2048 else None
    if isinstance(key, ec.EllipticCurvePublicKey):
        if not certificate.named_curve:
            return f"{certificate.key_name} with the curve spelled out instead of named"
        return None if key.curve.name in _BROWSER_CURVES else certificate.key_name
    return certificate.key_name if key is not None else None


def signature_weakness(certificate: Certificate) -> str | None:
    """The signature's algorithm where browsers reject it, else None; for Ed25519 and its like the key tells."""
    has_hash = certificate.signature_hash is not None
    return certificate.signature if has_hash and certificate.signature_hash not in _BROWSER_HASHES else None


@lru_cache(maxsize=_KEPT)
def signed_by(certificate: Certificate, issuer: Certificate) -> bool:
    """Whether the issuer's key made the certificate's signature."""
    raw, key = certificate.raw, issuer.key
    try:
        signature, signed, algorithm = raw.signature, raw.tbs_certificate_bytes, raw.signature_hash_algorithm
        if isinstance(key, rsa.RSAPublicKey) and algorithm is not None:
            parameters = raw.signature_algorithm_parameters  # None for MD5
            if isinstance(parameters, ec.ECDSA) or key.public_numbers().e.bit_length() > _EXPONENT_BITS:
                return False
            key.verify(signature, signed, parameters or padding.PKCS1v15(), algorithm)
        elif isinstance(key, ec.EllipticCurvePublicKey) and algorithm is not None:
            key.verify(signature, signed, ec.ECDSA(algorithm))
        elif isinstance(key, dsa.DSAPublicKey) and algorithm is not None:
            key.verify(signature, signed, algorithm)
        elif isinstance(key, ed25519.Ed25519PublicKey | ed448.Ed448PublicKey):
            key.verify(signature, signed)
        else:
            return False
    except InvalidSignature:
        return False
    except Exception:
        # A signature that cannot be checked, for its algorithm is switched off or unknown here, is taken on trust
        # only where it counts for nothing: its algorithm is a fault of its own.
        return certificate.signature_hash in _BROKEN_HASHES
    return True


class _Search:
    """One search through certificates and roots, with what it has found out so far."""

    def __init__(self, others: Sequence[Certificate], store: TrustStore, at: datetime) -> None:
        self._store = store
        # Certificates count in whole seconds, and both ends belong to the time they are valid (RFC 5280 §4.1.2.5).
        self._at = at.replace(microsecond=0)
        self._others: dict[NameKey, list[Certificate]] = {}
        for certificate in {certificate.sha256: certificate for certificate in others}.values():
            self._others.setdefault(certificate.subject_key, []).append(certificate)
        self._issuers: dict[str, tuple[tuple[Certificate, bool], ...]] = {}
        self._unfit: dict[str, Certificate] = {}
        self._own_faults: dict[tuple[str, bool], tuple[PathFault, ...]] = {}
        self._names = NameChecks()
        self._signatures = 0

    def paths(
        self,
        leaf: Certificate,
        *,
        usable: Callable[[Certificate, bool], bool],
        visits: int = _MAX_VISITS,
        nearest_first: bool = False,
    ) -> Iterator[Path]:
        """The paths up from the leaf over issuers that are usable (and told whether they are trusted)."""
        waiting: deque[tuple[tuple[Certificate, ...], bool]] = deque([((leaf,), self._store.holds(leaf))])
        while waiting:
            path, trusted = waiting.popleft() if nearest_first else waiting.pop()
            if trusted:
                yield Path(path, End.TRUSTED)
                continue
            visits -= 1
            if visits < 0:
                yield Path(path, End.CIRCLE)
                return
            issuers, loops = self._next(path)
            further = [((*path, issuer), trusted) for issuer, trusted in issuers if usable(issuer, trusted)]
            waiting.extend(further if nearest_first else reversed(further))
            if not issuers or loops:
                yield self._dead_end(path, loops=loops)

    def _next(self, path: tuple[Certificate, ...]) -> tuple[list[tuple[Certificate, bool]], bool]:
        """The issuers that may come next, and whether there are some that were on the path before."""
        current, seen = path[-1], {certificate.sha256 for certificate in path}
        subjects = {certificate.subject_key for certificate in path}
        issuers = self._issuers_of(current)
        if len(path) >= _MAX_LENGTH:
            return [], bool(issuers)
        # A name comes back on a path only where a CA has certified its own new key (RFC 5280 §3.2).
        fresh = [
            (issuer, trusted)
            for issuer, trusted in issuers
            if issuer.sha256 not in seen and (current.self_issued or issuer.subject_key not in subjects)
        ]
        return fresh, len(fresh) < len(issuers)

    def _dead_end(self, path: tuple[Certificate, ...], *, loops: bool) -> Path:
        current = path[-1]
        if current.self_issued and self._signed(current, current):
            return Path(path, End.UNTRUSTED_ROOT)
        if loops or self._signatures > _MAX_SIGNATURES:
            return Path(path, End.CIRCLE)
        unfit = self._unfit.get(current.sha256)
        return Path(path, End.BAD_SIGNATURE if unfit else End.ISSUER_MISSING, unfit=unfit)

    def _issuers_of(self, certificate: Certificate) -> tuple[tuple[Certificate, bool], ...]:
        known = self._issuers.get(certificate.sha256)
        if known is not None:
            return known
        roots = {root.sha256: (root, True) for root in self._store.named(certificate.issuer_key)}
        others = {
            other.sha256: (other, False)
            for other in self._others.get(certificate.issuer_key, ())
            if other.sha256 not in roots and other.sha256 != certificate.sha256
        }
        wanted = certificate.authority_key_identifier
        # The likely ones first: by key identifier, roots before others, those that end late before those that end soon.
        candidates = sorted(
            (*roots.values(), *others.values()),
            key=lambda each: (
                wanted is None or each[0].subject_key_identifier != wanted,
                not each[1],
                -each[0].not_after.timestamp(),
            ),
        )
        found = tuple(each for each in candidates if self._signed(certificate, each[0]))
        if not found:
            # A candidate with another key identifier is another CA of the same name, not one that failed to sign.
            named = (each[0] for each in candidates if _may_be_the_key(wanted, each[0].subject_key_identifier))
            unfit = next(named, certificate if certificate.self_issued and not candidates else None)
            if unfit is not None:
                self._unfit[certificate.sha256] = unfit
        self._issuers[certificate.sha256] = found
        return found

    def _signed(self, certificate: Certificate, issuer: Certificate) -> bool:
        self._signatures += 1
        return self._signatures <= _MAX_SIGNATURES and signed_by(certificate, issuer)

    def faultless(self, issuer: Certificate, trusted: bool) -> bool:
        """Whether nothing is wrong with the issuer itself."""
        return not self.own_faults(issuer, trusted=trusted)

    def any(self, _issuer: Certificate, _trusted: bool) -> bool:
        """Whether the issuer is one at all."""
        return True

    def own_faults(self, certificate: Certificate, *, trusted: bool) -> tuple[PathFault, ...]:
        """What is wrong with an issuer wherever on a path it stands."""
        place = (certificate.sha256, trusted)
        known = self._own_faults.get(place)
        if known is None:
            known = self._own_faults[place] = tuple(self._find_own_faults(certificate, trusted))
        return known

    def _find_own_faults(self, issuer: Certificate, trusted: bool) -> Iterator[PathFault]:
        kind = PathFaultKind
        for fault in issuer.faults:
            if fault.gravity is Gravity.REFUSED:
                yield PathFault(kind.MALFORMED, issuer, fault.field)
        yield from validity_faults(issuer, at=self._at)
        # Roots of X.509's first version, which has no extensions, are CAs because they are trusted.
        old_root = trusted and issuer.raw.version.value == 0
        if not old_root and not (issuer.is_ca and issuer.may_sign_certificates):
            yield PathFault(kind.NOT_A_CA, issuer, "may not sign certificates" if issuer.is_ca else "is no CA")
        usages = issuer.extended_key_usage
        if not trusted and usages is not None and not usages & {SERVER_USAGE, ANY_USAGE}:
            yield PathFault(kind.WRONG_USAGE, issuer, ", ".join(sorted(usages)))
        if weakness := key_weakness(issuer):
            yield PathFault(kind.WEAK_KEY, issuer, weakness)
        # Nobody checks the signature of a root: it is trusted for being in the store.
        if not trusted and (weakness := signature_weakness(issuer)):
            yield PathFault(kind.WEAK_SIGNATURE, issuer, weakness)

    def faults(self, path: Path) -> tuple[PathFault, ...]:
        """All that is wrong on a path, the leaf's own faults aside."""
        found: list[PathFault] = []
        intermediates = 0
        for place, issuer in enumerate(path.certificates):
            if place == 0:
                continue
            trusted = path.end is End.TRUSTED and place == len(path.certificates) - 1
            found.extend(self.own_faults(issuer, trusted=trusted))
            if issuer.path_length is not None and intermediates > issuer.path_length:
                found.append(PathFault(PathFaultKind.PATH_LENGTH, issuer, str(issuer.path_length)))
            intermediates += not issuer.self_issued
        if path.end is End.BAD_SIGNATURE:
            found.append(PathFault(PathFaultKind.BAD_SIGNATURE, path.top, path.top.issuer))
        if broken := self._names.violation(path.certificates):
            found.append(PathFault(PathFaultKind.NAME_CONSTRAINTS, *broken))
        return tuple(found)


def validity_faults(certificate: Certificate, *, at: datetime) -> Iterator[PathFault]:
    """Whether the certificate is past its end or before its beginning."""
    if certificate.not_after < at.replace(microsecond=0):
        yield PathFault(PathFaultKind.EXPIRED, certificate, certificate.not_after.isoformat())
    if certificate.not_before > at:
        yield PathFault(PathFaultKind.NOT_YET_VALID, certificate, certificate.not_before.isoformat())


def _may_be_the_key(wanted: bytes | None, identifier: bytes | None) -> bool:
    return wanted is None or identifier is None or wanted == identifier
