"""Which certificate authority goes by which domains in CAA records, and whether such records keep one from issuing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from diagnostics.facts import Caa, CertificateSummary
from diagnostics.finding import Evidence
from diagnostics.words import listing


@dataclass(frozen=True, slots=True)
class Authority:
    """A certificate authority: its name, words (lower case) in its issuers' names, and the domains it goes by."""

    name: str
    words: tuple[str, ...]
    domains: tuple[str, ...]


# Read in the authorities' own pages; the common list is CCADB's (ccadb.org/resources, "CAA Identifiers"). Who issues
# under another's root goes by that one's domains as well.
_AUTHORITIES = (
    # TrustAsia CPS §4.2.1; its older issuers are under the roots of DigiCert and Sectigo.
    Authority("TrustAsia", ("trustasia",), ("trustasia.com", "digicert.com", "sectigo.com")),
    # letsencrypt.org/docs/caa
    Authority("Let's Encrypt", ("let's encrypt",), ("letsencrypt.org",)),
    # docs.digicert.com, "CAA resource record check"
    Authority(
        "DigiCert",
        ("digicert", "geotrust", "thawte", "rapidssl"),
        ("digicert.com", "www.digicert.com", "digicert.ne.jp", "cybertrust.ne.jp", "thawte.com", "geotrust.com",
         "rapidssl.com", "symantec.com"),
    ),
    # Sectigo CPS §4.2.1; ZeroSSL issues under its roots (zerossl.com/help, "CAA records").
    Authority(
        "Sectigo",
        ("sectigo", "comodo", "usertrust", "zerossl"),
        ("sectigo.com", "comodo.com", "comodoca.com", "usertrust.com", "trust-provider.com", "zerossl.com"),
    ),
    # support.globalsign.com, "CAA checking"
    Authority("GlobalSign", ("globalsign",), ("globalsign.com",)),
    # pki.goog/faq, "CAA"
    Authority("Google Trust Services", ("google trust services",), ("pki.goog",)),
    # docs.aws.amazon.com/acm, "(Optional) Configure a CAA record"
    Authority("Amazon", ("o=amazon",), ("amazon.com", "amazontrust.com", "awstrust.com", "amazonaws.com")),
    # GoDaddy and Starfield CP/CPS §4.2.1
    Authority("GoDaddy", ("godaddy", "starfield"), ("godaddy.com", "starfieldtech.com")),
    # ssl.com, "CAA records"
    Authority("SSL.com", ("o=ssl corp", "ssl.com"), ("ssl.com",)),
)  # fmt: skip


def authority_of(certificate: CertificateSummary) -> Authority | None:
    """The known authority that issued the certificate."""
    issuer = certificate.issuer.lower().replace("\u2019", "'")
    return next((each for each in _AUTHORITIES if any(words in issuer for words in each.words)), None)


@dataclass(frozen=True, slots=True)
class Barrier:
    """What CAA records have to do with a certificate that was not renewed; the words are empty where nothing."""

    sentence: str
    step: str
    evidence: Evidence


def barrier(caa: Caa, *, certificate: CertificateSummary) -> Barrier:
    """Whether the records let the certificate's issuer issue it again (RFC 8659 §4)."""
    authority = authority_of(certificate)
    verdicts = [(_admits(allowed, authority), allowed) for allowed in _lists(caa, certificate)]
    # Authorities refuse the whole certificate for one name that they may not have: the worst verdict counts.
    admits, allowed = min(verdicts, key=lambda verdict: _ORDER.index(verdict[0]))
    domains = tuple(dict.fromkeys(domain for domain in allowed if domain))
    evidence: Evidence = {
        "name": caa.name,
        "issue": list(caa.issue),
        "issuewild": list(caa.issue_wild),
        "admits_issuer": admits,
    }
    if admits or not allowed:
        return Barrier("", "", evidence)
    who = authority.name if authority is not None else "its issuer"
    if not domains:
        return Barrier(
            f" A CAA record in DNS (at {caa.name}) forbids every certificate authority to issue for this name, which "
            "is most likely why it was not renewed.",
            f"Change the CAA record at {caa.name} so that it allows {_entry(authority)}; then have the certificate "
            "renewed.",
            evidence,
        )
    only = f" A CAA record in DNS (at {caa.name}) allows only {listing(domains)} to issue certificates for this name"
    if admits is None:
        return Barrier(
            f"{only}. If that is not who issued this one, it could not be renewed there.",
            f"Check that the CAA record at {caa.name} allows the certificate authority that is to renew it.",
            evidence,
        )
    return Barrier(
        f"{only}, so {who} most likely could not renew it.",
        f"Add a CAA record at {caa.name} that allows {_entry(authority)}, or get the new certificate from "
        f"{listing(domains)}.",
        evidence,
    )


_ORDER = (False, None, True)


def _lists(caa: Caa, certificate: CertificateSummary) -> Iterator[tuple[str, ...]]:
    """Who may issue the certificate's names that these records are about; wildcards have a list of their own."""
    below = [name for name in map(str.lower, certificate.dns_names) if f".{name}".endswith(f".{caa.name}")]
    wildcards = [name for name in below if name.startswith("*.")]
    if wildcards and caa.issue_wild:
        yield caa.issue_wild
    if len(wildcards) < len(below) or not (wildcards and caa.issue_wild):
        yield caa.issue


def _admits(allowed: Sequence[str], authority: Authority | None) -> bool | None:
    """Yes, no, or None where the issuer is not known."""
    if not allowed:
        return True  # records of other kinds only, such as iodef
    if not any(allowed):
        return False
    return None if authority is None else any(domain in authority.domains for domain in allowed)


def _entry(authority: Authority | None) -> str:
    return f'{authority.name} (0 issue "{authority.domains[0]}")' if authority is not None else "its issuer"
