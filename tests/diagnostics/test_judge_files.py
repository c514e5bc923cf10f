"""Files as one deployment: which certificate is the server's, what is wrong, whether the key fits; OpenSSL agrees."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from diagnostics.chain import TrustStore
from diagnostics.files import FileContents, read_file
from diagnostics.files_diagnosis import diagnosis_of
from diagnostics.finding import Confidence, Finding, Severity
from diagnostics.judge import Verdict
from diagnostics.judge_files import Judged, judge_files
from tests.lab.certificates import DAY, NOW, Made, intermediate, key, leaf, make, root
from tests.lab.openssl import openssl, pkcs8

HOST = "shop.example.com"
ROOT = root()
INTERMEDIATE = intermediate(ROOT)
LEAF = leaf(INTERMEDIATE)
OTHER = leaf(INTERMEDIATE, "other.example.com", own_key=key("P-256", 7))
STORE = TrustStore.from_pem(ROOT.pem)


def file(*made: Made | bytes, name: str = "shop.pem") -> FileContents:
    return read_file(b"".join(each if isinstance(each, bytes) else each.pem for each in made), name=name)


def judge(
    *files: FileContents,
    given_key: FileContents | None = None,
    host: str | None = HOST,
    store: TrustStore = STORE,
    at: datetime = NOW,
    fetched: Sequence[bytes] = (),
) -> Judged:
    return judge_files(files, key=given_key, host=host, store=store, at=at, fetched=fetched)


def codes(judged: Judged) -> list[str]:
    return [each.code.removeprefix("certificate.") for each in judged.findings]


def the(judged: Judged, code: str) -> Finding:
    (found,) = [each for each in judged.findings if each.code == f"certificate.{code}"]
    return found


def digest(made: Made) -> str:
    found = read_file(made.der, name="x").certificates[0]
    return found.sha256


# A healthy deployment, in every arrangement that is one


@pytest.mark.parametrize(
    "files",
    [
        (file(LEAF, INTERMEDIATE),),
        (file(LEAF), file(INTERMEDIATE, name="chain.pem")),
        (file(INTERMEDIATE, name="chain.pem"), file(LEAF)),  # several files have no order among them
        (file(LEAF), file(LEAF, INTERMEDIATE, name="fullchain.pem")),  # as certbot leaves them
        (file(LEAF, INTERMEDIATE, pkcs8(LEAF.key)),),
        (file(pkcs8(LEAF.key), LEAF, INTERMEDIATE),),
        (file(LEAF, INTERMEDIATE), file(pkcs8(LEAF.key), name="shop.key")),
    ],
    ids=range(7),
)
def test_a_healthy_deployment_has_no_findings(files: tuple[FileContents, ...]) -> None:
    judged = judge(*files)
    assert judged.findings == ()
    assert judged.leaf is not None
    assert judged.leaf.sha256 == digest(LEAF)


def test_without_a_host_no_name_is_judged() -> None:
    assert codes(judge(file(OTHER, INTERMEDIATE), host=None)) == []
    assert codes(judge(file(OTHER, INTERMEDIATE))) == ["name_mismatch"]


# Order


@pytest.mark.parametrize(
    ("made", "place"), [((INTERMEDIATE, LEAF), 2), ((ROOT, INTERMEDIATE, LEAF), 3)], ids=["two", "three"]
)
def test_a_reversed_file_is_judged_by_its_leaf_and_said_to_be_reversed(made: tuple[Made, ...], place: int) -> None:
    judged = judge(file(*made))
    assert judged.leaf is not None
    assert judged.leaf.sha256 == digest(LEAF)
    found = the(judged, "chain_order")
    assert found.severity is Severity.WARNING
    assert found.evidence["leaf_place"] == place
    assert [each.code for each in judged.findings if each.severity is Severity.ERROR] == []


def test_a_certificate_twice_in_one_file_is_out_of_order_and_in_two_files_is_not() -> None:
    assert codes(judge(file(LEAF, INTERMEDIATE, INTERMEDIATE))) == ["chain_order"]
    assert codes(judge(file(LEAF, INTERMEDIATE), file(INTERMEDIATE, name="chain.pem"))) == []


def test_loose_files_are_put_in_the_order_of_the_chain() -> None:
    second = intermediate(INTERMEDIATE, "Lab Issuing", own_key=key("P-256", 8))
    deep = leaf(second)
    loose = (file(INTERMEDIATE, name="a.pem"), file(second, name="b.pem"), file(deep, name="c.pem"))
    assert codes(judge(*loose)) == []
    assert codes(judge(file(deep, INTERMEDIATE, second))) == ["chain_order"]


def test_an_included_root_is_a_note() -> None:
    judged = judge(file(LEAF, INTERMEDIATE, ROOT))
    assert codes(judged) == ["root_included"]
    assert "Lab Root is in the file" in the(judged, "root_included").summary


def test_a_missing_intermediate_is_likely_and_proven_by_fetching_it() -> None:
    url = "http://ca.example.com/intermediate.cer"
    lonely = leaf(INTERMEDIATE, issuer_urls=(url,))
    judged = judge(file(lonely))
    assert codes(judged) == ["incomplete_chain"]
    assert the(judged, "incomplete_chain").confidence is Confidence.LIKELY
    assert judged.missing_issuer_urls == (url,)
    fetched = judge(file(lonely), fetched=(INTERMEDIATE.der,))
    assert the(fetched, "incomplete_chain").confidence is Confidence.PROVEN
    assert "Lab Intermediate is missing from the files" in the(fetched, "incomplete_chain").summary


def test_a_missing_intermediate_in_the_middle_is_named() -> None:
    second = intermediate(
        INTERMEDIATE, "Lab Issuing", own_key=key("P-256", 8), issuer_urls=("http://ca.example.com/i",)
    )
    found = the(judge(file(leaf(second), second)), "incomplete_chain")
    assert "The intermediate certificate Lab Intermediate is missing" in found.summary


# Two leaves


def test_the_host_picks_the_certificate_and_the_other_one_is_named() -> None:
    judged = judge(file(OTHER, LEAF, INTERMEDIATE))
    assert judged.leaf is not None
    assert judged.leaf.sha256 == digest(LEAF)
    found = the(judged, "chain_order")
    assert "2 server certificates" in found.summary
    assert found.evidence["other_leaves_sha256"] == [digest(OTHER)]


def test_the_key_picks_the_certificate_before_the_host_does() -> None:
    judged = judge(file(OTHER, LEAF, INTERMEDIATE), given_key=file(pkcs8(OTHER.key), name="k"))
    assert judged.leaf is not None
    assert judged.leaf.sha256 == digest(OTHER)
    assert codes(judged) == ["name_mismatch", "chain_order"]


def test_of_an_old_and_a_renewed_certificate_the_valid_one_is_judged() -> None:
    old = leaf(INTERMEDIATE, ends=NOW - DAY)
    judged = judge(file(old, LEAF, INTERMEDIATE))
    assert judged.leaf is not None
    assert judged.leaf.sha256 == digest(LEAF)
    assert codes(judged) == ["chain_order"]


# Authorities


@pytest.mark.parametrize("made", [(INTERMEDIATE,), (INTERMEDIATE, ROOT), (ROOT,)], ids=["one", "bundle", "root"])
def test_authorities_alone_lack_the_certificate_of_the_server(made: tuple[Made, ...]) -> None:
    judged = judge(file(*made))
    found = the(judged, "wrong_usage")
    assert found.title == "The server's own certificate is missing"
    assert "name_mismatch" not in codes(judged)


def test_a_self_signed_server_certificate_is_a_leaf_though_it_is_marked_as_an_authority() -> None:
    own = make(HOST, dns_names=(HOST,), is_ca=True, signs_certificates=True, usages=None)
    assert codes(judge(file(own)))[0] == "self_signed"
    trusted = TrustStore.from_pem(own.pem)
    assert codes(judge(file(own), store=trusted)) == []


# Keys


@pytest.mark.parametrize("made", [LEAF, leaf(INTERMEDIATE, own_key=key("RSA-2048"))], ids=["EC", "RSA"])
def test_openssl_says_the_same_of_a_key_as_the_judgement(made: Made, tmp_path: Path) -> None:
    (tmp_path / "cert.pem").write_bytes(made.pem)
    chain = file(made, INTERMEDIATE)
    of_certificate = openssl("x509", "-in", "cert.pem", "-noout", "-pubkey", folder=tmp_path).stdout
    for candidate in (key("P-256"), key("RSA-2048"), key("P-256", 5), key("P-384")):
        (tmp_path / "key.pem").write_bytes(pkcs8(candidate))
        belongs = openssl("pkey", "-in", "key.pem", "-pubout", folder=tmp_path).stdout == of_certificate
        judged = judge(chain, given_key=file(pkcs8(candidate), name="shop.key"))
        assert ("key_mismatch" not in codes(judged)) == belongs
        assert [each.fits for each in judged.keys] == [belongs]


def test_a_key_of_another_certificate_in_the_files_is_told_whose_it_is() -> None:
    # The server's own key is there too, so that the certificate to judge is plain.
    judged = judge(file(LEAF, INTERMEDIATE, pkcs8(LEAF.key)), given_key=file(pkcs8(INTERMEDIATE.key), name="shop.key"))
    assert "It belongs to Lab Intermediate" in the(judged, "key_mismatch").explanation


def test_what_is_given_as_the_key_and_is_none_does_not_fit() -> None:
    judged = judge(file(LEAF, INTERMEDIATE), given_key=file(INTERMEDIATE, name="shop.key"))
    assert (
        the(judged, "key_mismatch").summary == "shop.key was given as the key, and it holds 1 certificate and no key."
    )


# Files that are none


def test_a_file_that_is_no_certificate_is_malformed() -> None:
    judged = judge(read_file(b"<html><body>Log in</body></html>", name="shop.crt"))
    assert codes(judged) == ["malformed"]
    found = the(judged, "malformed")
    assert found.severity is Severity.ERROR
    assert found.summary == "shop.crt is a web page (HTML), not a certificate."
    assert judged.leaf is None


def test_a_file_that_is_no_certificate_beside_a_good_one_is_left_out_with_a_warning() -> None:
    judged = judge(file(LEAF, INTERMEDIATE), read_file(b"ssh-rsa AAAAB3", name="id_rsa.pub"))
    assert the(judged, "malformed").severity is Severity.WARNING
    assert "id_rsa.pub is an SSH key, and was left out" in the(judged, "malformed").summary


def test_a_damaged_block_beside_a_good_one_is_an_error() -> None:
    judged = judge(read_file(LEAF.pem + INTERMEDIATE.pem[:-50], name="shop.pem"))
    assert the(judged, "malformed").severity is Severity.ERROR
    assert "is cut short" in the(judged, "malformed").summary


def test_a_text_that_servers_cannot_read_is_a_warning_and_one_they_can_is_none() -> None:
    chain = LEAF.pem + INTERMEDIATE.pem
    assert codes(judge(read_file(chain.replace(b"\n", b"\r\n"), name="shop.pem"))) == []
    judged = judge(read_file(chain.replace(b"\n", b" "), name="shop.pem"))
    assert [(each.code, each.severity) for each in judged.findings] == [("certificate.malformed", Severity.WARNING)]
    assert "has lost its line breaks" in the(judged, "malformed").summary


def test_a_key_that_servers_cannot_read_is_a_warning_too() -> None:
    flat = read_file(pkcs8(LEAF.key).replace(b"\n", b" "), name="shop.key")
    judged = judge(file(LEAF, INTERMEDIATE), given_key=flat)
    assert the(judged, "malformed").severity is Severity.WARNING
    assert "--fix" not in " ".join(the(judged, "malformed").fix)


# Beside OpenSSL


# What is in the file (the leaf first), and the moment: OpenSSL and the judgement accept the same of them.
CASES: tuple[tuple[str, tuple[Made, ...], datetime], ...] = (
    ("healthy", (LEAF, INTERMEDIATE), NOW),
    ("no intermediate", (LEAF,), NOW),
    ("expired", (leaf(INTERMEDIATE, ends=NOW - DAY), INTERMEDIATE), NOW),
    ("expired by then", (LEAF, INTERMEDIATE), NOW + 61 * DAY),
    ("not yet valid", (leaf(INTERMEDIATE, begins=NOW + DAY), INTERMEDIATE), NOW),
    ("valid by then", (leaf(INTERMEDIATE, begins=NOW + DAY), INTERMEDIATE), NOW + 2 * DAY),
    ("self-signed", (leaf(None),), NOW),
    ("another root", (leaf(root("Another Root", own_key=key("P-256", 9))),), NOW),
    ("an authority that is none", (leaf(LEAF), LEAF, INTERMEDIATE), NOW),
    ("for clients", (leaf(INTERMEDIATE, usages=()), INTERMEDIATE), NOW),
)


@pytest.mark.parametrize(("made", "at"), [row[1:] for row in CASES], ids=[row[0] for row in CASES])
def test_openssl_verify_accepts_what_the_judgement_accepts(
    made: tuple[Made, ...], at: datetime, tmp_path: Path
) -> None:
    (tmp_path / "root.pem").write_bytes(ROOT.pem)
    (tmp_path / "leaf.pem").write_bytes(made[0].pem)
    (tmp_path / "chain.pem").write_bytes(b"".join(each.pem for each in made))
    ended = openssl(
        *("verify", "-CAfile", "root.pem", "-no-CApath", "-untrusted", "chain.pem", "-purpose", "sslserver"),
        *("-attime", str(int(at.timestamp())), "leaf.pem"),
        folder=tmp_path,
    )
    errors = [each for each in judge(file(*made), at=at).findings if each.severity is Severity.ERROR]
    assert (ended.returncode == 0) == (not errors), ended.stderr.decode()


# Names in the certificate, and hosts it is asked for.
NAMES = (
    (("shop.example.com",), ("shop.example.com", "SHOP.example.com", "example.com", "a.shop.example.com")),
    (("*.example.com",), ("shop.example.com", "example.com", "a.b.example.com")),
    (("example.com", "*.example.com"), ("example.com", "www.example.com", "a.b.example.com")),
)


@pytest.mark.parametrize(("names", "hosts"), NAMES, ids=[" ".join(row[0]) for row in NAMES])
def test_openssl_matches_the_names_that_the_judgement_matches(
    names: tuple[str, ...], hosts: tuple[str, ...], tmp_path: Path
) -> None:
    made = leaf(INTERMEDIATE, dns_names=names)
    (tmp_path / "leaf.pem").write_bytes(made.pem)
    for host in hosts:
        said = openssl("x509", "-in", "leaf.pem", "-noout", "-checkhost", host, folder=tmp_path).stdout
        findings = judge(file(made, INTERMEDIATE), host=host).findings
        assert (b"does match" in said) == (not findings), host


# The diagnosis


def test_the_gravest_finding_is_the_cause_and_an_info_never_is() -> None:
    def cause(judged: Judged) -> tuple[Verdict, str | None]:
        diagnosis = diagnosis_of(judged, text="shop.pem", host=HOST, started=NOW, seconds=0.1, roots="lab")
        return diagnosis.verdict, diagnosis.cause

    assert cause(judge(file(LEAF, INTERMEDIATE))) == (Verdict.WORKS, None)
    assert cause(judge(file(LEAF, INTERMEDIATE, ROOT))) == (Verdict.WORKS, None)
    assert cause(judge(file(INTERMEDIATE, LEAF))) == (Verdict.WORKS_WITH_WARNINGS, "certificate.chain_order")
    wrong = judge(file(INTERMEDIATE, LEAF), given_key=file(pkcs8(key("P-384")), name="k"))
    assert cause(wrong) == (Verdict.BROKEN, "certificate.key_mismatch")


@pytest.mark.parametrize(
    ("lifetime", "before_end"),
    [
        (timedelta(days=90), timedelta(days=30)),
        (timedelta(days=398), timedelta(days=30)),  # a third would be four months
        (timedelta(days=6), timedelta(days=2)),
    ],
    ids=["90 days", "398 days", "6 days"],
)
def test_renewal_begins_when_a_third_is_left_and_30_days_before_the_end_at_most(
    lifetime: timedelta, before_end: timedelta
) -> None:
    made = leaf(INTERMEDIATE, begins=NOW - DAY, ends=NOW - DAY + lifetime)
    assert judge(file(made, INTERMEDIATE)).renew_from == NOW - DAY + lifetime - before_end
