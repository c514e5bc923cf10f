"""The data that the matcher reads by: terms, error messages, near misses."""

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from diagnostics.catalogue import BY_CODE
from knowledge.errors import causes_of, load_messages
from knowledge.language import load_language, plain_text
from knowledge.library import Library
from knowledge.lists import read_toml

KNOWLEDGE = Path(__file__).resolve().parents[2] / "knowledge"
TERMS = (KNOWLEDGE / "terms.toml").read_text("utf-8")


def spellings() -> Iterator[str]:
    for name, table in read_toml(TERMS).items():
        assert isinstance(table, dict)
        if name != "weights":
            yield from table
        for listed in table.values():
            yield from listed


def without_accents(text: str) -> str:
    parts = unicodedata.normalize("NFD", text)
    return "".join(c for c in parts if not "\u0300" <= c <= "\u036f").replace("ß", "ss")


def test_terms_are_written_as_messages_are_read() -> None:
    """The reader does not clean them at every start."""
    latin = [word for word in spellings() if max(word) < "\u3040"]
    assert [
        word for word in latin if word != without_accents(plain_text(word)) and "." not in word and ":" not in word
    ] == []
    assert [word for word in spellings() if word != word.casefold()] == []


def test_every_subject_is_one_term() -> None:
    language = load_language(TERMS)
    subjects = read_toml(TERMS)["subjects"]
    assert isinstance(subjects, dict)
    assert [word for word in subjects["words"] if len(language.read(word).terms) != 1] == []


def test_error_messages_are_written_without_signs_and_lead_to_causes() -> None:
    for messages in load_messages(KNOWLEDGE / "errors.toml"):
        for message, codes in messages.items():
            assert re.fullmatch(r" [a-z0-9']+(?: [a-z0-9']+)* ", message)
            assert codes
            assert set(codes) <= set(BY_CODE)


CAUSES = [
    # However it is copied, and whatever stands around it.
    ("net::err_cert_date_invalid", "certificate.expired"),
    ("出现 err_cert_date_invalid错误", "certificate.expired"),
    # The exact message, and not the general one beside it.
    ("certificate_verify_failed] certificate verify failed: hostname mismatch", "certificate.name_mismatch"),
    ("certificate verify failed", "certificate.incomplete_chain"),
    ("cloudflare: 526", "cdn.origin_certificate_invalid"),
    # Parts of words are no message.
    ("econnrefusedx", None),
    ("my notafterword", None),
]


@pytest.mark.parametrize(("text", "cause"), CAUSES)
def test_a_message_names_its_cause(text: str, cause: str | None) -> None:
    found = causes_of(text, messages=load_messages(KNOWLEDGE / "errors.toml"))
    assert (found[0] if found else None) == cause


NEAR_MISSES = ["how do I renew my SSH key", "what does a certificate cost", "please purge the cache", "VPN certificate"]


@pytest.mark.parametrize("text", NEAR_MISSES)
def test_near_misses_are_refused_without_any_sidecar(tmp_path: Path, text: str) -> None:
    (tmp_path / "own.md").write_text("### How do I renew the certificate?\nx\n### Where is the certificate?\ny")
    assert Library.load(tmp_path).search(text) == []


def test_an_entry_on_a_near_miss_is_found(tmp_path: Path) -> None:
    (tmp_path / "own.md").write_text("### How do I renew an SSH key?\nx\n### What does a certificate cost?\ny")
    library = Library.load(tmp_path)
    assert library.search("how do I renew my SSH key")[0].article.question == "How do I renew an SSH key?"
    assert library.search("certificate price")[0].article.question == "What does a certificate cost?"
