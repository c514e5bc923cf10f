"""Clean Markdown as neutral blocks."""

from knowledge.markdown import Code, Heading, List, Paragraph, Quote, Rule, Span, Table, blocks, plain


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
