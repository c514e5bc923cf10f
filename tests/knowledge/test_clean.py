"""What becomes of an answer of the source form."""

import pytest

from knowledge.clean import clean

CASES = [
    # Clean Markdown stays as it is.
    ("a **b** `c`\n\n- d\n- e", "a **b** `c`\n\n- d\n- e"),
    # Anchors go, links stay.
    ("[](id:q1)text [a](https://e.org)[](id:x)", "text [a](https://e.org)"),
    ("[a](https://e.org/x ) b", "[a](https://e.org/x) b"),
    ("[](https://e.org/)", "[https://e.org/](https://e.org/)"),
    ("[m](mailto:a@e.org)", "[m](mailto:a@e.org)"),
    ("<https://e.org/a>", "[https://e.org/a](https://e.org/a)"),
    ('<a href="https://e.org">a</a>', "[a](https://e.org)"),
    ("[a][1]\n\n[1]: https://e.org", "[a](https://e.org)"),
    # Links that lead nowhere for the reader become text, dangerous ones too.
    ("see [step 4](#step4)", "see step 4"),
    ("see [it](/document/1)", "see it"),
    ("[x](javascript:alert(1))", "x"),
    ('<a href="javascript:x()">a</a>', "a"),
    ("[x](data:text/html,a)", "x"),
    # Notes, in all their spellings.
    (">? a", "> **Note:** a"),
    (">!a", "> **Important:** a"),
    (">！ a", "> **Important:** a"),
    (">!Note: a", "> **Important:** a"),
    ("> [!WARNING] a", "> **Warning:** a"),
    (">?\n>- a\n>- b", "> **Note:**\n>\n>- a\n>- b"),
    # A quotation that begins with a picture is no note.
    ("> ![x](https://e.org/a.png)", "> [Picture: x](https://e.org/a.png)"),
    # Pictures become links with a description; one without an address becomes nothing.
    ("![the tab](https://e.org/a.png)", "[Picture: the tab](https://e.org/a.png)"),
    ("![](https://e.org/a.png)", "[Picture](https://e.org/a.png)"),
    ("![](//e.org/a.png)", "[Picture](https://e.org/a.png)"),
    ("![a.png](https://e.org/a.png)", "[Picture](https://e.org/a.png)"),
    ('<img src="https://e.org/a.png" alt="x">', "[Picture: x](https://e.org/a.png)"),
    ("a ![]() b", "a  b"),
    ("![](data:image/png;base64,AAAA)", ""),
    ("[![x](https://e.org/a.png)](https://e.org)", "[Picture: x](https://e.org)"),
    # The provider's tags.
    ('<dx-alert infotype="notice" title="">\na\n</dx-alert>', "> **Important:** a"),
    ('<dx-alert infotype="explain" title="Mind:">\n- a\n- b\n</dx-alert>', "> **Mind:**\n>\n> - a\n> - b"),
    ('<dx-fold-block title="How">\na\n</dx-fold-block>', "**How**\n\na"),
    ("<dx-tabs>\n::: One\na\n:::\n::: Two\nb\n:::\n</dx-tabs>", "**One**\n\na\n\n**Two**\n\nb"),
    ("<dx-steps>\n- a\n- b\n</dx-steps>", "1. a\n2. b"),
    ("<dx-codeblock>\n::: sh\n# a\n:::\n</dx-codeblock>", "```sh\n# a\n```"),
    # HTML.
    ("a<br>b", "a  \nb"),
    ("<p>a</p><p>b</p>", "a\n\nb"),
    ("<b>a</b> <em>b</em> <code>c &lt;d&gt;</code>", "**a** *b* `c <d>`"),
    ("<ul><li>a</li><li>b</li></ul>", "- a\n- b"),
    ("<font color=red>a</font><sup>2</sup>", "a2"),
    ("a<!-- no -->b", "ab"),
    ("a<script>alert(1)</script>b", "ab"),
    ("a<style>p{}</style>b", "ab"),
    ('a<iframe src="https://e.org"></iframe>b', "ab"),
    ("<pre>a\n  b &amp; c</pre>", "```\na\n  b & c\n```"),
    # What is no tag stays readable.
    ("put <your-domain> there", "put `<your-domain>` there"),
    ("1 < 2 & 3 > 2", "1 < 2 & 3 > 2"),
    ("&copy; &nbsp;A &lt;b&gt;", "©  A \\<b\\>"),
    # Code is not touched.
    ("`[](id:q) <br> >?`", "`[](id:q) <br> >?`"),
    ("```\n<dx-alert> ![](x) &amp;\n```", "```\n<dx-alert> ![](x) &amp;\n```"),
    ("```\nnot closed", "```\nnot closed\n```"),
    # Tables.
    ("<table><tr><th>a</th><th>b</th></tr><tr><td>1<br>2</td><td>x|y</td></tr></table>",
     "| a | b |\n| --- | --- |\n| 1 2 | x\\|y |"),
    ("<table><tr><td rowspan=2>a</td><td>b</td></tr><tr><td>c</td></tr></table>",
     "| a | b |\n| --- | --- |\n|  | c |"),
    # Smaller headings stay, with a space after the signs.
    ("####A\nb", "#### A\n\nb"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "wanted"), CASES)
def test_an_answer_becomes_clean_markdown(source: str, wanted: str) -> None:
    assert clean(source) == wanted


def test_numbered_steps_keep_their_numbers_with_pictures_between() -> None:
    source = "Do:\n1. a\n![](https://e.org/1.png)\n2. b\n![](https://e.org/2.png)\nDone."
    assert clean(source) == (
        "Do:\n1. a\n\n   [Picture for step 1](https://e.org/1.png)\n\n"
        "2. b\n\n   [Picture for step 2](https://e.org/2.png)\n\nDone."
    )


def test_code_in_a_note_stays_in_the_note() -> None:
    assert clean("<dx-alert>\na\n```\nx\n\ny\n```\n</dx-alert>") == "> **Note:** a\n> ```\n> x\n> \n> y\n> ```"


def test_short_lines_stay_lines_and_a_wrapped_paragraph_stays_one() -> None:
    assert clean("Host: `@`\nType: MX\n<br>") == "Host: `@`  \nType: MX"
    wrapped = "this is a paragraph that somebody has wrapped in the middle of a\nsentence.&nbsp;"
    assert clean(wrapped) == "this is a paragraph that somebody has wrapped in the middle of a\nsentence."


def test_definitions_that_stand_elsewhere_in_the_file_are_used() -> None:
    assert clean("[a][x]", links={"x": "https://e.org"}) == "[a](https://e.org)"
    assert clean("[a][x]") == "[a][x]"
