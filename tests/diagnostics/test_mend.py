"""The mended chain: the leaf first, sorted, complete, without root and key, and accepted by OpenSSL."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from diagnostics.chain import TrustStore
from diagnostics.files import FileContents, read_file
from diagnostics.judge_files import judge_files
from diagnostics.mend import Mended, mend
from tests.lab.certificates import NOW, Made, intermediate, key, leaf, root
from tests.lab.openssl import openssl, pkcs8

ROOT = root()
FIRST = intermediate(ROOT, "Lab First")
SECOND = intermediate(FIRST, "Lab Second", own_key=key("P-256", 8))
LEAF = leaf(SECOND)
STORE = TrustStore.from_pem(ROOT.pem)
STRANGER = intermediate(root("Another Root", own_key=key("P-256", 9)), "Another", own_key=key("P-256", 10))


def file(*made: Made | bytes, name: str = "shop.pem") -> FileContents:
    return read_file(b"".join(each if isinstance(each, bytes) else each.pem for each in made), name=name)


def mended(*files: FileContents, fetched: Sequence[bytes] = ()) -> Mended:
    judged = judge_files(files, key=None, host=None, store=STORE, at=NOW, fetched=fetched)
    return mend(judged.chain, files=files, store=STORE, at=NOW, fetched=fetched)


GOOD = LEAF.pem + SECOND.pem + FIRST.pem

# What is in the files, and one of the changes that are told.
ARRANGEMENTS: tuple[tuple[str, tuple[FileContents, ...], str], ...] = (
    ("reversed", (file(ROOT, FIRST, SECOND, LEAF),), "it stood at place 4."),
    ("leaf first, then upside down", (file(LEAF, FIRST, SECOND),), "in the order in which they vouch for each other"),
    ("with the root", (file(LEAF, SECOND, FIRST, ROOT),), "Left out the root Lab Root."),
    ("with a stranger", (file(LEAF, SECOND, STRANGER, FIRST),), "does not belong to the chain: Another."),
    ("twice", (file(LEAF, SECOND, SECOND, FIRST),), "there twice"),
    ("in three files", (file(FIRST, name="a"), file(LEAF), file(SECOND, name="b")), "Joined 3 files in one."),
    ("with the key", (file(pkcs8(LEAF.key), LEAF, SECOND, FIRST),), "Left out the private key."),
    ("with text", (file(b"subject=CN = a\n", LEAF, SECOND, FIRST),), "it has other text around the certificates."),
)


@pytest.mark.parametrize(("files", "change"), [row[1:] for row in ARRANGEMENTS], ids=[row[0] for row in ARRANGEMENTS])
def test_every_arrangement_comes_out_the_same_and_the_change_is_told(
    files: tuple[FileContents, ...], change: str, tmp_path: Path
) -> None:
    found = mended(*files)
    assert found.pem == GOOD
    assert found.missing is None
    assert change in " ".join(found.changes)
    (tmp_path / "root.pem").write_bytes(ROOT.pem)
    (tmp_path / "out.pem").write_bytes(found.pem)
    ended = openssl(
        *("verify", "-CAfile", "root.pem", "-no-CApath", "-attime", str(int(NOW.timestamp()))),
        *("-untrusted", "out.pem", "out.pem"),
        folder=tmp_path,
    )
    assert ended.returncode == 0, ended.stderr.decode()


def test_a_good_file_is_not_changed() -> None:
    found = mended(file(LEAF, SECOND, FIRST))
    assert found.pem == GOOD
    assert found.changes == ()


def test_what_is_fetched_completes_the_chain_and_is_told() -> None:
    found = mended(file(LEAF, SECOND), fetched=(FIRST.der,))
    assert found.pem == GOOD
    assert found.changes == ("Added what was fetched: Lab First.",)


def test_what_is_fetched_and_of_no_use_is_not_added() -> None:
    found = mended(file(LEAF, SECOND), fetched=(STRANGER.der, b"rubbish"))
    assert found.pem == LEAF.pem + SECOND.pem
    assert found.missing == "Lab First"


def test_a_self_signed_certificate_is_its_own_chain() -> None:
    own = leaf(None)
    assert mended(file(own)).pem == own.pem


def test_the_root_of_nobody_is_left_out_as_well() -> None:
    lonely = leaf(root("Private Root", own_key=key("P-256", 11)))
    private = root("Private Root", own_key=key("P-256", 11))
    assert mended(file(lonely, private)).pem == lonely.pem
