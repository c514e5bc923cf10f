"""Clean Markdown as neutral blocks."""

from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.article import ArticleKind
from knowledge.library import Library
from knowledge.markdown import (
    Code,
    Heading,
    List,
    Paragraph,
    Quote,
    Rule,
    Span,
    Table,
    blocks,
    parsed_blocks,
    plain,
)
from knowledge.quick_markdown import quick_blocks


def test_inline_styles_become_flags() -> None:
    assert blocks("a **b *c*** `d` [e](https://e.org)") == (
        Paragraph(
            (
                Span("a "),
                Span("b ", bold=True),
                Span("c", bold=True, italic=True),
                Span(" "),
                Span("d", code=True),
                Span(" "),
                Span("e", link="https://e.org"),
            )
        ),
    )


def test_only_web_and_mail_addresses_are_links() -> None:
    assert blocks("[a](mailto:x@e.org)") == (Paragraph((Span("a", link="mailto:x@e.org"),)),)
    assert blocks("[a](ftp://e.org)") == (Paragraph((Span("a"),)),)
    assert blocks("[a](#b)") == (Paragraph((Span("a"),)),)


def test_html_is_text() -> None:
    assert blocks("a <b>c</b>") == (Paragraph((Span("a <b>c</b>"),)),)


def test_a_numbered_list_that_goes_on_after_a_note_keeps_its_number() -> None:
    first, note, second = blocks("1. a\n\n> n\n\n2. b")
    assert isinstance(first, List)
    assert isinstance(second, List)
    assert (first.start, second.start) == (1, 2)
    assert note == Quote((Paragraph((Span("n"),)),))


def test_lists_nest() -> None:
    (outer,) = blocks("- a\n  1. b\n  2. c")
    assert outer == List(
        False,
        1,
        (
            (
                Paragraph((Span("a"),)),
                List(True, 1, ((Paragraph((Span("b"),)),), (Paragraph((Span("c"),)),))),
            ),
        ),
    )


def test_the_other_blocks() -> None:
    assert blocks("## h\n\n```sh\nx\n```\n\n---\n\n| a | b |\n| - | - |\n| 1 | **2** |") == (
        Heading(2, (Span("h"),)),
        Code("x", "sh"),
        Rule(),
        Table(((Span("a"),), (Span("b"),)), (((Span("1"),), (Span("2", bold=True),)),)),
    )


def test_a_wanted_line_end_is_kept_and_a_wrapped_line_is_joined() -> None:
    assert blocks("a  \nb\nc") == (Paragraph((Span("a\nb c"),)),)


def test_plain_text_has_the_words_only() -> None:
    assert plain("# a\n\n1. **b**\n2. [c](https://e.org)\n\n> d") == "a\n1. b\n2. c\nd"


def test_nesting_without_end_is_cut() -> None:
    assert plain("> " * 500 + "a") is not None


PIECES = [
    "a", "b c", " ", "  ", "\n", "\n\n", "- ", "1. ", "2. ", "10. ", "# ", "## x\n", "```\n", "```sh\n", "`",
    "`x`", "**", "**b**", "*i*", "*", "[a](https://e.org)", "[a](mailto:x@e.org)", "[a](b)", "[", "]", "(", ")",
    "!", "_", "-", "---\n", "=\n", "+ ", "> ", "|", "&", "<", "\\", ".", "é", "证书", "https://e.org", ":", "#",
    "1)", "~~~\n", "\t", "    ",
]  # fmt: skip


@settings(max_examples=1500, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_what_is_read_without_the_parser_is_read_as_the_parser_does(text: str) -> None:
    quick = quick_blocks(text)
    if quick is not None:
        assert quick == parsed_blocks(text)


def test_the_shipped_faq_is_read_without_the_parser() -> None:
    for article in Library.load().articles:
        if article.kind is ArticleKind.FAQ:
            assert quick_blocks(article.text) == parsed_blocks(article.text)
