"""Faults of the certificate and its chain."""

from collections.abc import Callable
from datetime import timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtensionOID

from tests.lab import programs, raw_tls, tls
from tests.lab.ca import CLIENT_AUTH, SERVER_AUTH, LabCa, new_key, rsa_key
from tests.lab.certificates import DAY, SignatureHash
from tests.lab.faults.fault import Fault, Need, Start, good, host
from tests.lab.hosts import Check, Lab
from tests.lab.http import http
from tests.lab.revocation import RevocationAnswer
from tests.lab.tcp import Handler
from tests.lab.tls import Identity

Makes = Callable[[LabCa, str], Identity]


def _presents(make: Makes) -> Start:
    """A host that presents this, made by the lab's authority for its name."""
    return host(lambda lab, name: make(lab.ca, name))


def _below(labels: str, make: Makes) -> Start:
    """The same of a host that many labels below the name that the certificate is made for."""

    def start(lab: Lab, name: str) -> Check:
        return lab.check(lab.site(f"{labels}.{name}", https=make(lab.ca, name)))

    return start


def _names(*names: str) -> Makes:
    """These names, in which NAME stands for the host's."""
    return lambda ca, name: ca.issue(*(each.replace("NAME", name) for each in names)).healthy


def _dates(begins: timedelta, ends: timedelta) -> Makes:
    return lambda ca, name: ca.issue(name, begins=begins, ends=ends).healthy


def _no_san(ca: LabCa, name: str) -> Identity:
    return ca.issue(common_name=name).healthy


def _malformed_names(lab: Lab, name: str) -> Handler:
    """OpenSSL shakes hands all the same; that the names are rubbish shows to who reads them."""
    rubbish = x509.UnrecognizedExtension(ExtensionOID.SUBJECT_ALTERNATIVE_NAME, b"\x30\x82\xff\xff\x01")
    issued = lab.ca.issue(common_name=name, own_key=rsa_key(), extensions=[(rubbish, False)])
    return raw_tls.presents(issued.made.der, lab.ca.intermediate.made.der, key=rsa_key(), then=http())


def _well_formed_by_hand(lab: Lab, name: str) -> Handler:
    issued = lab.ca.issue(name, own_key=rsa_key())
    return raw_tls.presents(issued.made.der, lab.ca.intermediate.made.der, key=rsa_key(), then=http())


def _incomplete(ca: LabCa, name: str) -> Identity:
    return ca.issue(name, issuer_path="/issuer").identity()


def _incomplete_unproven(ca: LabCa, name: str) -> Identity:
    return ca.issue(name, issuer_path="/gone").identity()


def _other_root(ca: LabCa, name: str) -> Identity:
    return LabCa(ca.now, name="Another").leaf(name)


def _intermediate(
    *, begins: timedelta = -3650 * DAY, ends: timedelta = 3650 * DAY, is_ca: bool = True, permitted: str | None = None
) -> Makes:
    """Issued by an intermediate of this kind; NAME in `permitted` stands for the host's name."""

    def make(ca: LabCa, name: str) -> Identity:
        names = [permitted.replace("NAME", name)] if permitted else []
        issuer = ca.authority(
            "Lab Intermediate 2", issuer=ca.root, begins=begins, ends=ends, is_ca=is_ca, permitted=names
        )
        return ca.issue(name, issuer=issuer).healthy

    return make


def _path_length(length: int) -> Makes:
    """Two intermediates, of which the first admits so many below it."""

    def make(ca: LabCa, name: str) -> Identity:
        first = ca.authority("Lab Intermediate 2", issuer=ca.root, path_length=length)
        second = ca.authority("Lab Intermediate 3", issuer=first)
        return ca.issue(name, issuer=second).healthy

    return make


def _bad_signature(ca: LabCa, name: str) -> Identity:
    """Issued in the intermediate's name with another key."""
    return ca.issue(name, signing_key=new_key()).healthy


def _usage(*usages: x509.ObjectIdentifier) -> Makes:
    return lambda ca, name: ca.issue(name, usages=usages).healthy


def _rsa(bits: int) -> Makes:
    return lambda ca, name: ca.issue(name, own_key=rsa.generate_private_key(65537, bits)).healthy


def _signed_with(algorithm: SignatureHash) -> Makes:
    def make(ca: LabCa, name: str) -> Identity:
        issuer = ca.authority("Lab RSA Intermediate", issuer=ca.root, own_key=rsa_key())
        return ca.issue(name, issuer=issuer, algorithm=algorithm).healthy

    return make


def _reversed(ca: LabCa, name: str) -> Identity:
    second = ca.authority("Lab Intermediate 2", issuer=ca.intermediate)
    issued = ca.issue(name, issuer=second)
    return issued.identity(*reversed(issued.chain))


def _two_intermediates(ca: LabCa, name: str) -> Identity:
    return ca.issue(name, issuer=ca.authority("Lab Intermediate 2", issuer=ca.intermediate)).healthy


def _stranger_in_chain(ca: LabCa, name: str) -> Identity:
    issued = ca.issue(name)
    return issued.identity(*issued.chain, LabCa(ca.now, name="Another").intermediate.made.certificate)


def _with_root(ca: LabCa, name: str) -> Identity:
    issued = ca.issue(name)
    return issued.identity(*issued.chain, ca.root.made.certificate)


def _asked(answer: RevocationAnswer) -> Start:
    """A certificate that names an OCSP responder which answers like this."""
    return _presents(lambda ca, name: ca.issue(name, ocsp=answer).healthy)


def _listed(answer: RevocationAnswer) -> Start:
    """A certificate that names a revocation list of this kind."""
    return _presents(lambda ca, name: ca.issue(name, crl=answer).healthy)


def _stapled(answer: RevocationAnswer, *, must_staple: bool = False) -> Start:
    """A server that staples this answer."""

    def serve(lab: Lab, name: str) -> programs.OpensslServer:
        issued = lab.ca.issue(name, must_staple=must_staple)
        staple = lab.ca.staple(issued, answer)
        return programs.OpensslServer(issued.healthy, "-status_file", "staple.der", files={"staple.der": staple})

    return host(serve)


def _caa(value: str, *, ends: timedelta = -3 * DAY) -> Start:
    """A certificate of a well-known authority that was not renewed, and a CAA record one level up."""

    def start(lab: Lab, name: str) -> Check:
        issuer = lab.ca.authority("Let's Encrypt L9", issuer=lab.ca.root)
        issued = lab.ca.issue(f"www.{name}", issuer=issuer, begins=-90 * DAY, ends=ends)
        lab.dns.add(name, f'CAA 0 issue "{value}"')
        return lab.check(lab.site(f"www.{name}", https=issued.healthy))

    return start


def _default_certificate(lab: Lab, name: str) -> Identity:
    return lab.ca.self_signed("ingress.local")


def _own_root(ca: LabCa, name: str) -> Identity:
    """Issued by a root of somebody's own without anything in between, and sent alone, as home-made tools do."""
    return ca.issue(name, issuer=ca.authority("Somebody's Own Root", issuer=None)).identity()


def _trusted_root_alone(ca: LabCa, name: str) -> Identity:
    return ca.issue(name, issuer=ca.root).identity()


def _must_staple(ca: LabCa, name: str) -> Identity:
    return ca.issue(name, must_staple=True).healthy


_HOUR = DAY / 24
_NEEDS_OPENSSL = frozenset({Need.OPENSSL})
_healthy = _presents(lambda ca, name: ca.leaf(name))

CERTIFICATE = (
    Fault(code="certificate.no_san", name="no-san", broken=_presents(_no_san), healthy=good),
    # The wildcard is one level up from the host, or one level down from it.
    Fault(
        code="certificate.wildcard_depth",
        name="wildcard-too-short",
        broken=_below("a.b", _names("*.NAME")),
        healthy=_below("b", _names("*.NAME")),
    ),
    Fault(
        code="certificate.wildcard_depth",
        name="wildcard-without-apex",
        broken=_presents(_names("*.NAME")),
        healthy=_presents(_names("*.NAME", "NAME")),
    ),
    Fault(
        code="certificate.www_mismatch",
        name="only-www",
        broken=_presents(_names("www.NAME")),
        healthy=_presents(_names("www.NAME", "NAME")),
    ),
    Fault(
        code="certificate.name_mismatch",
        name="other-name",
        broken=_presents(_names("another.example", "www.another.example")),
        healthy=_presents(_names("another.example", "NAME")),
    ),
    # What servers send where no certificate is set up for the name.
    Fault(
        code="certificate.name_mismatch",
        name="default-certificate",
        broken=host(_default_certificate),
        healthy=good,
    ),
    Fault(
        code="certificate.expired",
        name="expired",
        broken=_presents(_dates(-90 * DAY, -3 * DAY)),
        healthy=_presents(_dates(-90 * DAY, 20 * DAY)),
    ),
    # A CAA record keeps its issuer from renewing it; the twin's has 20 days left, and nothing to explain.
    Fault(
        code="certificate.expired",
        name="expired-caa",
        broken=_caa("digicert.com"),
        healthy=_caa("digicert.com", ends=20 * DAY),
    ),
    Fault(
        code="certificate.not_yet_valid",
        name="not-yet-valid",
        broken=_presents(_dates(2 * DAY, 90 * DAY)),
        healthy=_presents(_dates(-_HOUR, 90 * DAY)),
    ),
    # The twin presents a good certificate by the same hand-made handshake, whose cipher is an old one.
    Fault(
        code="certificate.malformed",
        name="malformed-names",
        broken=host(_malformed_names),
        healthy=host(_well_formed_by_hand),
    ),
    Fault(
        code="certificate.malformed",
        name="malformed-der",
        broken=host(lambda lab, name: tls.presents(b"\x30\x82\x01\x00" + b"\xff" * 256)),
        healthy=good,
    ),
    Fault(
        code="certificate.malformed",
        name="cut-off-der",
        broken=host(lambda lab, name: tls.presents(lab.ca.issue(name).made.der[:-50])),
        healthy=good,
    ),
    Fault(
        code="certificate.self_signed",
        name="self-signed",
        broken=_presents(lambda ca, name: ca.self_signed(name)),
        healthy=_healthy,
    ),
    Fault(
        code="certificate.incomplete_chain",
        name="incomplete",
        broken=_presents(_incomplete),
        healthy=_presents(lambda ca, name: ca.issue(name, issuer_path="/issuer").healthy),
    ),
    Fault(
        code="certificate.incomplete_chain",
        name="incomplete-unproven",
        broken=_presents(_incomplete_unproven),
        healthy=_healthy,
    ),
    Fault(code="certificate.untrusted_root", name="other-root", broken=_presents(_other_root), healthy=_healthy),
    Fault(
        code="certificate.untrusted_root",
        name="own-root-unsent",
        broken=_presents(_own_root),
        healthy=_presents(_trusted_root_alone),
    ),
    Fault(
        code="certificate.chain_expired",
        name="intermediate-expired",
        broken=_presents(_intermediate(ends=-2 * DAY)),
        healthy=_presents(_intermediate()),
    ),
    Fault(
        code="certificate.invalid_chain",
        name="not-a-ca",
        broken=_presents(_intermediate(is_ca=False)),
        healthy=_presents(_intermediate()),
    ),
    Fault(
        code="certificate.invalid_chain",
        name="path-too-long",
        broken=_presents(_path_length(0)),
        healthy=_presents(_path_length(1)),
    ),
    Fault(
        code="certificate.invalid_chain",
        name="name-constraint",
        broken=_presents(_intermediate(permitted="another.example")),
        healthy=_presents(_intermediate(permitted="NAME")),
    ),
    Fault(code="certificate.invalid_chain", name="bad-signature", broken=_presents(_bad_signature), healthy=_healthy),
    Fault(
        code="certificate.wrong_usage",
        name="for-clients",
        broken=_presents(_usage(CLIENT_AUTH)),
        healthy=_presents(_usage(CLIENT_AUTH, SERVER_AUTH)),
    ),
    Fault(code="certificate.weak_key", name="rsa-1024", broken=_presents(_rsa(1024)), healthy=_presents(_rsa(2048))),
    Fault(code="certificate.weak_key", name="rsa-1536", broken=_presents(_rsa(1536)), healthy=_presents(_rsa(3072))),
    Fault(
        code="certificate.weak_signature",
        name="sha-1",
        broken=_presents(_signed_with(hashes.SHA1())),
        healthy=_presents(_signed_with(hashes.SHA256())),
    ),
    Fault(
        code="certificate.revoked",
        name="revoked",
        broken=_asked(RevocationAnswer.REVOKED),
        healthy=_asked(RevocationAnswer.GOOD),
    ),
    Fault(
        code="certificate.revoked",
        name="revoked-delegated",
        broken=_asked(RevocationAnswer.DELEGATED_REVOKED),
        healthy=_asked(RevocationAnswer.DELEGATED),
    ),
    Fault(
        code="certificate.revoked",
        name="revoked-crl",
        broken=_listed(RevocationAnswer.REVOKED),
        healthy=_listed(RevocationAnswer.GOOD),
    ),
    Fault(
        code="certificate.revoked",
        name="revoked-staple",
        broken=_stapled(RevocationAnswer.REVOKED),
        healthy=_stapled(RevocationAnswer.GOOD),
        needs=_NEEDS_OPENSSL,
    ),
    Fault(
        code="certificate.must_staple_unmet",
        name="no-staple",
        broken=_presents(_must_staple),
        healthy=_stapled(RevocationAnswer.GOOD, must_staple=True),
        needs=_NEEDS_OPENSSL,
    ),
    # Answers that prove nothing; the last two say "revoked" and may not say it.
    *(
        Fault(
            code="certificate.revocation_unknown",
            name=f"ocsp-{answer.value.replace('_', '-')}",
            broken=_asked(answer),
            healthy=_asked(RevocationAnswer.GOOD),
        )
        for answer in (
            RevocationAnswer.UNKNOWN,
            RevocationAnswer.STALE,
            RevocationAnswer.TRY_LATER,
            RevocationAnswer.RUBBISH,
            RevocationAnswer.WRONG_SIGNER,
            RevocationAnswer.WRONG_USAGE,
        )
    ),
    Fault(
        code="certificate.chain_order",
        name="reversed",
        broken=_presents(_reversed),
        healthy=_presents(_two_intermediates),
    ),
    Fault(code="certificate.chain_order", name="stranger", broken=_presents(_stranger_in_chain), healthy=_healthy),
    Fault(code="certificate.root_included", name="with-root", broken=_presents(_with_root), healthy=_healthy),
    Fault(
        code="certificate.expires_soon",
        name="expires-soon",
        broken=_presents(_dates(-80 * DAY, 5 * DAY)),
        healthy=_presents(_dates(-70 * DAY, 20 * DAY)),
    ),
)
