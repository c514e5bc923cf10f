"""Text broken at columns: never wider than asked, and nothing lost."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.render.columns import columns, pad, wrap

WIDTHS = [
    # text, columns
    ("abc", 3),
    ("证书", 4),
    # a combining accent stands on the letter before it
    ("e\u0301", 1),
    ("", 0),
]


@pytest.mark.parametrize(("text", "width"), WIDTHS)
def test_a_text_takes_its_columns(text: str, width: int) -> None:
    assert columns(text) == width
    assert columns(pad(text, 6)) == 6


def test_words_stay_whole_where_they_fit() -> None:
    assert list(wrap("one two three", width=8, first="- ", rest="  ")) == ["- one", "  two", "  three"]


def test_chinese_is_broken_within() -> None:
    assert list(wrap("证书已经过期", width=6)) == ["证书已", "经过期"]


def test_a_long_word_is_broken() -> None:
    assert list(wrap("x" * 10, width=4)) == ["xxxx", "xxxx", "xx"]


def test_a_link_stays_whole_where_that_is_asked() -> None:
    link = "<https://example.com/long>"
    assert list(wrap(f"see {link}.", width=10, keep_links=True)) == ["see", f"{link}."]
    assert all(len(line) <= 10 for line in wrap(f"see {link}.", width=10))


def test_without_a_width_nothing_is_broken() -> None:
    assert list(wrap("one  two " * 50, width=None)) == [("one two " * 50).strip()]


@settings(deadline=None)  # the first text loads wcwidth's tables
@given(
    st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs"))),
    st.integers(12, 80),
    st.sampled_from(["", "  ", "- "]),
)
def test_no_line_is_too_wide_and_nothing_is_lost(text: str, width: int, lead: str) -> None:
    lines = list(wrap(text, width=width, first=lead, rest="  "))
    assert all(columns(line) <= width for line in lines)
    whole = "".join(lines)
    assert "".join(whole.removeprefix(lead.rstrip()).split()) == "".join(text.split())
