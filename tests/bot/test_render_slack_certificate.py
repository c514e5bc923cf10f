"""A certificate file as an answer in Slack: what is wrong first, what it is, and never anything of a key."""

import dataclasses
from datetime import datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from cryptography.x509.oid import NameOID

from bot.cert_report import CertReport
from bot.render.slack_buttons import Buttons
from bot.render.slack_certificate import certificate
from bot.report import Report
from bot.slack.local.reading import buttons
from diagnostics.catalogue import CATALOGUE
from diagnostics.files import Fault, read_file
from diagnostics.files_diagnosis import diagnosis_of
from diagnostics.instruments import Instruments
from diagnostics.judge_files import judge_files
from diagnostics.options import Options
from tests.bot.slack_texts import HOSTILE, PHONE_LINES, assert_sound, hostile_report, on_a_phone, said
from tests.lab.certificates import NOW, Made, intermediate, key, leaf, root
from tests.lab.openssl import pkcs8

ROOT = root()
INTERMEDIATE = intermediate(ROOT)
LEAF = leaf(INTERMEDIATE)
KEY = pkcs8(LEAF.key)


@pytest.fixture(scope="module")
def instruments(tmp_path_factory: pytest.TempPathFactory) -> Instruments:
    roots = tmp_path_factory.mktemp("roots") / "root.pem"
    roots.write_bytes(ROOT.pem)
    return Instruments(Options(ca_file=roots))


def examined(
    instruments: Instruments, *parts: Made | bytes, name: str = "shop.pem", host: str | None = None, at: datetime = NOW
) -> CertReport:
    """The examination of one file that holds these parts."""
    data = b"".join(part if isinstance(part, bytes) else part.pem for part in parts)
    files = (read_file(data, name=name),)
    judged = judge_files(files, key=None, host=host, store=instruments.roots, at=at)
    diagnosis = diagnosis_of(judged, text=name, host=host, started=at, seconds=0.01, roots="the lab")
    return CertReport(report=Report(target=name, diagnosis=diagnosis), judged=judged, files=files, at=at)


def told(report: CertReport, *, key_sent: bool = False) -> str:
    rendered = certificate(report, key_sent=key_sent)
    assert_sound(rendered)
    return said(rendered)


def test_a_good_file_is_told_with_its_names_and_dates(instruments: Instruments) -> None:
    text = told(examined(instruments, LEAF, INTERMEDIATE))
    assert text.startswith("Works: shop.pem\nBrowsers accept the certificate of shop.example.com until 2027-01-23")
    assert "A certificate for shop.example.com, valid from 2026-10-25 to 2027-01-23, with 1 more certificate" in text
    assert "Renew: from 2026-12-24 on" in text
    assert "Judged for no host in particular" in text


def test_what_is_wrong_comes_first_with_the_first_step_on_a_phones_screen(instruments: Instruments) -> None:
    [message] = certificate(examined(instruments, LEAF, INTERMEDIATE, at=NOW + timedelta(days=99)))
    lines = on_a_phone(message.blocks)
    assert lines[:2] == ["Broken: shop.pem: The certificate has", "expired"]
    assert lines.index("What to do") < PHONE_LINES + 2  # what the file is stands above it
    assert lines.index("What to do") < lines.index("Certificate")


def test_another_host_is_told(instruments: Instruments) -> None:
    text = told(examined(instruments, LEAF, INTERMEDIATE, host="other.example.org"))
    assert text.startswith("Broken: shop.pem: The certificate is for another name")
    assert "Judged for other.example.org" in text


# What is given; what a person without a terminal is told to do.
STEPS = (
    ((LEAF,), "1. Take the missing certificate from the issuer's download page"),
    ((LEAF, INTERMEDIATE, ROOT), "Root"),  # a needless root is a note, told without a step
    ((INTERMEDIATE,), "1. Send the server's certificate as well, both files in one message."),
    ((KEY,), "1. Send the certificate alone. Its private key and any password stay with you."),
    ((ROOT, INTERMEDIATE, LEAF), "1. By hand: the server's certificate first"),
    (  # an office program has changed the dashes
        ((LEAF.pem + INTERMEDIATE.pem).replace(b"-----", b"\xe2\x80\x94" * 3),),
        "1. Take the file again exactly as it was made or delivered",
    ),
)


@pytest.mark.parametrize(("parts", "step"), STEPS)
def test_the_steps_need_no_terminal_and_ask_for_no_key(
    instruments: Instruments, parts: tuple[Made | bytes, ...], step: str
) -> None:
    text = told(examined(instruments, *parts))
    assert step in text
    assert "--" not in text.replace("-----", "")
    assert "with its password" not in text


# A private key in the file; whether the password guards it.
WITH_KEY = (
    ((LEAF, INTERMEDIATE, KEY), "shop.pem contains a private key", False),
    ((KEY,), "shop.pem contains a private key", False),
    (
        (pkcs12.serialize_key_and_certificates(b"x", LEAF.key, LEAF.certificate, None, BestAvailableEncryption(b"p")),),
        "shop.pem may contain a private key",
        True,
    ),
)


@pytest.mark.parametrize(("parts", "words", "guarded"), WITH_KEY)
def test_a_private_key_is_warned_of_before_all_else(
    instruments: Instruments, parts: tuple[Made | bytes, ...], words: str, guarded: bool
) -> None:
    rendered = certificate(examined(instruments, *parts))
    text = said(rendered)
    heading = "Treat any private key in it as exposed" if guarded else "Treat the private key as exposed"
    assert text.startswith(f"{heading}\n{words}, and it has now been sent through Slack.")
    assert "1. Delete the file or message from Slack." in text
    assert ("as long as nobody guesses it" in text) is guarded
    assert rendered[0].text.startswith(f"{heading}. {words}")


def test_a_key_that_cannot_be_read_is_warned_of_where_it_was_sent(instruments: Instruments) -> None:
    report = examined(instruments, LEAF, INTERMEDIATE)
    assert told(report, key_sent=True).startswith("Treat the private key as exposed\nWhat you sent contains a private")
    assert "exposed" not in told(report)


def test_nothing_of_a_key_is_told(instruments: Instruments) -> None:
    rendered = certificate(examined(instruments, LEAF, INTERMEDIATE, KEY))
    secret = "".join(KEY.decode().split("-----")[2].split())
    everything = "".join((said(rendered) + "".join(message.text for message in rendered)).split())
    assert not any(secret[at : at + 12] in everything for at in range(len(secret) - 12))


def test_whether_the_key_belongs_to_the_certificate_is_told(instruments: Instruments) -> None:
    text = told(examined(instruments, LEAF, INTERMEDIATE, KEY))
    assert "a private key (EC P-256, PKCS #8), which belongs to the certificate" in text
    other = pkcs8(key("P-256", 5))
    text = told(examined(instruments, LEAF, INTERMEDIATE, other))
    assert "which does not belong to the certificate" in text
    assert "The private key" in text.partition("Certificate\n")[0]


def test_a_note_is_told(instruments: Instruments) -> None:
    report = dataclasses.replace(examined(instruments, LEAF), notes=("The missing issuer was fetched.",))
    assert "The missing issuer was fetched." in told(report)


def test_buttons_stand_under_it(instruments: Instruments) -> None:
    rendered = certificate(examined(instruments, LEAF), buttons=Buttons(question=12, feedback=True))
    assert_sound(rendered)
    assert buttons(list(rendered[-1].blocks)) == ["Helpful", "Not helpful"]


def hostile(good: CertReport, code: str, text: str) -> CertReport:
    """A report of this cause with the same text wherever text can stand."""
    [file] = good.files
    assert good.judged.leaf is not None
    letters = text[:15].encode(errors="replace").decode() or "-"  # as much as a name takes
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, letters)])
    made = dataclasses.replace(
        good.judged.leaf,
        dns_names=(text,) * 300,
        subject_name=name,
        issuer_name=name,
        key_name=text,
        signature=text,
        sha256=text,
    )
    strange = dataclasses.replace(file, name=text, faults=(Fault(text, text),) * 30)
    return dataclasses.replace(
        good,
        report=hostile_report(code, text),
        judged=dataclasses.replace(good.judged, leaf=made, chain=(made,) * 30),
        files=(strange,) * 30,
        notes=(text,) * 3,
    )


@pytest.mark.parametrize("code", [row.code for row in CATALOGUE if row.code.startswith("certificate.")])
def test_every_cause_is_accepted_with_anything_in_it(instruments: Instruments, code: str) -> None:
    good = examined(instruments, LEAF, INTERMEDIATE, KEY)
    for text in HOSTILE:
        assert_sound(certificate(hostile(good, code, text), buttons=Buttons(question=12, feedback=True)))
