"""Text from outside, made safe to show."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagnostics.plain_text import neutralise, safe_host

NASTY = [
    ("a\nb", "a<U+000A>b"),  # a second line
    ("a\r\nb", "a<U+000D><U+000A>b"),
    ("a\tb", "a<U+0009>b"),
    ("a\x00b", "a<U+0000>b"),
    ("\x1b[31mred\x1b[0m", "<U+001B>[31mred<U+001B>[0m"),  # ANSI colour
    ("\x1b]0;title\x07", "<U+001B>]0;title<U+0007>"),  # the terminal's title
    ("\x9b31m", "<U+009B>31m"),  # the same in one C1 character
    ("a\x08\x7fb", "a<U+0008><U+007F>b"),  # rubs out what stands before
    ("a\x85b", "a<U+0085>b"),  # next line
    ("a\u2028b\u2029c", "a<U+2028>b<U+2029>c"),  # line and paragraph separator
    ("a\u202etxt.exe", "a<U+202E>txt.exe"),  # right-to-left override
    ("a\u2066b\u2069", "a<U+2066>b<U+2069>"),  # isolates
    ("a\u200e\u200f\u061cb", "a<U+200E><U+200F><U+061C>b"),  # direction marks
    ("pay\u200bpal", "pay<U+200B>pal"),  # zero-width space
    ("a\u200c\u200d\u2060\ufeffb", "a<U+200C><U+200D><U+2060><U+FEFF>b"),
    ("a\u00adb", "a<U+00AD>b"),  # soft hyphen
    ("a\u034fb", "a<U+034F>b"),  # grapheme joiner
    ("a\u3164\uffa0\u115f\u1160b", "a<U+3164><U+FFA0><U+115F><U+1160>b"),  # Hangul fillers
    ("a\u2800b", "a<U+2800>b"),  # blank Braille
    ("a\ufe0f\U000e0100b", "a<U+FE0F><U+E0100>b"),  # variation selectors
    ("a\U000e0041b", "a<U+E0041>b"),  # a tag character: hidden ASCII
    ("a\u00a0\u2003\u200ab", "a<U+00A0><U+2003><U+200A>b"),  # spaces that are none
    ("a\ud800b", "a<U+D800>b"),  # half of a surrogate pair
    ("a\ue000\uffffb", "a<U+E000><U+FFFF>b"),  # private use, no character
    ("a\ufff9b", "a<U+FFF9>b"),  # interlinear annotation
]


@pytest.mark.parametrize(("text", "shown"), NASTY)
def test_what_is_hidden_becomes_visible(text: str, shown: str) -> None:
    assert neutralise(text, limit=100) == shown


@pytest.mark.parametrize(
    "text",
    [
        "",
        "shop.example.com",
        "C=DE, O=Bäckerei Müller",
        "株式会社\u3000例",
        "ООО Пример",
        "café 🍩",
        "<b>&*_`~|",
        "مثال",
    ],
)
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert neutralise(text, limit=100) == text


@pytest.mark.parametrize(
    ("text", "limit", "shown"),
    [
        ("abcdef", 6, "abcdef"),
        ("abcdefg", 6, "abcde…"),
        ("abc\x1bdef", 11, "abc…"),  # room for the escape, not for the mark after it
        ("abc\x1bdef", 12, "abc<U+001B>…"),
        ("abc\x1b", 11, "abc<U+001B>"),
        ("\x1b\x1b", 8, "…"),
        ("ab", 1, "…"),
    ],
)
def test_what_is_too_long_is_cut_between_characters(text: str, limit: int, shown: str) -> None:
    assert neutralise(text, limit=limit) == shown


def test_a_hundred_kilobytes_are_cut() -> None:
    assert neutralise("\x1b" * 100_000, limit=100) == "<U+001B>" * 12 + "…"


@given(st.text(st.characters() | st.characters(categories=["Cc", "Cf", "Cs", "Zl", "Zp", "Mn"])), st.integers(1, 60))
def test_nothing_hidden_comes_through_and_the_length_holds(text: str, limit: int) -> None:
    shown = neutralise(text, limit=limit)

    assert len(shown) <= limit
    assert not {unicodedata.category(c) for c in shown} & {"Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp"}
    assert neutralise(shown, limit=limit) == shown


# Default_Ignorable_Code_Point of Unicode 15.1 (DerivedCoreProperties.txt).
DEFAULT_IGNORABLE = [
    (0x00AD, 0x00AD),
    (0x034F, 0x034F),
    (0x061C, 0x061C),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x200B, 0x200F),
    (0x202A, 0x202E),
    (0x2060, 0x206F),
    (0x3164, 0x3164),
    (0xFE00, 0xFE0F),
    (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0),
    (0xFFF0, 0xFFF8),
    (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A),
    (0xE0000, 0xE0FFF),
]


@pytest.mark.parametrize(("first", "last"), DEFAULT_IGNORABLE)
def test_no_default_ignorable_character_comes_through(first: int, last: int) -> None:
    for code in range(first, last + 1):
        assert neutralise(chr(code), limit=10) == f"<U+{code:04X}>"


HOSTS = [
    ("example.com", "example.com"),
    ("93.184.215.14", "93.184.215.14"),
    ("2606:4700::1111", "2606:4700::1111"),
    ("xn--mnchen-3ya.example", "münchen.example (xn--mnchen-3ya.example)"),
    ("xn--fa-hia.example", "faß.example (xn--fa-hia.example)"),
    ("xn--wgv71a119e.jp", "日本語.jp (xn--wgv71a119e.jp)"),
    ("xn--3e0b707e.example", "한국.example (xn--3e0b707e.example)"),
    ("xn--e1afmkfd.xn--p1ai", "пример.рф (xn--e1afmkfd.xn--p1ai)"),
    ("xn--kxae4bafwg.example", "ουτοπία.example (xn--kxae4bafwg.example)"),
    ("xn--80ak6aa92e.com", "xn--80ak6aa92e.com"),  # аррӏе: Cyrillic that passes for Latin
    ("xn--pple-43d.com", "xn--pple-43d.com"),  # Cyrillic а among Latin letters
    ("xn--s-ekab.com", "xn--s-ekab.com"),  # a dotless i
    ("xn--mgbh0fb.example", "xn--mgbh0fb.example"),  # Arabic: would rearrange the line
    ("xn--n3h.example", "xn--n3h.example"),  # a symbol
    ("xn--zzzzzz.example", "xn--zzzzzz.example"),  # decodes to nothing
    ("xn--example-.com", "xn--example-.com"),  # decodes to plain ASCII
    ("xn--", "xn--"),
    ("evil\u202e.xn--mnchen-3ya.example", "evil<U+202E>.xn--mnchen-3ya.example"),
]


@pytest.mark.parametrize(("host", "shown"), HOSTS)
def test_an_international_name_is_shown_where_it_deceives_nobody(host: str, shown: str) -> None:
    assert safe_host(host) == shown


@given(st.text() | st.text("abcxn-.0123456789").map("xn--{}".format))
def test_any_host_can_be_shown(host: str) -> None:
    shown = safe_host(host)

    assert len(shown) <= 2 * 253 + 3
    assert shown == neutralise(shown, limit=1000)
