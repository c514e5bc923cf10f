"""What is wrong with a chain, each fault with a twin that nearly has it and is accepted."""

import json
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from ipaddress import ip_network

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from hypothesis import given, settings
from hypothesis import strategies as st

from diagnostics.catalogue import ORDER
from diagnostics.certificate_facts import name_text
from diagnostics.chain import Examination, TrustStore, examine, examine_chain
from diagnostics.finding import Confidence, Finding, Severity
from tests.lab.certificates import DAY, NOW, Made, intermediate, key, leaf, make, root

HOST = "shop.example.com"
ROOT = root()
INTERMEDIATE = intermediate(ROOT)
LEAF = leaf(INTERMEDIATE)
URL = "http://ca.example.com/intermediate.cer"


def look(
    *chain: Made | bytes, host: str | None = HOST, roots: Sequence[Made | bytes] = (ROOT,), at: datetime = NOW
) -> tuple[Finding, ...]:
    return examine([_bytes(each) for each in chain], host=host, roots=[_bytes(each) for each in roots], at=at)


def look_live(*chain: Made, roots: Sequence[Made] = (ROOT,), fetched: Sequence[bytes] = ()) -> Examination:
    store = TrustStore.from_pem(*(each.pem for each in roots))
    return examine_chain([each.der for each in chain], host=HOST, store=store, at=NOW, fetched=fetched)


def errors(findings: Sequence[Finding]) -> list[str]:
    return [each.code.removeprefix("certificate.") for each in findings if each.severity is Severity.ERROR]


def codes(findings: Sequence[Finding]) -> list[str]:
    return [each.code.removeprefix("certificate.") for each in findings]


def the(code: str, findings: Sequence[Finding]) -> Finding:
    (found,) = [each for each in findings if each.code == f"certificate.{code}"]
    return found


def _bytes(each: Made | bytes) -> bytes:
    return each if isinstance(each, bytes) else each.der


# What is accepted


def test_a_healthy_chain_has_no_findings() -> None:
    assert look(LEAF, INTERMEDIATE) == ()


@pytest.mark.parametrize("host", [HOST, f"{HOST}.", "SHOP.example.com", None])
def test_a_host_is_accepted_however_it_is_spelled(host: str | None) -> None:
    assert look(LEAF, INTERMEDIATE, host=host) == ()


def test_a_host_with_an_underscore_is_accepted() -> None:
    assert look(leaf(INTERMEDIATE, "my_shop.example.com"), INTERMEDIATE, host="my_shop.example.com") == ()


def test_pem_der_and_bundles_are_the_same() -> None:
    bundle = LEAF.pem + b"# a remark\r\n" + INTERMEDIATE.pem
    assert look(bundle, roots=[leaf(None).pem + ROOT.pem]) == ()
    assert look(LEAF.pem, INTERMEDIATE.der, roots=[ROOT.der]) == ()


def test_a_trusted_intermediate_needs_no_root() -> None:
    assert look(LEAF, roots=[INTERMEDIATE]) == ()


def test_a_self_signed_leaf_that_is_trusted_is_accepted() -> None:
    own = leaf(None)
    assert look(own, roots=[own]) == ()


def test_a_self_signed_leaf_with_a_ca_flag_that_is_trusted_is_accepted() -> None:
    own = leaf(None, is_ca=True, signs_certificates=True)  # what `openssl req -x509` makes
    assert look(own, roots=[own]) == ()


def test_a_leaf_may_have_the_name_of_its_root() -> None:
    assert look(make("Lab Root", issuer=ROOT, dns_names=[HOST])) == ()


def test_names_of_another_letter_case_are_the_same_issuer() -> None:
    renamed = root("LAB  root", own_key=ROOT.key)
    assert errors(look(LEAF, INTERMEDIATE, roots=[renamed])) == []


# Names


@pytest.mark.parametrize(
    ("host", "common_name", "dns_names", "code"),
    [
        (HOST, HOST, (), "no_san"),
        (HOST, HOST, ("mail.example.com",), "no_san"),  # the alternative names hold others only
        (HOST, "Shop", (), "name_mismatch"),  # the common name is no host's, so nothing names the host
        ("a.b.example.com", "x", ("*.example.com",), "wildcard_depth"),
        ("example.com", "x", ("*.example.com",), "wildcard_depth"),
        ("www.b.example.com", "x", ("*.example.com", "b.example.com"), "wildcard_depth"),  # goes before www
        ("a.b.c.example.com", "x", ("*.example.com",), "name_mismatch"),  # two levels away
        ("a.example.co.uk", "x", ("*.co.uk",), "name_mismatch"),  # no wildcard that counts
        ("example.com", "x", ("www.example.com",), "www_mismatch"),
        ("www.example.com", "x", ("example.com",), "www_mismatch"),
        ("example.com.", "x", ("www.example.com",), "www_mismatch"),
        ("example.com", "x", ("mail.example.com",), "name_mismatch"),
        ("192.0.2.1", "x", ("192.0.2.1",), "name_mismatch"),  # an address among the names
        ("", "x", (HOST,), "name_mismatch"),
        ("\udc80\0", "x", (HOST,), "name_mismatch"),
    ],
)
def test_a_certificate_for_other_names_says_why(
    host: str, common_name: str, dns_names: Sequence[str], code: str
) -> None:
    found = look(make(common_name, issuer=INTERMEDIATE, dns_names=dns_names), INTERMEDIATE, host=host)
    assert errors(found) == [code]
    assert the(code, found).evidence["host"] == host


@pytest.mark.parametrize(
    ("host", "dns_names", "ip_addresses"),
    [
        (HOST, ("*.example.com",), ()),
        ("example.com", ("*.example.com", "example.com"), ()),
        ("www.example.com", ("example.com", "www.example.com"), ()),
        ("192.0.2.1", (), ("192.0.2.1",)),
        ("[2001:db8::1]", (), ("2001:db8::1",)),
    ],
)
def test_a_certificate_that_covers_the_host_is_accepted(
    host: str, dns_names: Sequence[str], ip_addresses: Sequence[str]
) -> None:
    made = make("x", issuer=INTERMEDIATE, dns_names=dns_names, ip_addresses=ip_addresses)
    assert look(made, INTERMEDIATE, host=host) == ()


# Dates


@pytest.mark.parametrize(
    ("ends", "code", "words"),
    [
        (NOW, [], "expires in less than a minute"),  # the last second belongs to it
        (NOW - timedelta(seconds=1), ["expired"], "expired less than a minute ago"),
        (NOW - timedelta(hours=1, minutes=5), ["expired"], "expired 65 minutes ago"),
        (NOW - timedelta(days=1, hours=23), ["expired"], "expired 47 hours ago"),  # "1 day" would be half of it
        (NOW - 3 * DAY, ["expired"], "expired 3 days ago"),
        (NOW - 1000 * DAY, ["expired"], "expired 2 years ago"),
    ],
)
def test_a_certificate_past_its_end_is_expired(ends: datetime, code: list[str], words: str) -> None:
    found = look(leaf(INTERMEDIATE, begins=NOW - 2000 * DAY, ends=ends), INTERMEDIATE)
    assert errors(found) == code
    assert words in found[0].summary
    assert found[0].evidence["not_after"] == ends.strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.parametrize(("begins", "code"), [(NOW, []), (NOW + timedelta(seconds=1), ["not_yet_valid"])])
def test_a_certificate_before_its_beginning_is_not_valid_yet(begins: datetime, code: list[str]) -> None:
    assert errors(look(leaf(INTERMEDIATE, begins=begins), INTERMEDIATE)) == code


@pytest.mark.parametrize(
    ("begins", "ends", "now", "then"),
    [
        (-90, -3, ("expired 3 days ago", "and it is now"), ("is past its end on 2026-11-24", "judged for 2026-11-24")),
        (2, 90, ("begins in 2 days", "and it is now"), ("begins 2 days later", "judged for 2026-11-24")),
        (-90, 3, ("expires in 3 days", ""), ("expires 3 days after 2026-11-24", "")),
    ],
)
def test_dates_are_told_from_now_or_from_the_moment_that_was_asked_about(
    begins: int, ends: int, now: tuple[str, str], then: tuple[str, str]
) -> None:
    made = leaf(INTERMEDIATE, begins=NOW + begins * DAY, ends=NOW + ends * DAY)
    store = TrustStore.from_pem(ROOT.pem)
    for is_now, (summary, explanation) in ((True, now), (False, then)):
        chain = [made.der, INTERMEDIATE.der]
        found = examine_chain(chain, host=HOST, store=store, at=NOW, is_now=is_now).findings[0]
        assert summary in found.summary
        assert explanation in found.explanation
        if not is_now:
            assert " now" not in found.summary + found.explanation


def test_a_fraction_of_a_second_does_not_expire_it() -> None:
    found = look(leaf(INTERMEDIATE, ends=NOW), INTERMEDIATE, at=NOW + timedelta(milliseconds=5))
    assert errors(found) == []


@pytest.mark.parametrize(
    ("ends", "expected"),
    [
        (NOW + 14 * DAY, []),
        (NOW + 14 * DAY - timedelta(seconds=1), ["expires_soon"]),
        (NOW + 1 * DAY, ["expires_soon"]),
        (NOW - 1 * DAY, ["expired"]),  # no longer soon
    ],
)
def test_less_than_14_days_are_soon(ends: datetime, expected: list[str]) -> None:
    found = look(leaf(INTERMEDIATE, ends=ends), INTERMEDIATE)
    assert codes(found) == expected


def test_an_expired_intermediate_without_another_path_is_chain_expired() -> None:
    old = intermediate(ROOT, ends=NOW - 3 * DAY)
    found = look(leaf(old), old)
    assert errors(found) == ["chain_expired"]
    assert "Lab Intermediate" in found[0].summary
    assert "expired 3 days ago" in found[0].summary


def test_an_expired_intermediate_with_another_path_is_no_error() -> None:
    old, new = intermediate(ROOT, ends=NOW - DAY), INTERMEDIATE
    found = look(LEAF, old, new)
    assert errors(found) == []
    assert the("chain_order", found).evidence["expired"] == ["CN=Lab Intermediate"]


def test_an_expired_root_is_chain_expired() -> None:
    old = root(ends=NOW - DAY)
    assert errors(look(LEAF, INTERMEDIATE, roots=[old])) == ["chain_expired"]
    assert errors(look(LEAF, INTERMEDIATE, roots=[old, ROOT])) == []


def test_an_intermediate_before_its_beginning_is_not_valid_yet() -> None:
    new = intermediate(ROOT, begins=NOW + DAY)
    found = look(leaf(new), new)
    assert errors(found) == ["not_yet_valid"]
    assert "Lab Intermediate" in found[0].summary


# Trust


def test_a_leaf_that_signed_itself_is_self_signed() -> None:
    found = look(leaf(None))
    assert errors(found) == ["self_signed"]
    assert found[0].confidence is Confidence.PROVEN


def test_a_self_signed_leaf_that_was_changed_is_not_self_signed() -> None:
    found = look(make(HOST, signing_key=key(number=7), dns_names=[HOST]))
    assert errors(found) == ["invalid_chain"]


def test_a_root_that_was_sent_and_nobody_trusts_is_proven() -> None:
    other = root("Other Root", own_key=key(number=9))
    found = look(LEAF, INTERMEDIATE, ROOT, roots=[other])
    assert errors(found) == ["untrusted_root"]
    assert found[0].confidence is Confidence.PROVEN
    assert found[0].evidence["root"] == "CN=Lab Root"
    assert "root_included" not in codes(found)


def test_a_root_that_was_left_out_and_nobody_trusts_is_likely() -> None:
    found = look(LEAF, INTERMEDIATE, roots=[])
    assert errors(found) == ["untrusted_root"]
    assert found[0].confidence is Confidence.LIKELY


def test_a_leaf_alone_lacks_its_intermediate() -> None:
    found = look(LEAF)
    assert errors(found) == ["incomplete_chain"]
    assert found[0].confidence is Confidence.LIKELY
    assert found[0].evidence["missing_issuer"] == "CN=Lab Intermediate"


def test_an_intermediate_that_names_where_its_issuer_is_lacks_it() -> None:
    upper = intermediate(ROOT, "Upper", own_key=key(number=3))
    lower = intermediate(upper, "Lower", issuer_urls=[URL])
    found = look(leaf(lower), lower)
    assert errors(found) == ["incomplete_chain"]
    assert found[0].evidence["issuer_urls"] == [URL]
    assert look(leaf(lower), lower, upper) == ()


def test_the_wrong_intermediate_leaves_the_chain_incomplete() -> None:
    found = look(LEAF, intermediate(ROOT, "Another"))
    assert errors(found) == ["incomplete_chain"]
    assert the("chain_order", found).evidence["not_needed"] == ["CN=Another"]


def test_an_issuer_that_was_fetched_proves_that_it_was_missing() -> None:
    site = leaf(INTERMEDIATE, issuer_urls=[URL])
    before = look_live(site)
    assert before.missing_issuer_urls == (URL,)
    after = look_live(site, fetched=[INTERMEDIATE.der])
    assert errors(after.findings) == ["incomplete_chain"]
    assert after.findings[0].confidence is Confidence.PROVEN
    assert after.findings[0].evidence["issuer_urls"] == [URL]
    assert [each.subject for each in after.path] == [f"CN={HOST}", "CN=Lab Intermediate", "CN=Lab Root"]
    assert not after.accepted


@pytest.mark.parametrize("form", ["der", "pem", "pkcs7"])
def test_a_fetched_issuer_may_come_in_several_forms(form: str) -> None:
    forms = {
        "der": INTERMEDIATE.der,
        "pem": INTERMEDIATE.pem,
        "pkcs7": pkcs7.serialize_certificates([INTERMEDIATE.certificate], Encoding.DER),
    }
    found = look_live(leaf(INTERMEDIATE, issuer_urls=[URL]), fetched=[forms[form]]).findings
    assert found[0].confidence is Confidence.PROVEN


def test_a_fetched_certificate_of_no_use_changes_nothing() -> None:
    site = leaf(INTERMEDIATE, issuer_urls=[URL])
    useless = [b"", b"<html>", intermediate(ROOT, own_key=key(number=5)).der]
    assert look_live(site, fetched=useless).findings == look_live(site).findings


def test_a_fetched_chain_to_a_root_nobody_trusts_is_an_untrusted_root() -> None:
    site = leaf(INTERMEDIATE, issuer_urls=[URL])
    found = look_live(site, roots=[], fetched=[INTERMEDIATE.der, ROOT.der]).findings
    assert errors(found) == ["untrusted_root"]
    assert found[0].confidence is Confidence.PROVEN


def _names_above(issuer: Made, above: Made) -> tuple[x509.ExtensionType, bool]:
    """What says that `issuer` was issued by `above`."""
    names = [x509.DirectoryName(above.certificate.subject)]
    digest = x509.SubjectKeyIdentifier.from_public_key(issuer.key.public_key()).digest
    return x509.AuthorityKeyIdentifier(digest, names, issuer.certificate.serial_number), False


OWN = root("Somebody's CA", own_key=key(number=8))
OWN_INTERMEDIATE = intermediate(OWN, "Somebody's Issuing CA", own_key=key(number=9))
OWN_ROOT = root("Somebody's Own Root R2", own_key=key(number=8))

# What is sent, and what is taken from it: the issuer that was not sent is an intermediate, or a root nobody trusts.
UNSENT = [
    ((leaf(OWN_INTERMEDIATE),), "incomplete_chain"),
    ((leaf(OWN_INTERMEDIATE), OWN), "incomplete_chain"),  # the root is there, what leads to it is not
    ((leaf(OWN_INTERMEDIATE), OWN_INTERMEDIATE), "untrusted_root"),
    ((leaf(OWN_INTERMEDIATE), OWN_INTERMEDIATE, OWN), "untrusted_root"),
    ((leaf(OWN_ROOT),), "untrusted_root"),  # it calls itself a root
    ((leaf(OWN_ROOT, issuer_urls=[URL]),), "untrusted_root"),
    ((leaf(root("Rooted Ltd. CA", own_key=key(number=8))),), "incomplete_chain"),  # it does not
    (
        (leaf(lower := intermediate(OWN_ROOT, "Lower", own_key=key(number=9), issuer_urls=[URL])), lower),
        "untrusted_root",
    ),
    # The certificate says who issued its issuer: the issuer itself, which makes it a root, or another.
    ((leaf(OWN, key_identifiers=False, extensions=[_names_above(OWN, OWN)]),), "untrusted_root"),
    (
        (leaf(OWN_INTERMEDIATE, key_identifiers=False, extensions=[_names_above(OWN_INTERMEDIATE, OWN)]),),
        "incomplete_chain",
    ),
    (
        (leaf(sub := intermediate(OWN, "Sub Root"), key_identifiers=False, extensions=[_names_above(sub, OWN)]),),
        "incomplete_chain",
    ),
]


@pytest.mark.parametrize(("sent", "code"), UNSENT)
def test_what_the_structure_says_of_an_issuer_that_was_not_sent(sent: tuple[Made, ...], code: str) -> None:
    found = look(*sent)
    assert errors(found) == [code]
    seen = any(each is OWN for each in sent) and code == "untrusted_root"
    assert the(code, found).confidence is (Confidence.PROVEN if seen else Confidence.LIKELY)


def test_a_private_root_without_its_intermediate_is_mentioned() -> None:
    found = the("incomplete_chain", look(leaf(OWN_INTERMEDIATE), OWN))
    assert found.evidence["untrusted_root_sent"] == "CN=Somebody's CA"
    assert "Somebody's CA, which is sent along, is not among the trusted ones" in found.explanation
    assert "untrusted_root_sent" not in the("incomplete_chain", look(LEAF, ROOT)).evidence


def test_a_leaf_that_names_no_place_for_its_issuer_may_be_of_an_own_authority() -> None:
    assert "organisation's own authority" in " ".join(the("incomplete_chain", look(LEAF)).fix)
    named = the("incomplete_chain", look(leaf(INTERMEDIATE, issuer_urls=[URL])))
    assert "organisation's own authority" not in " ".join((named.explanation, *named.fix))


def test_a_certificate_without_alternative_names_is_told_by_its_common_name() -> None:
    found = the("name_mismatch", look(make("router.local")))
    assert found.summary == f"The certificate is for router.local, not for {HOST}."
    assert found.evidence["common_name"] == "router.local"


# How names are written


def _named(*parts: tuple[x509.ObjectIdentifier, str]) -> x509.Name:
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts])


_CN, _O, _C = NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME, NameOID.COUNTRY_NAME

NAMES = [
    (_named((_C, "US"), (_O, "Lab"), (_CN, "One")), "CN=One,O=Lab,C=US"),
    (_named((_CN, "One"), (_O, "Lab"), (_C, "US")), "CN=One,O=Lab,C=US"),  # made the wrong way round
    (_named((_C, "US"), (_O, "Lab")), "O=Lab,C=US"),
    (_named((_CN, "One"), (_O, "Lab"), (_CN, "Two")), "CN=Two,O=Lab,CN=One"),
    (_named((_CN, "One, Two")), "CN=One\\, Two"),
    (_named(), ""),
]


@pytest.mark.parametrize(("name", "text"), NAMES)
def test_a_name_begins_with_the_common_name(name: x509.Name, text: str) -> None:
    assert name_text(name) == text


def test_nothing_is_missing_where_the_chain_is_whole() -> None:
    site = leaf(INTERMEDIATE, issuer_urls=[URL])
    whole = look_live(site, INTERMEDIATE, fetched=[INTERMEDIATE.der])
    assert whole.findings == ()
    assert whole.missing_issuer_urls == ()
    assert [each.subject for each in whole.path] == [f"CN={HOST}", "CN=Lab Intermediate", "CN=Lab Root"]


def test_an_address_that_is_not_of_the_web_is_not_to_be_fetched() -> None:
    site = leaf(INTERMEDIATE, issuer_urls=["ldap://ca.example.com/", "file:///etc/passwd", URL])
    assert look_live(site).missing_issuer_urls == (URL,)


def test_a_cross_signed_root_leads_to_either_root() -> None:
    new_root = root("New Root", own_key=key(number=4))
    below = intermediate(new_root, own_key=key(number=2))
    cross = intermediate(ROOT, "New Root", own_key=key(number=4))
    site = leaf(below)
    assert look(site, below, cross, roots=[new_root]) == ()  # the cross-signature goes unused, and belongs
    assert look(site, below, cross, roots=[ROOT]) == ()
    assert errors(look(site, below, roots=[ROOT])) == ["untrusted_root"]


def test_cas_that_signed_each_other_and_no_root_are_untrusted() -> None:
    one, two = root("One", own_key=key(number=3)), root("Two", own_key=key(number=4))
    one_by_two = intermediate(two, "One", own_key=key(number=3))
    two_by_one = intermediate(one, "Two", own_key=key(number=4))
    assert errors(look(leaf(one), one_by_two, two_by_one)) == ["untrusted_root"]
    assert errors(look(leaf(one), one_by_two, two_by_one, roots=[two])) == []


# What issuers may not do


def invalid(*chain: Made, roots: Sequence[Made] = (ROOT,), host: str = HOST) -> str:
    found = look(*chain, roots=roots, host=host)
    assert errors(found) == ["invalid_chain"]
    return str(the("invalid_chain", found).evidence["kind"])


@pytest.mark.parametrize(
    ("is_ca", "signs"),
    [
        (False, False),  # a server's certificate that issued another
        (False, True),
        (True, False),  # a CA whose key usage does not include it
        (None, True),  # no basic constraints at all
    ],
)
def test_an_issuer_that_is_no_ca_is_refused(is_ca: bool | None, signs: bool) -> None:
    issuer = intermediate(ROOT, is_ca=is_ca, signs_certificates=signs)
    assert invalid(leaf(issuer), issuer) == "not_a_ca"


def test_a_root_that_is_no_ca_is_refused() -> None:
    issuer = root(is_ca=False, signs_certificates=False)
    assert invalid(leaf(issuer), roots=[issuer]) == "not_a_ca"


def test_a_path_longer_than_an_issuer_allows_is_refused() -> None:
    upper = intermediate(ROOT, "Upper", own_key=key(number=3), path_length=0)
    lower = intermediate(upper, "Lower")
    assert invalid(leaf(lower), lower, upper) == "path_length"
    assert look(leaf(upper), upper) == ()


@pytest.mark.parametrize(
    ("permitted", "excluded", "allowed"),
    [
        (["example.com"], [], True),
        (["shop.example.com"], [], True),
        ([".example.com"], [], True),  # as OpenSSL and others read it
        (["example.net"], [], False),
        (["xample.com"], [], False),  # whole labels count
        ([".shop.example.com"], [], False),
        ([], ["example.com"], False),
        ([], ["mail.example.com"], True),
        (["example.com"], ["shop.example.com"], False),  # exclusion wins
    ],
)
def test_name_constraints_hold(permitted: list[str], excluded: list[str], allowed: bool) -> None:
    issuer = intermediate(
        ROOT, permitted=[x509.DNSName(each) for each in permitted], excluded=[x509.DNSName(each) for each in excluded]
    )
    if allowed:
        assert look(leaf(issuer), issuer) == ()
    else:
        assert invalid(leaf(issuer), issuer) == "name_constraints"


@pytest.mark.parametrize(("network", "allowed"), [("192.0.2.0/24", True), ("198.51.100.0/24", False)])
def test_name_constraints_hold_for_addresses(network: str, allowed: bool) -> None:
    issuer = intermediate(ROOT, permitted=[x509.IPAddress(ip_network(network))])
    site = make("x", issuer=issuer, ip_addresses=["192.0.2.1"])
    assert (errors(look(site, issuer, host="192.0.2.1")) == []) is allowed
    assert look(leaf(issuer), issuer) == ()  # DNS names are free of them


def test_a_wildcard_that_stands_for_an_excluded_name_is_refused() -> None:
    issuer = intermediate(ROOT, excluded=[x509.DNSName("admin.example.com")])
    wild = make("x", issuer=issuer, dns_names=["*.example.com"])
    assert invalid(wild, issuer) == "name_constraints"


def test_a_signature_by_another_key_is_refused() -> None:
    site = leaf(INTERMEDIATE, signing_key=key(number=7))
    assert invalid(site, INTERMEDIATE) == "bad_signature"
    forged = intermediate(ROOT, signing_key=key(number=7))
    assert invalid(leaf(forged), forged) == "bad_signature"


def test_an_issuer_of_the_same_name_and_another_key_is_another_issuer() -> None:
    namesake = intermediate(ROOT, own_key=key(number=7))
    assert errors(look(LEAF, namesake)) == ["incomplete_chain"]
    assert errors(look(LEAF, namesake, INTERMEDIATE)) == []


# Usage, keys, signatures


@pytest.mark.parametrize(
    ("usages", "expected"),
    [
        (None, []),  # without the extension everything goes
        ((ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH), []),
        ((ExtendedKeyUsageOID.CLIENT_AUTH,), ["wrong_usage"]),
        ((ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,), ["wrong_usage"]),  # no server's, for OpenSSL and Firefox
    ],
)
def test_the_extended_key_usage_must_include_servers(
    usages: Sequence[x509.ObjectIdentifier] | None, expected: list[str]
) -> None:
    assert errors(look(leaf(INTERMEDIATE, usages=usages), INTERMEDIATE)) == expected


def test_an_intermediate_for_other_uses_is_refused() -> None:
    issuer = intermediate(ROOT, usages=[ExtendedKeyUsageOID.CODE_SIGNING])
    assert errors(look(leaf(issuer), issuer)) == ["wrong_usage"]
    any_use = intermediate(ROOT, usages=[ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE])
    assert look(leaf(any_use), any_use) == ()


def test_a_certificate_authority_is_no_server() -> None:
    site = leaf(INTERMEDIATE, is_ca=True, signs_certificates=True)
    assert errors(look(site, INTERMEDIATE)) == ["wrong_usage"]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("P-256", []),
        ("P-384", []),
        ("RSA-2048", []),
        ("RSA-1024", [("weak_key", Severity.ERROR)]),
        ("P-192", [("weak_key", Severity.ERROR)]),
        ("secp256k1", [("weak_key", Severity.ERROR)]),
        ("DSA-2048", [("weak_key", Severity.ERROR)]),
        ("Ed25519", [("weak_key", Severity.ERROR)]),  # in no browser's list of signatures
        ("P-521", [("weak_key", Severity.WARNING)]),  # in Firefox's and not in Chrome's
    ],
)
def test_keys_that_browsers_reject(kind: str, expected: list[tuple[str, Severity]]) -> None:
    found = look(leaf(INTERMEDIATE, own_key=key(kind)), INTERMEDIATE)
    assert [(each.code.removeprefix("certificate."), each.severity) for each in found] == expected


def test_a_weak_key_of_an_intermediate_is_refused() -> None:
    weak = intermediate(ROOT, own_key=key("RSA-1024"))
    found = look(leaf(weak), weak)
    assert errors(found) == ["weak_key"]
    assert found[0].evidence["key"] == "RSA 1024"
    strong = intermediate(ROOT, own_key=key("P-521"))
    assert look(leaf(strong), strong) == ()


@pytest.mark.parametrize(
    ("algorithm", "expected"),
    [
        (hashes.SHA256(), []),
        (hashes.SHA512(), []),
        (hashes.SHA1(), ["weak_signature"]),
        (hashes.MD5(), ["weak_signature"]),
        (hashes.SHA224(), ["weak_signature"]),  # neither Chrome nor Firefox has it
    ],
)
def test_signatures_that_browsers_reject(algorithm: hashes.HashAlgorithm, expected: list[str]) -> None:
    issuer = intermediate(ROOT, own_key=key("RSA-2048"))
    assert errors(look(leaf(issuer, algorithm=algorithm), issuer)) == expected


def test_an_intermediate_signed_with_sha1_is_refused_and_a_root_is_not() -> None:
    rsa_root = root(own_key=key("RSA-2048"), algorithm=hashes.SHA1())
    good = intermediate(rsa_root)
    assert look(leaf(good), good, roots=[rsa_root]) == ()
    bad = intermediate(rsa_root, algorithm=hashes.SHA1())
    assert errors(look(leaf(bad), bad, roots=[rsa_root])) == ["weak_signature"]


# Order


UPPER = intermediate(ROOT, "Upper", own_key=key(number=3))
LOWER = intermediate(UPPER, "Lower")
DEEP = leaf(LOWER)


@pytest.mark.parametrize(
    ("chain", "key_of_evidence", "subject"),
    [
        ((DEEP, UPPER, LOWER), "out_of_order", "CN=Upper"),
        ((DEEP, LOWER, UPPER, LOWER), "not_needed", "CN=Lower"),  # twice
        ((DEEP, DEEP, LOWER, UPPER), "not_needed", f"CN={HOST}"),
        ((DEEP, LOWER, INTERMEDIATE, UPPER), "not_needed", "CN=Lab Intermediate"),  # of another chain
    ],
)
def test_a_chain_in_disorder_works_with_a_warning(chain: Sequence[Made], key_of_evidence: str, subject: str) -> None:
    found = look(*chain)
    assert codes(found) == ["chain_order"]
    assert found[0].severity is Severity.WARNING
    assert found[0].evidence[key_of_evidence] == [subject]


def test_a_chain_in_order_has_no_warning() -> None:
    assert look(DEEP, LOWER, UPPER) == ()


def test_two_ways_up_are_in_order() -> None:
    second = intermediate(root("Second Root", own_key=key(number=6)))
    assert look(LEAF, second, INTERMEDIATE) == ()
    assert look(LEAF, INTERMEDIATE, second) == ()


def test_a_root_that_is_sent_is_needless() -> None:
    found = look(LEAF, INTERMEDIATE, ROOT)
    assert codes(found) == ["root_included"]
    assert found[0].severity is Severity.INFO


# What cannot be read


@pytest.mark.parametrize(
    ("chain", "field"),
    [
        ((), "certificate"),
        ((b"",), "certificate"),
        ((b"no certificate",), "certificate"),
        ((b"\x30\x82\xff\xff",), "certificate"),
        ((b"-----BEGIN CERTIFICATE-----\nMIIB",), "certificate"),  # no end
        ((b"-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n",), "certificate"),
        ((b"-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n",), "certificate"),
        ((LEAF.der[:-1], INTERMEDIATE.der), "certificate"),
        ((LEAF.der + b"\0", INTERMEDIATE.der), "certificate"),
        ((LEAF.der, b"rubbish", INTERMEDIATE.der), "certificate"),  # programs refuse the whole chain for it
    ],
)
def test_what_is_no_certificate_is_malformed(chain: Sequence[bytes], field: str) -> None:
    found = look(*chain)
    assert errors(found) == ["malformed"]
    assert the("malformed", found).evidence["field"] == field


def test_a_root_that_cannot_be_read_is_malformed() -> None:
    found = look(LEAF, INTERMEDIATE, roots=[b"rubbish", ROOT])
    assert errors(found) == ["malformed"]
    assert found[0].evidence["field"] == "roots"


def _raw(oid: str, value: bytes, *, critical: bool = False) -> tuple[x509.ExtensionType, bool]:
    return x509.UnrecognizedExtension(x509.ObjectIdentifier(oid), value), critical


@pytest.mark.parametrize(
    ("extension", "field", "severity"),
    [
        (_raw("2.5.29.17", b"example.com"), "subject_alternative_name", Severity.ERROR),
        (_raw("2.5.29.37", b"\x30\x00"), "extended_key_usage", Severity.ERROR),  # an empty list
        (_raw("2.5.29.30", b"\x05\x00"), "name_constraints", Severity.ERROR),
        (_raw("1.3.6.1.4.1.55738.1", b"", critical=True), "extension 1.3.6.1.4.1.55738.1", Severity.ERROR),
        (_raw("1.3.6.1.5.5.7.1.1", b"rubbish"), "authority_information_access", Severity.WARNING),
        (_raw("2.5.29.31", b"rubbish"), "crl_distribution_points", Severity.WARNING),
    ],
)
def test_a_bad_extension_is_named_and_the_others_are_read(
    extension: tuple[x509.ExtensionType, bool], field: str, severity: Severity
) -> None:
    names = () if field == "subject_alternative_name" else (HOST,)
    usages = None if field == "extended_key_usage" else (ExtendedKeyUsageOID.SERVER_AUTH,)
    site = make(HOST, issuer=INTERMEDIATE, dns_names=names, usages=usages, extensions=[extension])
    found = look(site, INTERMEDIATE)
    assert codes(found) == ["malformed"]
    assert found[0].severity is severity
    assert found[0].evidence["field"] == field


def test_an_unknown_extension_that_is_not_critical_is_passed_over() -> None:
    site = leaf(INTERMEDIATE, extensions=[_raw("1.3.6.1.4.1.55738.1", b"")])
    assert look(site, INTERMEDIATE) == ()


def test_what_only_the_strictest_programs_refuse_is_no_fault() -> None:
    assert look(leaf(INTERMEDIATE, key_identifiers=False), INTERMEDIATE) == ()


# Several at once


def test_independent_faults_are_all_told_in_the_catalogues_order() -> None:
    site = make("x", issuer=INTERMEDIATE, dns_names=["other.example.net"], ends=NOW - DAY, own_key=key("RSA-1024"))
    found = look(site)
    assert errors(found) == ["name_mismatch", "expired", "incomplete_chain", "weak_key"]
    assert [ORDER[each.code] for each in found] == sorted(ORDER[each.code] for each in found)


def test_every_finding_stands_for_itself() -> None:
    chains = [
        (leaf(None, ends=NOW - DAY), ROOT, ROOT),
        (make("x", issuer=INTERMEDIATE, dns_names=["*.example.com"]), INTERMEDIATE, ROOT, UPPER),
        (leaf(INTERMEDIATE, begins=NOW + DAY, usages=[ExtendedKeyUsageOID.CLIENT_AUTH]),),
    ]
    found = [finding for chain in chains for finding in look(*chain)]
    assert len(found) > 5
    for finding in found:
        assert finding.summary.endswith(".")
        assert finding.summary[0].isupper()
        assert "\n" not in finding.summary
        assert "{" not in finding.summary + finding.explanation
        assert finding.explanation.endswith(".")
        assert finding.fix
        json.dumps(dict(finding.evidence))


def test_evidence_of_a_certificate_with_thousands_of_names_is_bounded() -> None:
    site = make("x", issuer=INTERMEDIATE, dns_names=[f"h{number}.example.com" for number in range(5_000)])
    evidence = the("name_mismatch", look(site, INTERMEDIATE)).evidence
    assert evidence["dns_names_count"] == 5_000
    assert len(json.dumps(dict(evidence))) < 5_000


# The summary


def test_the_summary_tells_what_the_leaf_says() -> None:
    site = leaf(
        INTERMEDIATE,
        ip_addresses=["192.0.2.1"],
        must_staple=True,
        serial=255,
        issuer_urls=[URL],
        ocsp_urls=["http://ocsp.example.com"],
        crl_urls=["http://crl.example.com/1.crl"],
    )
    summary = look_live(site, INTERMEDIATE).summary
    assert summary is not None
    assert summary.subject == f"CN={HOST}"
    assert summary.issuer == "CN=Lab Intermediate"
    assert summary.dns_names == (HOST,)
    assert summary.ip_addresses == ("192.0.2.1",)
    assert (summary.not_before, summary.not_after) == (NOW - 30 * DAY, NOW + 60 * DAY)
    assert (summary.key, summary.signature, summary.serial) == ("EC P-256", "ecdsa-with-SHA256", "ff")
    assert summary.must_staple
    assert (summary.issuer_urls, summary.ocsp_urls) == ((URL,), ("http://ocsp.example.com",))
    assert summary.crl_urls == ("http://crl.example.com/1.crl",)
    assert summary.chain == (f"CN={HOST}", "CN=Lab Intermediate")


def test_there_is_no_summary_of_what_cannot_be_read() -> None:
    store = TrustStore.from_pem(ROOT.pem)
    assert examine_chain([b"rubbish"], host=HOST, store=store, at=NOW).summary is None


# Hostile chains


def _tower(height: int, *, one_name: bool, one_key: bool) -> list[Made]:
    """CAs on top of each other, the lowest first, with a leaf before them."""
    tower: list[Made] = []
    for floor in range(height):
        own_key = key("P-256", 100 if one_key else 100 + floor)
        name = "CA" if one_name else f"CA {floor}"
        tower.insert(0, intermediate(tower[0], name, own_key=own_key) if tower else root(name, own_key=own_key))
    return [leaf(tower[0]), *tower]


def _mesh(size: int) -> list[Made]:
    """CAs that have all signed each other, none of them able to, with a leaf before them."""
    cas = [root(f"CA {number}", own_key=key("P-256", 100 + number)) for number in range(size)]
    crossed = [
        intermediate(signer, f"CA {number}", own_key=key("P-256", 100 + number), is_ca=False)
        for number in range(size)
        for signer in cas
        if signer is not cas[number]
    ]
    return [leaf(cas[0]), *crossed, cas[-1]]


@pytest.mark.parametrize(
    ("one_name", "one_key"),
    [
        (False, False),
        (True, False),  # every one of them may be the issuer of every other
        (True, True),  # and its signature fits
    ],
)
def test_a_hundred_cas_are_judged_within_a_second(one_name: bool, one_key: bool) -> None:
    chain = _tower(100, one_name=one_name, one_key=one_key)
    started = time.process_time()
    assert errors(look(*chain)) == ["untrusted_root"]
    assert time.process_time() - started < 1


def test_cas_that_have_all_signed_each_other_are_judged_within_a_second() -> None:
    chain = _mesh(10)
    started = time.process_time()
    assert errors(look(*chain, roots=[chain[-1]])) == ["invalid_chain"]
    assert time.process_time() - started < 1


def test_constraints_made_to_be_slow_are_judged_within_a_second() -> None:
    networks = [x509.IPAddress(ip_network(f"10.{number}.0.0/16")) for number in range(256)]
    issuers = [intermediate(ROOT, permitted=networks, path_length=number) for number in range(50)]
    site = leaf(issuers[0], ip_addresses=[f"10.1.{number // 250}.{number % 250}" for number in range(2_000)])
    started = time.process_time()
    assert errors(look(site, *issuers)) == ["invalid_chain"]
    assert time.process_time() - started < 1


def test_a_file_of_beginnings_without_ends_is_read_in_one_pass() -> None:
    started = time.process_time()
    assert errors(look(b"-----BEGIN CERTIFICATE-----" * 40_000)) == ["malformed"]
    assert time.process_time() - started < 1


_STORE = TrustStore.from_pem(ROOT.pem)


@settings(deadline=1_000)
@given(st.lists(st.binary(max_size=400), max_size=3), st.lists(st.binary(max_size=400), max_size=2))
def test_no_bytes_make_it_fail(chain: list[bytes], roots: list[bytes]) -> None:
    assert errors(examine(chain, host=HOST, roots=roots, at=NOW))


@settings(deadline=1_000, max_examples=300)
@given(st.lists(st.tuples(st.integers(0, len(LEAF.der) - 1), st.integers(0, 255)), min_size=1, max_size=4))
def test_no_changed_certificate_makes_it_fail_or_is_accepted(changes: list[tuple[int, int]]) -> None:
    changed = bytearray(LEAF.der)
    for place, octet in changes:
        changed[place] = octet
    for chain in ([bytes(changed), INTERMEDIATE.der], [LEAF.der, bytes(changed), INTERMEDIATE.der]):
        examination = examine_chain(chain, host=HOST, store=_STORE, at=NOW)
        assert examination.accepted or errors(examination.findings)
        if chain[0] != LEAF.der:
            assert not examination.accepted
