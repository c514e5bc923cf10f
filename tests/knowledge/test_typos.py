"""Which word was meant."""

import pytest

from knowledge.typos import meant_by, vocabulary_of

VOCABULARY = vocabulary_of(
    ["certificate", "chain", "quic", "redirect", "renew", "expire", "ab", "证书", "origin", "configure"]
)

MEANT = [
    # One letter left out, added, mistaken; two changed places.
    ("certifcate", "certificate"),
    ("redirrect", "redirect"),
    ("origen", "origin"),
    ("cofnigure", "configure"),
    ("chian", "chain"),
    # Two slips in a long word.
    ("cretificat", "certificate"),
    # The first two letters changed places, and one stands before the first.
    ("ecrtificate", "certificate"),
    ("xredirect", "redirect"),
    # Short words are other words.
    ("ranew", None),
    ("chair", None),
    ("quick", None),
    # Near nothing.
    ("sandwich", None),
    ("lunch", None),
]


@pytest.mark.parametrize(("word", "meant"), MEANT)
def test_the_word_that_was_meant(word: str, meant: str | None) -> None:
    assert meant_by(word, VOCABULARY) == meant
