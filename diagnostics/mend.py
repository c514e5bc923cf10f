"""Makes one good chain file of what several files hold: the server's certificate first, sorted, complete, no root."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.serialization import Encoding

from diagnostics.certificate_facts import Certificate
from diagnostics.chain import TrustStore
from diagnostics.chain_findings import issuer_label, label
from diagnostics.files import FileContents, Form
from diagnostics.path import End, best_path
from diagnostics.pem import Oddity
from diagnostics.trust import fetched_certificates
from diagnostics.words import count, listing


@dataclass(frozen=True, slots=True)
class Mended:
    """The chain, leaf first, without its root; what was changed, in words; the issuer that is still missing, if any."""

    certificates: tuple[Certificate, ...]
    changes: tuple[str, ...]
    missing: str | None = None

    @property
    def pem(self) -> bytes:
        """The file: one block after the other, 64 characters a line, nothing between them."""
        return b"".join(each.raw.public_bytes(Encoding.PEM) for each in self.certificates)


def mend(
    chain: Sequence[Certificate],
    *,
    files: Sequence[FileContents],
    store: TrustStore,
    at: datetime,
    fetched: Sequence[bytes] = (),
) -> Mended:
    """The chain in the order servers need, as complete as `chain` (its leaf first) and the fetched issuers make it."""
    leaf = chain[0]
    helpers = [each for data in fetched for each in fetched_certificates(data)]
    path = best_path(leaf, others=(*chain[1:], *helpers), store=store, at=at)
    # The root is the visitor's own copy; a certificate that signed itself is the whole chain.
    certificates = (leaf, *(each for each in path.certificates[1:] if not each.self_issued))
    changes = (*_changes(chain, certificates), *_form_changes(files))
    missing = issuer_label(path.top) if path.end is End.ISSUER_MISSING and not store.holds(path.top) else None
    return Mended(certificates, changes, missing)


def _changes(before: Sequence[Certificate], after: Sequence[Certificate]) -> list[str]:
    """What became of the certificates."""
    kept, held = {each.sha256 for each in after}, {each.sha256 for each in before}
    dropped = list({each.sha256: each for each in before if each.sha256 not in kept}.values())
    roots = [each for each in dropped if each.self_issued]
    others = [each for each in dropped if not each.self_issued]
    added = [each for each in after if each.sha256 not in held]
    changes = []
    if added:
        changes.append(f"Added what was fetched: {listing([label(each) for each in added])}.")
    if roots:
        changes.append(f"Left out the root {listing([label(each) for each in roots])}.")
    if others:
        changes.append(f"Left out what does not belong to the chain: {listing([label(each) for each in others])}.")
    if len(before) > len(held):
        changes.append("Left out certificates that were there twice.")
    order = [each for each in dict.fromkeys(each.sha256 for each in before) if each in kept]
    if order != [each.sha256 for each in after if each.sha256 in held]:
        changes.append("Put the certificates in the order in which they vouch for each other.")
    return changes


def _form_changes(files: Sequence[FileContents]) -> list[str]:
    """What became of the files' order and form."""
    changes = []
    for file in files:
        places = [each.is_ca for each in file.certificates]
        if len(places) > 1 and places[0] and not all(places):
            place = places.index(False) + 1
            changes.append(f"Put the server's certificate first; in {file.name} it stood at place {place}.")
        if file.certificates and file.form not in (None, Form.PEM):
            changes.append(f"Converted {file.name} from {file.form} to PEM.")
    if sum(bool(file.certificates) for file in files) > 1:
        changes.append(f"Joined {count(len([file for file in files if file.certificates]), 'file')} in one.")
    if any(file.keys for file in files):
        changes.append("Left out the private key.")
    for file in files:
        if file.certificates and file.oddities:
            odd = [each.value for each in Oddity if each in file.oddities]
            changes.append(f"Wrote the text of {file.name} anew: it {listing(odd)}.")
    return changes
