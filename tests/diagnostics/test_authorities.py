"""Whether CAA records keep a certificate's issuer from renewing it."""

from dataclasses import replace

import pytest

from diagnostics.authorities import Barrier, authority_of, barrier
from diagnostics.facts import Caa
from tests.diagnostics.hand_made import HOST, certificate

LETS_ENCRYPT = "CN=R11,O=Let's Encrypt,C=US"


def _barrier(
    *issue: str, wild: tuple[str, ...] = (), issuer: str = LETS_ENCRYPT, names: tuple[str, ...] = (HOST,)
) -> Barrier:
    caa = Caa(name="example.com", issue=issue, issue_wild=wild)
    return barrier(caa, certificate=replace(certificate(*names), issuer=issuer))


ISSUERS = [
    (LETS_ENCRYPT, "letsencrypt.org"),
    ("CN=(STAGING) Ersatz Edamame E1,O=(STAGING) Let's Encrypt,C=US", "letsencrypt.org"),
    ("CN=GeoTrust TLS RSA CA G1,OU=www.digicert.com,O=DigiCert Inc,C=US", "digicert.com"),
    ("CN=Sectigo RSA Domain Validation Secure Server CA,O=Sectigo Limited", "sectigo.com"),
    ("CN=ZeroSSL ECC Domain Secure Site CA,O=ZeroSSL,C=AT", "sectigo.com"),
    ("CN=GlobalSign RSA OV SSL CA 2018,O=GlobalSign nv-sa,C=BE", "globalsign.com"),
    ("CN=WR2,O=Google Trust Services,C=US", "pki.goog"),
    ("CN=Amazon RSA 2048 M02,O=Amazon,C=US", "amazon.com"),
    ("CN=TrustAsia RSA DV TLS CA G2,O=TrustAsia Technologies\\, Inc.,C=CN", "trustasia.com"),
    ("CN=Go Daddy Secure Certificate Authority - G2,O=GoDaddy.com\\, Inc.", "godaddy.com"),
]


@pytest.mark.parametrize(("issuer", "domain"), ISSUERS)
def test_an_issuer_is_known_by_its_name_and_admitted_by_its_domain(issuer: str, domain: str) -> None:
    known = authority_of(replace(certificate(HOST), issuer=issuer))
    assert known is not None
    assert domain in known.domains
    assert _barrier(domain, issuer=issuer).evidence["admits_issuer"] is True
    assert _barrier("another-ca.example", issuer=issuer).evidence["admits_issuer"] is False


def test_an_unknown_issuer_is_not_guessed() -> None:
    assert authority_of(replace(certificate(HOST), issuer="CN=Amazonas Energia CA")) is None


def test_records_that_admit_others_only_are_most_likely_why() -> None:
    found = _barrier("digicert.com", "sectigo.com")
    assert "allows only digicert.com and sectigo.com" in found.sentence
    assert "Let's Encrypt most likely could not renew it" in found.sentence
    assert '0 issue "letsencrypt.org"' in found.step


def test_records_that_admit_the_issuer_among_others_say_nothing() -> None:
    found = _barrier("digicert.com", "letsencrypt.org")
    assert (found.sentence, found.step) == ("", "")


def test_records_that_admit_nobody_say_so() -> None:
    found = _barrier("")
    assert "forbids every certificate authority" in found.sentence
    assert found.evidence["admits_issuer"] is False


def test_records_without_a_word_on_issuing_admit_everybody() -> None:
    assert _barrier().evidence["admits_issuer"] is True


def test_of_an_unknown_issuer_it_is_only_said_what_is_allowed() -> None:
    found = _barrier("digicert.com", issuer="CN=Somebody")
    assert found.evidence["admits_issuer"] is None
    assert "allows only digicert.com" in found.sentence
    assert "most likely" not in found.sentence


# A wildcard is admitted by `issuewild` where there is one, any other name by `issue` (RFC 8659 §4.3).
WILD = [
    (("letsencrypt.org",), ("",), (HOST,), True),
    (("letsencrypt.org",), ("",), ("*.example.com",), False),
    (("letsencrypt.org",), ("",), (HOST, "*.example.com"), False),  # one name refused is all refused
    (("letsencrypt.org",), ("",), (HOST, "*.example.net"), True),  # of another domain
    (("digicert.com",), ("letsencrypt.org",), ("*.example.com",), True),
    (("digicert.com",), ("letsencrypt.org",), (HOST, "*.example.com"), False),
    (("digicert.com",), (), ("*.example.com",), False),
]


@pytest.mark.parametrize(("issue", "wild", "names", "admits"), WILD)
def test_a_wildcard_has_a_rule_of_its_own(
    issue: tuple[str, ...], wild: tuple[str, ...], names: tuple[str, ...], admits: bool
) -> None:
    assert _barrier(*issue, wild=wild, names=names).evidence["admits_issuer"] is admits
