"""The findings about certificate files, in words for a person who has a file and no server yet."""

from collections.abc import Sequence
from dataclasses import replace

from diagnostics.catalogue import finding
from diagnostics.certificate_facts import Certificate
from diagnostics.chain_findings import label
from diagnostics.chain_order import Disorder
from diagnostics.files import Fault, FileContents
from diagnostics.finding import EvidenceValue, Finding, Severity
from diagnostics.keys import PrivateKey
from diagnostics.pem import Oddity
from diagnostics.strangers import Stranger
from diagnostics.words import count, listing

_MEND = "padlock cert with --fix OUT.pem writes a good file from this one."

_INSTEAD = {
    Stranger.REQUEST: (
        "It is what is sent to a certificate authority to get a certificate.",
        "Send it to the certificate authority, and use the certificate that comes back.",
    ),
    Stranger.PUBLIC_KEY: (
        "A certificate holds a public key and more: the names it is for, and its issuer's signature.",
        "Take the certificate file that the issuer delivered, often named after the host, with .crt, .cer or .pem.",
    ),
    Stranger.REVOCATION_LIST: (
        "It lists certificates that their authority has taken back.",
        "Take the certificate file that the issuer delivered, often named after the host, with .crt, .cer or .pem.",
    ),
    Stranger.SSH_KEY: (
        "SSH keys let people log in to servers; HTTPS needs a certificate.",
        "Take the certificate file that the issuer delivered, often named after the host, with .crt, .cer or .pem.",
    ),
    Stranger.HTML: (
        "It was most likely saved from a web page in place of the file that the page offers.",
        "Download the certificate itself: log in to the issuer's site first, and use its download button.",
    ),
    Stranger.EMAIL: (
        "The certificate may be attached to it, or stand in its text.",
        "Save the attachment and give that file, or copy the lines from BEGIN CERTIFICATE to END CERTIFICATE.",
    ),
    Stranger.ZIP: (
        "Issuers often deliver a certificate and its chain in one archive.",
        "Unpack it, and give the certificate files that are in it, all at once.",
    ),
    Stranger.JAVA_KEYSTORE: (
        "Java programs keep keys and certificates in it.",
        "Convert it first: keytool -importkeystore -srckeystore FILE -destkeystore site.p12 -deststoretype PKCS12",
    ),
    Stranger.PGP: (
        "PGP is for mail and files; HTTPS needs a certificate.",
        "If the certificate was mailed encrypted, decrypt the message first.",
    ),
}
_ANYTHING_ELSE = (
    "A certificate file begins with -----BEGIN CERTIFICATE-----, or is one of the binary forms DER, P7B and PFX.",
    "Download the certificate from its issuer once more, and do not open it in an office program.",
)


def no_certificate(file: FileContents) -> Finding:
    """Is there no certificate in the file at all?"""
    evidence: dict[str, EvidenceValue] = {"file": file.name}
    if file.locked is not None:
        what = f"{file.name} {file.locked.value}, and stayed closed."
        why, fix = "What is in it cannot be told without its password.", "Give the file with its password."
    elif file.keys:
        what, why = f"{file.name} holds a private key and no certificate.", "The two are different files as a rule."
        fix = "Give the certificate file, and the key with --key, so that it is seen whether they belong together."
        evidence["holds"] = "private_key"
    elif file.strangers:
        stranger = file.strangers[0]
        named = stranger in _INSTEAD
        what = f"{file.name} is {stranger.value}{', not a certificate' if named else ''}."
        why, fix = _INSTEAD.get(stranger, _ANYTHING_ELSE)
        evidence["holds"] = stranger.name.lower()
    else:
        return unreadable(file, file.faults[0] if file.faults else Fault("the file", "holds no certificate"))
    found = finding(
        "certificate.malformed",
        summary=what,
        explanation=f"The whole file was looked at, and there is no certificate in it. {why}",
        fix=(fix,),
        evidence=evidence,
    )
    return replace(found, title="This is no certificate")


def unreadable(file: FileContents, fault: Fault) -> Finding:
    """Is a part of the file damaged?"""
    return finding(
        "certificate.malformed",
        summary=f"{file.name} is damaged: {fault.part} {fault.detail}.",
        explanation=(
            "The file was read part by part, and this part is not what it must be. Servers and consoles refuse the "
            "whole file for it."
        ),
        fix=(
            "Take the file again exactly as its issuer delivered it: lines are easily lost when text is copied.",
            "If it is damaged there too, download it from the issuer once more.",
        ),
        evidence={"file": file.name, "part": fault.part, "detail": fault.detail},
    )


def left_out(file: FileContents) -> Finding:
    """Was a file given beside the certificate that is neither one nor a key?"""
    stranger = file.strangers[0]
    why, fix = _INSTEAD.get(stranger, _ANYTHING_ELSE)
    return replace(
        finding(
            "certificate.malformed",
            severity=Severity.WARNING,
            summary=f"{file.name} is {stranger.value}, and was left out.",
            explanation=f"It holds no certificate. {why} The certificate in the other file was examined without it.",
            fix=(fix,),
            evidence={"file": file.name, "holds": stranger.name.lower()},
        ),
        title="One of the files is no certificate",
    )


def written_badly(file: FileContents, oddities: Sequence[Oddity]) -> Finding:
    """Is the text so changed that servers find no certificate in it?"""
    return replace(
        finding(
            "certificate.malformed",
            severity=Severity.WARNING,
            summary=f"{file.name} {listing([each.value for each in oddities])}, so most servers cannot read it.",
            explanation=(
                "What is in it is whole, and Padlock read it all the same. OpenSSL, and with it nginx, Apache and "
                "HAProxy, finds nothing in a file that is written like this."
            ),
            fix=(
                *((_MEND,) if file.certificates else ()),
                "Take the file again exactly as it was made or delivered, without a detour through a mail or a form.",
            ),
            evidence={"file": file.name, "oddities": [each.name.lower() for each in oddities]},
        ),
        title="The certificate file was changed on its way",
    )


def key_mismatch(leaf: Certificate, key: PrivateKey, *, where: str, owner: Certificate | None) -> Finding:
    """Is the private key another certificate's? `owner` is the certificate at hand that it does belong to."""
    belongs = f" It belongs to {label(owner)}, which is in the files too." if owner is not None else ""
    return finding(
        "certificate.key_mismatch",
        summary=f"The private key in {where} does not belong to the certificate {label(leaf)}.",
        explanation=(
            f"The key in the file is {key.name}, and its public half is not the one in the certificate "
            f"({leaf.key_name}).{belongs} No server can use the two together."
        ),
        fix=(
            "Look for the key that was made for this certificate's order. Of a pair, these two print the same: "
            "openssl x509 -in CERTIFICATE -noout -pubkey, and openssl pkey -in KEY -pubout.",
            "If it is lost, make a new key and have the certificate issued again for it.",
        ),
        evidence={
            "key": key.name,
            "key_form": key.form.value,
            "certificate_key": leaf.key_name,
            "key_file": where,
            "sha256": leaf.sha256,
        },
    )


def no_key(leaf: Certificate, file: FileContents) -> Finding:
    """Is there no usable private key in what was given as the key file?"""
    if file.faults:
        holds = f"{file.faults[0].part} in it {file.faults[0].detail}"
    elif file.certificates:
        holds = f"it holds {count(len(file.certificates), 'certificate')} and no key"
    elif file.strangers:
        holds = f"it is {file.strangers[0].value}"
    else:
        holds = "there is none in it"
    return finding(
        "certificate.key_mismatch",
        summary=f"{file.name} was given as the key, and {holds}.",
        explanation=(
            f"The certificate {label(leaf)} needs the private key that was made for its order. A key file begins with "
            "-----BEGIN PRIVATE KEY----- or -----BEGIN RSA PRIVATE KEY-----."
        ),
        fix=(
            "Give the file with the private key.",
            "If there is none, make a new key and have the certificate issued again for it.",
        ),
        evidence={"key_file": file.name, "sha256": leaf.sha256},
    )


def authorities_only(leaf: Certificate) -> Finding:
    """Are there only certificates of authorities, and is the server's own missing?"""
    found = finding(
        "certificate.wrong_usage",
        summary="There are only certificates of certificate authorities here; the server's own is missing.",
        explanation=(
            f"{label(leaf)} is the certificate of an authority, and so is whatever else is in the files. Such a file "
            "(a CA bundle, or chain file) is installed beside the server's certificate and is of no use without it."
        ),
        fix=("Give the server's certificate as well: padlock cert shop.crt ca-bundle.crt",),
        evidence={"subject": leaf.subject[:200], "sha256": leaf.sha256},
    )
    return replace(found, title="The server's own certificate is missing")


def incomplete_chain(found: Finding, *, lacking: str, proven: bool) -> Finding:
    """The finding of a missing intermediate, for a file."""
    how = (
        "Fetched from the address that the certificate names, the missing one makes the chain complete and trusted."
        if proven
        else "None of the certificates in the files is the issuer's, and it is no trusted root."
    )
    fetch = (
        "padlock cert with --fetch --fix OUT.pem writes the complete file."
        if proven
        else "Add --fetch --fix OUT.pem to have it fetched from the address that the certificate names, or take it "
        "from the issuer's download page (often called CA bundle, or chain)."
    )
    return replace(
        found,
        summary=f"The intermediate certificate {lacking} is missing from the files.",
        explanation=(
            f"{how} Deployed like this, the site works in some browsers, which find the missing one themselves, and "
            "fails in most programs and apps; some consoles refuse the upload."
        ),
        fix=(fetch, "Upload or install that file in place of this one."),
    )


def chain_order(
    found: Finding | None, *, leaf: Certificate, place: int, leaves: Sequence[Certificate], disorder: Disorder
) -> Finding:
    """Are the certificates out of order, is there another server's certificate, or one that belongs to no chain?

    `place` is the leaf's in its file, from 0; `leaves` are the server certificates other than the one examined.
    """
    known = {each.sha256 for each in leaves}
    foreign = [each for each in disorder.needless if each.sha256 not in known]
    wrong = []
    if place:
        wrong.append(f"the server's certificate {label(leaf)} stands at place {place + 1} and not first")
    if leaves:
        wrong.append(f"{listing([label(each) for each in leaves])} {_is(leaves)} of another server, or an older one")
    if foreign:
        wrong.append(f"{listing([label(each) for each in foreign])} {_is(foreign)} twice there or of another chain")
    if disorder.stale:
        wrong.append(
            f"{listing([label(each) for each in disorder.stale])} {_is(disorder.stale)} expired and not needed"
        )
    if disorder.disordered and not place:
        wrong.append("the certificates behind the server's do not follow each other")
    return finding(
        "certificate.chain_order",
        summary=(
            f"There are {len(leaves) + 1} server certificates in the files, where there must be one."
            if leaves
            else "The file holds certificates that do not belong there."
            if (foreign or disorder.stale) and not place
            else "The certificates are not in the order that servers need."
        ),
        explanation=(
            f"In the files, {'; '.join(wrong)}. Browsers sort a chain out. Servers and consoles take the first "
            "certificate for the site's own, and most refuse a key that does not fit it."
        ),
        fix=(
            _MEND,
            "By hand: the server's certificate first, then the one that issued it, then the one that issued that, "
            "and nothing else.",
        ),
        evidence=(dict(found.evidence) if found else {})
        | {
            "leaf_place": place + 1,
            "other_leaves": [label(each) for each in leaves],
            "other_leaves_sha256": [each.sha256 for each in leaves],
        },
    )


def _is(certificates: Sequence[Certificate]) -> str:
    return "is" if len(certificates) == 1 else "are"


def root_included(found: Finding, *, name: str) -> Finding:
    """The finding of a needless root, for a file."""
    return replace(
        found,
        summary=f"The root {name} is in the file, which is needless.",
        explanation="Browsers trust their own copy of a root and ignore the one that is sent; some consoles refuse it.",
        fix=(f"Remove the root {name} from the file. {_MEND}",),
    )
