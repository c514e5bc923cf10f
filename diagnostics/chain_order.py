"""Whether a server sends its chain, in order, and nothing else (RFC 5246 §7.4.2; RFC 8446 §4.4.2 is milder)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from diagnostics.certificate_facts import Certificate


@dataclass(frozen=True, slots=True)
class Disorder:
    """What is out of place in a chain as it was sent; nothing where it is in order."""

    disordered: tuple[Certificate, ...]
    """Sent before the certificates that they have issued."""
    needless: tuple[Certificate, ...]
    """Of another chain, or sent twice."""
    stale: tuple[Certificate, ...]
    """Expired, though another way leads to a trusted root."""

    def __bool__(self) -> bool:
        return bool(self.disordered or self.needless or self.stale)


def find_disorder(sent: Sequence[Certificate], *, in_use: Sequence[Certificate] | None, at: datetime) -> Disorder:
    """What is out of place in these certificates, the leaf first; `in_use` are those of the accepted path, if any.

    Names alone decide what belongs: a second way up, such as a cross-signed root, belongs though it is not in use.
    """
    first: dict[str, int] = {}
    for place, certificate in enumerate(sent):
        first.setdefault(certificate.sha256, place)
    belongs = _reachable(sent)
    used = {certificate.sha256 for certificate in in_use or ()}
    disordered, needless, stale = [], [], []
    for place, certificate in enumerate(sent):
        if place == 0:
            continue
        if certificate.sha256 not in belongs or first[certificate.sha256] != place:
            needless.append(certificate)
        elif in_use is not None and certificate.sha256 not in used and certificate.not_after < at:
            stale.append(certificate)
        elif not any(each.issuer_key == certificate.subject_key for each in sent[:place]):
            disordered.append(certificate)
    return Disorder(tuple(disordered), tuple(needless), tuple(stale))


def _reachable(sent: Sequence[Certificate]) -> set[str]:
    """The certificates to which issuer names lead up from the leaf, by digest."""
    found, waiting = {sent[0].sha256}, [sent[0]]
    while waiting:
        current = waiting.pop()
        for certificate in sent:
            if certificate.subject_key == current.issuer_key and certificate.sha256 not in found:
                found.add(certificate.sha256)
                waiting.append(certificate)
    return found
