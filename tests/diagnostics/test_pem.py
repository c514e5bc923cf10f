"""PEM text as editors, mail programs and web forms leave it: what OpenSSL cannot read is told from what it can."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diagnostics.pem import MOST_BLOCKS, REFUSED_BY_OPENSSL, Oddity, read_pem
from tests.lab.certificates import leaf, root
from tests.lab.openssl import openssl

LEAF, ROOT = leaf(None), root()
CHAIN = LEAF.pem + ROOT.pem


def _body(text: bytes) -> bytes:
    return b"".join(text.strip().splitlines()[1:-1])


def _one_line(pem: bytes) -> bytes:
    lines = pem.splitlines()
    return lines[0] + b"\n" + _body(pem) + b"\n" + lines[-1] + b"\n"


def _blank_inside(pem: bytes) -> bytes:
    lines = pem.splitlines(keepends=True)
    return b"".join(lines[:4]) + b"\n" + b"".join(lines[4:])


# Each text holds one certificate; what is odd about it; what an editor, a form or a mail program did.
TEXTS: tuple[tuple[str, Callable[[bytes], bytes], frozenset[Oddity]], ...] = (
    ("as it should be", lambda pem: pem, frozenset()),
    ("no line end at the end", lambda pem: pem.rstrip(), frozenset()),
    ("spaces at the ends of lines", lambda pem: pem.replace(b"\n", b"  \n"), frozenset()),
    ("Windows", lambda pem: pem.replace(b"\n", b"\r\n"), frozenset((Oddity.WINDOWS_LINES,))),
    ("Notepad", lambda pem: b"\xef\xbb\xbf" + pem, frozenset((Oddity.BYTE_ORDER_MARK,))),
    ("PowerShell", lambda pem: pem.decode().encode("utf-16"), frozenset((Oddity.UTF_16,))),
    ("UTF-16 without a mark", lambda pem: pem.decode().encode("utf-16-le"), frozenset((Oddity.UTF_16,))),
    (
        "openssl pkcs12",
        lambda pem: b"Bag Attributes\n    localKeyID: 01 02\nsubject=CN = a\n\n" + pem,
        frozenset((Oddity.TEXT_AROUND,)),
    ),
    ("YAML", lambda pem: b"".join(b"  " + line for line in pem.splitlines(True)), frozenset((Oddity.INDENTED,))),
    ("a reply", lambda pem: b"".join(b"> " + line for line in pem.splitlines(True)), frozenset((Oddity.QUOTED,))),
    ("one long line", _one_line, frozenset((Oddity.LINE_LENGTH,))),
    ("a web form", lambda pem: pem.replace(b"\n", b" "), frozenset((Oddity.LOST_LINES, Oddity.LINE_LENGTH))),
    ("a cell", lambda pem: pem.replace(b"\n", b""), frozenset((Oddity.LOST_LINES, Oddity.LINE_LENGTH))),
    ("an old Mac", lambda pem: pem.replace(b"\n", b"\r"), frozenset((Oddity.LOST_LINES,))),
    ("JSON", lambda pem: pem.replace(b"\n", b"\\n"), frozenset((Oddity.ESCAPED_LINES,))),
    ("a blank line inside", _blank_inside, frozenset((Oddity.BLANK_INSIDE,))),
    ("Word", lambda pem: pem.replace(b"-----", "–––".encode()), frozenset((Oddity.CHANGED_DASHES,))),
    ("four dashes", lambda pem: pem.replace(b"-----", b"----"), frozenset((Oddity.CHANGED_DASHES,))),
    ("base64 alone", lambda pem: b"\n".join(pem.splitlines()[1:-1]), frozenset((Oddity.MISSING_MARKS,))),
)


@pytest.mark.parametrize(("change", "oddities"), [row[1:] for row in TEXTS], ids=[row[0] for row in TEXTS])
def test_the_certificate_is_found_and_what_is_odd_is_named(
    change: Callable[[bytes], bytes], oddities: frozenset[Oddity]
) -> None:
    found = read_pem(change(LEAF.pem))
    assert found is not None
    (block,) = found.blocks
    assert block.data == LEAF.der
    assert found.oddities == oddities


@pytest.mark.parametrize("change", [row[1] for row in TEXTS], ids=[row[0] for row in TEXTS])
def test_what_openssl_refuses_is_what_is_said_to_be_refused(change: Callable[[bytes], bytes], tmp_path: Path) -> None:
    text = change(LEAF.pem)
    (tmp_path / "it.pem").write_bytes(text)
    found = read_pem(text)
    assert found is not None
    accepted = openssl("x509", "-in", "it.pem", "-inform", "PEM", "-noout", folder=tmp_path).returncode == 0
    assert accepted == (not found.oddities & REFUSED_BY_OPENSSL)


@pytest.mark.parametrize(
    ("between", "oddities"),
    [
        (b"", frozenset()),
        (b"\n", frozenset((Oddity.BLANK_BETWEEN,))),
        (b"subject=CN = root\n", frozenset((Oddity.TEXT_AROUND,))),
    ],
)
def test_what_lies_between_two_certificates_is_seen(between: bytes, oddities: frozenset[Oddity]) -> None:
    found = read_pem(LEAF.pem + between + ROOT.pem)
    assert found is not None
    assert [each.data for each in found.blocks] == [LEAF.der, ROOT.der]
    assert found.oddities == oddities


def test_files_joined_without_a_line_end_are_two_certificates() -> None:
    found = read_pem(LEAF.pem.rstrip() + ROOT.pem)
    assert found is not None
    assert [each.data for each in found.blocks] == [LEAF.der, ROOT.der]
    assert found.oddities == {Oddity.LOST_LINES}


# What is wrong, and what is said of it.
DAMAGED = (
    (LEAF.pem[:-30], "is cut short: its END line is missing"),
    (LEAF.pem.partition(b"\n")[2], "has no BEGIN line"),
    (LEAF.pem.replace(b"END CERTIFICATE", b"END PKCS7"), "begins as CERTIFICATE and ends as PKCS7"),
    (b"-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n", "is empty"),
    (LEAF.pem.replace(b"\nMII", b"\n%II"), "is damaged: it holds characters that are no base64"),
    (LEAF.pem.replace(b"\nMII", b"\nMI"), "is cut short or damaged: its base64 text does not come out even"),
)


@pytest.mark.parametrize(("text", "fault"), DAMAGED, ids=[row[1] for row in DAMAGED])
def test_a_damaged_block_says_why_and_costs_no_other(text: bytes, fault: str) -> None:
    found = read_pem(text + b"\n" + ROOT.pem)
    assert found is not None
    assert [each.fault for each in found.blocks] == [fault, None]
    assert found.blocks[1].data == ROOT.der


@pytest.mark.parametrize("text", [b"", b"hello", b"\0" * 300, b"-----", b"M" * 63, b"BEGIN CERTIFICATE"])
def test_what_is_no_pem_is_none(text: bytes) -> None:
    assert read_pem(text) is None


def test_a_block_does_not_show_what_it_holds() -> None:
    found = read_pem(LEAF.pem)
    assert found is not None
    assert repr(found.blocks[0]) == "Block('CERTIFICATE', line=1)"


# Texts that keep a careless reader busy: each is read in less than a second of processor time.
HOSTILE = (
    b"-" * 1_000_000,
    b"-----BEGIN " * 90_000,
    b"-----BEGIN CERTIFICATE-----" * 38_000,
    b"-----END CERTIFICATE-----" * 38_000,
    b"\n" * 1_000_000 + b"-----BEGIN A-----",
    b"-----BEGIN A-----" + b"A: b\n" * 200_000 + b"-----END A-----",
    b"M" * 1_000_000,
    b" " * 1_000_000 + b"-----BEGIN A-----\n-----END A-----",
    b"\\n" * 500_000,
)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_text_is_read_quickly(text: bytes) -> None:
    started = time.process_time()
    found = read_pem(text)
    assert time.process_time() - started < 1.0
    assert found is None or len(found.blocks) <= 2 * MOST_BLOCKS


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300), st.integers(0, len(CHAIN)), st.integers(0, 20))
def test_whatever_is_pasted_into_a_chain_raises_nothing(rubbish: bytes, place: int, cut: int) -> None:
    found = read_pem(CHAIN[:place] + rubbish + CHAIN[place + cut :])
    assert found is None or all(each.data or each.fault for each in found.blocks)
